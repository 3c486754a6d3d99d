import { mergeDiff } from '../apply/three-way';
import type { Command } from '../command';
import type { Info } from '../cluster/info';
import { refreshInfo } from '../cluster/info';
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
import { CliError } from '../errors';
import { copyJson, isObject, objectAt, setAt } from '../format/json';
import type { JsonObject } from '../format/json';
import { printerFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const annotateCommand: Command = {
  name: 'annotate',
  completes: 'resources',
  usage: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Update the annotations on a resource',
  long: 'Sets annotations, or removes those with a minus sign at their end.',
  examples: `  # Say why a roll-out was made
  kubectl annotate deployment/model-server kubernetes.io/change-cause='model v2'`,
  flags: metadataFlags('annotations', 'kubectl-annotate'),
  run: annotate,
};

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

interface AnnotationChange {
  set: Map<string, string>;
  remove: string[];
}

async function annotate(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const printer = printerFor(flags, session.io, withDryRun('annotated', dryRun));
  const { resources, pairs } = splitPairs(session.args, 'annotation');
  const change = parseAnnotations(pairs);
  checkMetadataFlags(session, resources, change.set.size + change.remove.length, 'annotation', 'rsrc');
  const both = change.remove.filter((key) => change.set.has(key));
  if (both.length > 0) {
    throw new CliError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    );
  }
  const selection = await select(session, metadataSelection(session, resources));
  const version = flags.text('resource-version');
  if (!selection.single && version !== '')
    throw new CliError('--resource-version may only be used with a single resource');
  await selection.visit(async (info) => {
    const pretend = dryRun === 'client' || flags.bool('local') || flags.bool('list');
    await annotateOne(session, info, change, pretend);
    if (flags.bool('list')) listMetadata(session, info, selection.single, 'annotations');
    else printer.print(info.object ?? {}, session.out);
  });
}

function parseAnnotations(pairs: readonly string[]): AnnotationChange {
  const change: AnnotationChange = { set: new Map(), remove: [] };
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals > 0) change.set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else change.remove.push(pair.slice(0, -1));
  }
  return change;
}

async function annotateOne(session: Session, info: Info, change: AnnotationChange, pretend: boolean): Promise<void> {
  const { flags } = session;
  const before = info.object ?? {};
  const after = changed(before, change, flags.bool('overwrite'));
  const version = flags.text('resource-version');
  if (version !== '') setAt(after, version, 'metadata', 'resourceVersion');
  if (pretend) {
    info.object = after;
    return;
  }
  const patch = mergeDiff(before, after);
  if (version !== '') setAt(patch, version, 'metadata', 'resourceVersion');
  const options = { fieldManager: flags.text('field-manager'), dryRun: session.dryRun() };
  refreshInfo(info, await patchObject(session.rest, info, 'merge', patch, options));
}

function changed(before: JsonObject, change: AnnotationChange, overwrite: boolean): JsonObject {
  const taken = [...change.set].filter(
    ([key, value]) =>
      key !== CHANGE_CAUSE && hasEntry(before, 'annotations', key) && entryOf(before, 'annotations', key) !== value,
  );
  if (!overwrite && taken.length > 0) {
    const texts = taken.map(([key]) => `'${key}' already has a value (${entryOf(before, 'annotations', key)})`);
    throw new CliError(`--overwrite is false but found the following declared annotation(s): ${texts.join('; ')}`);
  }
  const after = copyJson(before);
  const annotations: JsonObject = { ...objectAt(before, 'metadata', 'annotations') };
  for (const [key, value] of change.set) annotations[key] = value;
  for (const key of change.remove) delete annotations[key];
  if (Object.keys(annotations).length > 0) setAt(after, annotations, 'metadata', 'annotations');
  else if (isObject(after['metadata'])) delete after['metadata']['annotations'];
  return after;
}
