import type { Json } from '../../../api/objects';
import { environmentReference, environmentValue } from '../../cluster/environment-values';
import {
  SET_FLAGS,
  checkEditFlags,
  editObjects,
  matchingContainers,
  podSpecOf,
  selectForEdit,
} from '../../cluster/template-edit';
import { select } from '../../cluster/select';
import type { Command } from '../../command';
import { CliError, asError } from '../../errors';
import { array, bool, slice, text } from '../../flags/flags';
import { goQuote } from '../../format/go-text';
import type { JsonObject } from '../../format/json';
import { copyJson, isObject, listAt, objectAt, sortedKeys, textAt } from '../../format/json';
import { environmentNameProblems } from '../../format/names';
import type { Session } from '../../session';

export const setEnvCommand: Command = {
  name: 'env',
  completes: 'resources',
  usage: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  long: 'Sets environment variables of containers, takes them from a ConfigMap or Secret, or lists them.',
  examples: `  kubectl set env deployment/model-server LOG_LEVEL=debug

  # Take a variable away
  kubectl set env deployment/model-server LOG_LEVEL-`,
  flags: [
    ...SET_FLAGS,
    text('containers', 'The containers to change; * stands for any text.', { short: 'c', default: '*' }),
    text('from', 'ConfigMap or Secret to take variables from.'),
    text('prefix', 'Put this before the names.'),
    array('env', 'NAME=VALUE; may be repeated.', { short: 'e' }),
    slice('keys', 'Take only these keys.'),
    bool('list', 'List the variables.'),
    bool('resolve', 'With --list, show values of ConfigMaps and Secrets.'),
    bool('overwrite', 'Change variables that are there.', { default: 'true' }),
  ],
  run: setEnv,
};

interface Changes {
  variables: JsonObject[];
  remove: string[];
}

async function setEnv(session: Session): Promise<void> {
  const { flags } = session;
  checkEditFlags(session);
  const { resources, words } = splitWords(session.args);
  checkFlags(session, resources);
  const changes = parseChanges(session, [...flags.list('env'), ...words]);
  changes.variables.push(...(await imported(session)));
  const prefix = flags.text('prefix');
  if (prefix !== '') for (const variable of changes.variables) variable['name'] = prefix + textAt(variable, 'name');
  const infos = await selectForEdit(session, resources);
  if (flags.bool('list')) {
    for (const info of infos) await list(session, copyJson(info.object ?? {}), changes);
    return;
  }
  await editObjects(session, infos, {
    word: 'env updated',
    failure: 'failed to patch env update to pod template:',
    change: (object) => {
      for (const container of chosen(session, object)) changeContainer(container, changes, flags.bool('overwrite'));
    },
  });
}

/** Resources come first, then changes. */
function splitWords(args: readonly string[]): { resources: string[]; words: string[] } {
  const isChange = (word: string): boolean => /^[\s\S]+=/.test(word) || word.endsWith('-');
  const first = args.findIndex(isChange);
  if (first < 0) return { resources: [...args], words: [] };
  const words = args.slice(first);
  if (!words.every(isChange)) {
    throw new CliError(`all resources must be specified before environment changes: ${args.join(' ')}`);
  }
  return { resources: args.slice(0, first), words };
}

