import { mergeDiff } from '../apply/three-way';
import type { Command } from '../command';
import type { Info } from '../cluster/info';
import {
  checkMetadataFlags,
  entryOf,
  hasEntry,
  listMetadata,
  metadataFlags,
  metadataSelection,
  splitPairs,
} from '../cluster/metadata-edit';
import { select } from '../cluster/select';
import { patchObject } from '../cluster/writes';
import { CliError, throwAll } from '../errors';
import { goQuote } from '../format/go-text';
import { copyJson, isObject, objectAt, setAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { labelValueProblems } from '../format/names';
import { printerFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const labelCommand: Command = {
  name: 'label',
  completes: 'resources',
  usage: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the labels on a resource',
  long: 'Sets labels, or removes those with a minus sign at their end.',
  examples: `  # Mark the nodes of a pool
  kubectl label node gpu-a100-1 accelerator=a100

  # Take a label away
  kubectl label pod train-sgd-m4c8w debug-`,
  flags: metadataFlags('labels', 'kubectl-label'),
  run: label,
};

interface LabelChange {
  set: Map<string, string>;
  remove: string[];
}

async function label(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const { resources, pairs } = splitPairs(session.args, 'label');
  const change = parseLabels(pairs);
  checkMetadataFlags(session, resources, change.set.size + change.remove.length, 'label', 'pod');
  const selection = await select(session, metadataSelection(session, resources));
  const version = flags.text('resource-version');
  if (!selection.single && version !== '')
    throw new CliError('--resource-version may only be used with a single resource');
  await selection.visit(async (info) => {
    const pretend = dryRun === 'client' || flags.bool('local') || flags.bool('list');
    const operation = await labelOne(session, info, change, pretend);
    if (flags.bool('list')) listMetadata(session, info, selection.single, 'labels');
    else printerFor(flags, session.io, withDryRun(operation, dryRun)).print(info.object ?? {}, session.out);
  });
}

function parseLabels(pairs: readonly string[]): LabelChange {
  const change: LabelChange = { set: new Map(), remove: [] };
  for (const pair of pairs) {
    if (!pair.includes('=')) {
      change.remove.push(pair.slice(0, -1));
      continue;
    }
    const [key = '', value = '', ...more] = pair.split('=');
    if (more.length > 0) throw new CliError(`invalid label spec: ${pair}`);
    const problems = labelValueProblems(value);
    if (problems.length > 0) throw new CliError(`invalid label value: ${goQuote(pair)}: ${problems.join(';')}`);
    change.set.set(key, value);
  }
  if (change.remove.some((key) => change.set.has(key))) {
    throw new CliError('can not both modify and remove a label in the same command');
  }
  return change;
}

/** Changes the object and sends the difference. Returns the word for what has happened. */
async function labelOne(session: Session, info: Info, change: LabelChange, pretend: boolean): Promise<string> {
  const { flags } = session;
  const before = info.object ?? {};
  if (!pretend) {
    for (const key of change.remove)
      if (!hasEntry(before, 'labels', key)) session.print(`label ${goQuote(key)} not found.\n`);
  }
  const after = changed(before, change, flags.bool('overwrite'));
  const added = [...change.set].some(
    ([key, value]) => !hasEntry(before, 'labels', key) || entryOf(before, 'labels', key) !== value,
  );
  const removed = change.remove.some((key) => hasEntry(before, 'labels', key));
  const version = flags.text('resource-version');
  if (version !== '') setAt(after, version, 'metadata', 'resourceVersion');
  info.object = after;
  if (!pretend && (added || removed)) {
    const patch = mergeDiff(before, after);
    if (version !== '') setAt(patch, version, 'metadata', 'resourceVersion');
    await patchObject(session.rest, info, 'merge', patch, {
      fieldManager: flags.text('field-manager'),
      dryRun: session.dryRun(),
    });
  }
  return added && removed ? 'modified' : added ? 'labeled' : removed ? 'unlabeled' : 'not labeled';
}

function changed(before: JsonObject, change: LabelChange, overwrite: boolean): JsonObject {
  const problems: Error[] = [];
  for (const [key, value] of change.set) {
    const present = entryOf(before, 'labels', key);
    if (!overwrite && hasEntry(before, 'labels', key) && present !== value) {
      problems.push(new CliError(`'${key}' already has a value (${present}), and --overwrite is false`));
    }
  }
  throwAll(problems);
  const after = copyJson(before);
  const labels: JsonObject = { ...objectAt(before, 'metadata', 'labels') };
  for (const [key, value] of change.set) labels[key] = value;
  for (const key of change.remove) delete labels[key];
  if (!isObject(after['metadata'])) after['metadata'] = {};
  if (Object.keys(labels).length > 0) setAt(after, labels, 'metadata', 'labels');
  else if (isObject(after['metadata'])) delete after['metadata']['labels'];
  return after;
}
