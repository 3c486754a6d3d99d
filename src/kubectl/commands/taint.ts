import { applyStrategicPatch } from '../../api/patch/strategic';
import { patchSchemaOf } from '../apply/patch-schema';
import { twoWayStrategicPatch } from '../apply/three-way';
import type { Command } from '../command';
import type { Info } from '../cluster/info';
import { select } from '../cluster/select';
import { patchObject } from '../cluster/writes';
import { CliError, throwAll, usageError } from '../errors';
import { bool } from '../flags/flags';
import { DRY_RUN_FLAG, SELECTOR_FLAG, VALIDATE_FLAG, fieldManagerFlag } from '../flags/standard';
import { labelValueProblems, qualifiedNameProblems } from '../format/names';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, listAt, setAt, textAt } from '../format/json';
import { structPrinterFor, PRINT_FLAGS } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const taintCommand: Command = {
  name: 'taint',
  completes: 'node changes',
  usage: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  long: 'Adds or removes taints. A taint keeps Pods away that do not tolerate it; a minus sign at its end removes it.',
  examples: `  # Only Pods that tolerate it may use the GPUs
  kubectl taint nodes gpu-a100-1 nvidia.com/gpu=present:NoSchedule

  # Take the taint away
  kubectl taint nodes gpu-a100-1 nvidia.com/gpu:NoSchedule-`,
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SELECTOR_FLAG,
    bool('overwrite', 'Change the value of a taint that is there.'),
    bool('all', 'All nodes.'),
    fieldManagerFlag('kubectl-taint'),
  ],
  run: taint,
};

interface TaintSpec {
  key: string;
  value: string;
  effect: string;
}

interface Change {
  add: TaintSpec[];
  remove: TaintSpec[];
}

async function taint(session: Session): Promise<void> {
  const { flags } = session;
  session.dryRun();
  session.fieldValidation();
  const { resources, specs } = splitArguments(session.args);
  if (resources.length < 1) throw new CliError('one or more resources must be specified as <resource> <name>');
  if (specs.length < 1) throw new CliError('at least one taint update is required');
  const change = parseTaints(specs, session.commandPath);
  await checkTarget(session, resources, change);
  const bySelector = flags.bool('all') || flags.text('selector') !== '';
  const selection = await select(session, {
    namespace: session.namespace,
    continueOnError: true,
    flatten: true,
    labelSelector: flags.text('selector'),
    all: flags.bool('all'),
    nameType: 'node',
    ...(bySelector ? { types: ['node'], args: [] } : { args: resources.slice(1) }),
  });
  await selection.visit((info) => taintOne(session, info, change));
}

/** Taints come after resources; they have a `=`, a `:` or a `-` at their end. */
function splitArguments(args: readonly string[]): { resources: string[]; specs: string[] } {
  const resources: string[] = [];
  const specs: string[] = [];
  for (const argument of args) {
    if (argument.includes('=') || argument.includes(':') || argument.endsWith('-')) specs.push(argument);
    else if (specs.length > 0) throw new CliError(`all resources must be specified before taint changes: ${argument}`);
    else resources.push(argument);
  }
  return { resources, specs };
}

function parseTaints(specs: readonly string[], commandPath: string): Change {
  const change: Change = { add: [], remove: [] };
  for (const spec of specs) {
    const removing = spec.endsWith('-');
    const parsed = parseTaint(removing ? spec.slice(0, -1) : spec, commandPath);
    if (removing) {
      change.remove.push({ ...parsed, value: '' });
      continue;
    }
    if (parsed.effect === '') throw usageError(commandPath, `invalid taint spec: ${spec}`);
    if (change.add.some((other) => other.key === parsed.key && other.effect === parsed.effect)) {
      throw usageError(
        commandPath,
        `duplicated taints with the same key and effect: {${parsed.key} ${parsed.value} ${parsed.effect} <nil>}`,
      );
    }
    change.add.push(parsed);
  }
  return change;
}

const EFFECTS = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