function checkFlags({ flags }: Session, resources: readonly string[]): void {
  if (flags.list('filename').length === 0 && resources.length === 0) {
    throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (flags.bool('list') && flags.text('output') !== '')
    throw new CliError('--list and --output may not be specified together');
  if (flags.list('keys').length > 0 && flags.text('from') === '') {
    throw new CliError('when specifying --keys, a configmap or secret must be provided with --from');
  }
}

function parseChanges({ io }: Session, words: readonly string[]): Changes {
  const changes: Changes = { variables: [], remove: [] };
  for (const word of words) {
    const equals = word.indexOf('=');
    if (word === '-') {
      for (const line of (io.stdin ?? '').split('\n')) {
        const plain = line.split('#')[0] ?? '';
        if (plain.includes('=')) changes.variables.push(variable(plain));
      }
    } else if (equals >= 0) {
      const name = word.slice(0, equals);
      const problems = environmentNameProblems(name);
      if (problems.length > 0) throw new CliError(`${goQuote(name)} is not a valid key name: ${problems.join(';')}`);
      changes.variables.push(variable(word));
    } else if (word.endsWith('-')) changes.remove.push(word.slice(0, -1));
    else throw new CliError(`unknown environment variable: ${word}`);
  }
  if (changes.remove.some((name) => changes.variables.some((one) => one['name'] === name))) {
    throw new CliError('can not both modify and remove the same environment variable in the same command');
  }
  return changes;
}

function variable(text: string): JsonObject {
  const equals = text.indexOf('=');
  const value = text.slice(equals + 1);
  return { name: text.slice(0, equals), ...(value === '' ? {} : { value }) };
}

/** One variable for each key of the ConfigMap or Secret that `--from` names. */
async function imported(session: Session): Promise<JsonObject[]> {
  const { flags } = session;
  const from = flags.text('from');
  if (from === '') return [];
  const selection = await select(session, {
    namespace: session.namespace,
    args: [from],
    continueOnError: true,
    flatten: true,
    latest: true,
  });
  const { infos, error } = await selection.infos();
  if (error) throw error;
  return infos.flatMap((info) => {
    const reference =
      info.mapping.kind === 'Secret'
        ? 'secretKeyRef'
        : info.mapping.kind === 'ConfigMap'
          ? 'configMapKeyRef'
          : undefined;
    if (!reference) throw new CliError('unsupported resource specified in --from');
    const keys = flags.list('keys');
    return sortedKeys(objectAt(info.object, 'data') ?? {})
      .filter((key) => keys.length === 0 || keys.includes(key))
      .map((key) => ({ name: nameOfKey(session, key), valueFrom: { [reference]: { name: info.name, key } } }));
  });
}

function nameOfKey(session: Session, key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
  if (name !== key) session.printError(`Warning: key ${key} transferred to ${name}\n`);
  return name;
}

function chosen(session: Session, object: JsonObject): JsonObject[] {
  const pattern = session.flags.text('containers');
  const containers = matchingContainers(podSpecOf(object), pattern);
  if (containers.length === 0) {
    const name = textAt(object, 'metadata', 'name');
    session.printError(
      `Warning: ${textAt(object, 'kind')}/${name} does not have any containers matching ${goQuote(pattern)}\n`,
    );
  }
  return containers;
}

function changeContainer(container: JsonObject, { variables, remove }: Changes, overwrite: boolean): void {
  const present = listAt(container, 'env').filter(isObject);
  const wanted = (name: string): JsonObject | undefined => variables.find((one) => one['name'] === name);
  for (const { name } of overwrite ? [] : variables) {
    const known = present.find((one) => one['name'] === name);
    if (known && textAt(known, 'value') !== textAt(wanted(String(name)), 'value')) {
      throw new CliError(`'${String(name)}' already has a value (${textAt(known, 'value')}), and --overwrite is false`);
    }
  }
  const covered = new Set(remove);
  const after: Json[] = [];
  for (const one of present) {
    const name = textAt(one, 'name');
    if (covered.has(name)) continue;
    const newer = wanted(name);
    if (newer) covered.add(name);
    after.push(newer ?? one);
  }
  for (const one of variables) {
    if (covered.has(textAt(one, 'name'))) continue;
    covered.add(textAt(one, 'name'));
    after.push(one);
  }
  if (after.length > 0) container['env'] = after;
  else delete container['env'];
}

async function list(session: Session, object: JsonObject, changes: Changes): Promise<void> {
  const failures = new Map<string, string[]>();
  for (const container of chosen(session, object)) {
    changeContainer(container, changes, session.flags.bool('overwrite'));
    session.print(
      `# ${textAt(object, 'kind')} ${textAt(object, 'metadata', 'name')}, container ${textAt(container, 'name')}\n`,
    );
    for (const one of listAt(container, 'env')) {
      const name = textAt(one, 'name');
      const source = objectAt(one, 'valueFrom');
      if (!source) {
        session.print(`${name}=${textAt(one, 'value')}\n`);
        continue;
      }
      const reference = `# ${name} from ${environmentReference(source)}\n`;
      if (!session.flags.bool('resolve')) {
        session.print(reference);
        continue;
      }
      try {
        session.print(`${name}=${await environmentValue(session, source, object, container)}\n`);
      } catch (thrown) {
        const words = asError(thrown).message;
        failures.set(words, [...(failures.get(words) ?? []), name]);
        session.print(reference);
      }
    }
  }
  for (const [words, names] of [...failures].sort()) {
    session.printError(`error retrieving reference for ${names.sort().join(', ')}: ${words}\n`);
  }
}
