import { applyObject } from '../apply/apply-object';
import { applyServerSide } from '../apply/server-side';
import { groupVersionOf } from '../cluster/discovery';
import type { Info } from '../cluster/info';
import { fetchInfo } from '../cluster/info';
import { manifestOptions, namesManifests } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import type { Command } from '../command';
import { CliError, ExitError, isNotFound, usageError } from '../errors';
import { array, bool, int } from '../flags/flags';
import { FILENAME_FLAGS, SELECTOR_FLAG, fieldManagerFlag } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, objectAt, setOwn, textAt } from '../format/json';
import { unifiedDiff } from '../format/unified-diff';
import { toYaml } from '../printers/yaml';
import type { Session } from '../session';

export const diffCommand: Command = {
  name: 'diff',
  usage: 'diff -f FILENAME',
  short: 'Diff the live version against a would-be applied version',
  long: 'Shows what apply would change. Exits with 1 where there are differences, and with more after an error.',
  examples: `  kubectl diff -f job.yaml`,
  flags: [
    array('prune-allowlist', 'Kinds to prune.'),
    bool('prune', 'Show what pruning would delete.'),
    bool('show-managed-fields', 'Show managedFields.'),
    bool('show-secrets', 'Show the values of Secrets.'),
    int('concurrency', 'How many objects to look at at once.', { default: '1' }),
    ...FILENAME_FLAGS,
    bool('server-side', 'Let the server merge.'),
    bool('force-conflicts', 'Take over fields that others own. With --server-side only.'),
    fieldManagerFlag('kubectl-client-side-apply'),
    SELECTOR_FLAG,
  ],
  run: diff,
};

interface Pair {
  name: string;
  live: JsonObject | undefined;
  merged: JsonObject;
}

async function diff(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw usageError(session.commandPath, `Unexpected args: [${args.join(' ')}]`);
  if (!namesManifests(session)) throw new CliError('must specify one of -f and -k');
  if (flags.bool('force-conflicts') && !flags.bool('server-side'))
    throw new CliError('--force-conflicts only works with --server-side');
  const selection = await select(session, {
    ...manifestOptions(session),
    labelSelector: flags.text('selector'),
    flatten: true,
  });
  const pairs: Pair[] = [];
  await selection.visit(async (info) => {
    pairs.push(await compare(session, info));
  });
  let different = false;
  for (const pair of pairs.sort((left, right) => (left.name < right.name ? -1 : 1)))
    different = show(session, pair) || different;
  if (different) throw new ExitError(1);
}

async function compare(session: Session, info: Info): Promise<Pair> {
  const { flags } = session;
  const live = await liveObject(session, info);
  const group = groupVersionOf(info.mapping).replace('/', '.');
  const name = `${group}.${info.mapping.kind}.${info.namespace}.${info.name}`;
  const wanted: Info = { ...info, object: copyJson(info.object ?? {}) };
  const common = { fieldManager: flags.text('field-manager'), fieldValidation: 'Ignore', dryRun: 'server' as const };
  if (flags.bool('server-side'))
    await applyServerSide(session, wanted, { ...common, force: flags.bool('force-conflicts') });
  else {
    await applyObject(session, wanted, {
      ...common,
      force: false,
      cascade: 'Background',
      gracePeriodSeconds: -1,
      timeoutMs: 0,
      plain: true,
    });
  }
  return { name, live, merged: wanted.object ?? {} };
}

async function liveObject(session: Session, info: Info): Promise<JsonObject | undefined> {
  const present: Info = { ...info, object: undefined };
  try {
    await fetchInfo(session.rest, present);
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
  return present.object;
}

/** Prints the difference. Returns whether there is one. */
function show(session: Session, { name, live, merged }: Pair): boolean {
  const { flags } = session;
  const [before, after] = shown(live, merged, flags.bool('show-managed-fields'), flags.bool('show-secrets'));
  const hunks = unifiedDiff(before ? toYaml(before) : '', toYaml(after));
  if (hunks === '') return false;
  const time = new Date(session.io.nowMs()).toISOString().replace('T', ' ').replace('Z', '000000 +0000');
  session.print(
    `diff -u -N LIVE/${name} MERGED/${name}\n--- LIVE/${name}\t${time}\n+++ MERGED/${name}\t${time}\n${hunks}`,
  );
  return true;
}

function shown(
  live: JsonObject | undefined,
  merged: JsonObject,
  managed: boolean,
  secrets: boolean,
): [JsonObject | undefined, JsonObject] {
  const plain = (object: JsonObject): JsonObject => (managed ? object : withoutManagedFields(object));
  const pair: [JsonObject | undefined, JsonObject] = [live && plain(live), plain(merged)];
  return secrets || textAt(merged, 'kind') !== 'Secret' ? pair : masked(...pair);
}

function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  if (!metadata) return object;
  const { managedFields: _managed, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/** The values of a Secret are hidden; those that differ are marked. */
function masked(live: JsonObject | undefined, merged: JsonObject): [JsonObject | undefined, JsonObject] {
  const before = objectAt(live, 'data') ?? {};
  const after = objectAt(merged, 'data') ?? {};
  const mask = (data: JsonObject, other: JsonObject, mark: string): JsonObject => {
    const hidden: JsonObject = {};
    for (const [key, value] of Object.entries(data)) {
      const differs = Object.hasOwn(other, key) && other[key] !== value;
      setOwn(hidden, key, differs ? `*** (${mark})` : '***');
    }
    return hidden;
  };
  const withData = (object: JsonObject, data: JsonObject): JsonObject =>
    isObject(object['data']) ? { ...object, data } : object;
  return [live && withData(live, mask(before, after, 'before')), withData(merged, mask(after, before, 'after'))];
}