function parseTaint(text: string, commandPath: string): TaintSpec {
  const refuse = (words: string): CliError => usageError(commandPath, words);
  const parts = text.split(':');
  if (parts.length > 2) throw refuse(`invalid taint spec: ${text}`);
  let [key = ''] = parts;
  let value = '';
  const effect = parts[1] ?? '';
  if (parts.length === 2) {
    if (!EFFECTS.has(effect)) throw refuse(`invalid taint effect: ${effect}, unsupported taint effect`);
    const pair = key.split('=');
    if (pair.length > 2) throw refuse(`invalid taint spec: ${text}`);
    [key = '', value = ''] = pair;
    const problems = labelValueProblems(value);
    if (problems.length > 0) throw refuse(`invalid taint spec: ${text}, ${problems.join('; ')}`);
  }
  const problems = qualifiedNameProblems(key);
  if (problems.length > 0) throw refuse(`invalid taint spec: ${text}, ${problems.join('; ')}`);
  return { key, value, effect };
}

async function checkTarget(session: Session, resources: readonly string[], change: Change): Promise<void> {
  const type = (resources[0] ?? '').toLowerCase();
  const mapping = await session.discovery.find(type);
  if (!mapping) throw new CliError(`the server doesn't have a resource type "${type}"`);
  if (mapping.kind !== 'Node') throw new CliError(`invalid resource type ${type}, only node types are supported`);
  const conflicts = change.add.flatMap((added) =>
    change.remove
      .filter((removed) => removed.key === added.key && (removed.effect === '' || removed.effect === added.effect))
      .map((removed) => `${removed.key}=${removed.effect}`),
  );
  if (conflicts.length > 0) {
    throw new CliError(
      `can not both modify and remove the following taint(s) in the same command: ${conflicts.join(', ')}`,
    );
  }
  const { flags } = session;
  if (flags.bool('all') && flags.text('selector') !== '') {
    throw new CliError("setting 'all' parameter with a non empty selector is prohibited");
  }
  if (!flags.bool('all') && flags.text('selector') === '' && resources.length < 2) {
    throw new CliError("at least one resource name must be specified since 'all' parameter is not set");
  }
}

async function taintOne(session: Session, info: Info, change: Change): Promise<void> {
  const node = info.object ?? {};
  const overwrite = session.flags.bool('overwrite');
  const old = listAt(node, 'spec', 'taints').filter(isObject);
  const existing = change.add.filter((spec) => old.some((taint) => matches(taint, spec))).map((spec) => spec.key);
  if (!overwrite && existing.length > 0) {
    throw new CliError(
      `node ${info.name} already has ${existing.join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  }
  const { taints, operation } = reorganize(old, change, overwrite);
  const changed = copyJson(node);
  if (taints.length > 0 || old.length > 0) setAt(changed, taints, 'spec', 'taints');
  if (taints.length === 0 && isObject(changed['spec'])) delete changed['spec']['taints'];
  const schema = patchSchemaOf('v1', 'Node') ?? { field: {} };
  const patch = twoWayStrategicPatch(node, changed, schema);
  const dryRun = session.dryRun();
  const options = {
    fieldManager: session.flags.text('field-manager'),
    fieldValidation: session.fieldValidation(),
    dryRun,
  };
  const answer =
    dryRun === 'client'
      ? applyStrategicPatch(node, patch, 'io.k8s.api.core.v1.Node')
      : await patchObject(session.rest, info, 'strategic', patch, options);
  structPrinterFor(session.flags, session.io, withDryRun(operation, dryRun)).print(
    isObject(answer) ? answer : {},
    session.out,
  );
}

const matches = (taint: JsonObject, spec: TaintSpec): boolean =>
  textAt(taint, 'key') === spec.key && textAt(taint, 'effect') === spec.effect;

/** New taints first, then old ones that stay. Models reorganizeTaints. */
function reorganize(
  old: JsonObject[],
  change: Change,
  overwrite: boolean,
): { taints: JsonObject[]; operation: string } {
  const fresh = change.add.map(({ key, value, effect }): JsonObject => ({ key, ...(value ? { value } : {}), effect }));
  let taints = [...fresh, ...old.filter((taint) => !change.add.some((spec) => matches(taint, spec)))];
  const added = old.length !== taints.length;
  let removed = false;
  const problems: Error[] = [];
  for (const spec of change.remove) {
    const left = taints.filter(
      (taint) => textAt(taint, 'key') !== spec.key || (spec.effect !== '' && !matches(taint, spec)),
    );
    removed = left.length !== taints.length;
    if (!removed)
      problems.push(new CliError(`taint "${spec.effect ? `${spec.key}:${spec.effect}` : spec.key}" not found`));
    taints = left;
  }
  throwAll(problems);
  const operation = (added && removed) || overwrite ? 'modified' : added ? 'tainted' : 'untainted';
  return { taints, operation };
}
