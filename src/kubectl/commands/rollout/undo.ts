import { LAST_APPLIED, hasLastApplied } from '../../apply/last-applied';
import type { Info } from '../../cluster/info';
import { objectName } from '../../cluster/info';
import { sameTemplate } from '../../cluster/replica-sets';
import type { Revision } from '../../cluster/rollout';
import { groupKind, hasRevisions, isDeployment, revisionsOf, selectWorkloads, templateOf } from '../../cluster/rollout';
import { patchObject } from '../../cluster/writes';
import type { Command } from '../../command';
import { Description } from '../../describers/description';
import { writePodTemplate } from '../../describers/pod-parts';
import { CliError, asError } from '../../errors';
import { int64 } from '../../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../../flags/standard';
import type { JsonObject } from '../../format/json';
import { at, copyJson, equalJson, objectAt } from '../../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../../printers/output';
import type { Session } from '../../session';
import { withDryRun } from '../../session';

export const rolloutUndoCommand: Command = {
  name: 'undo',
  completes: 'resources',
  usage: 'undo (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Undo a previous rollout',
  long: 'Puts the Pod template of an earlier revision back.',
  examples: `  kubectl rollout undo deployment/model-server`,
  flags: [
    int64('to-revision', 'The revision to go back to; 0 for the one before.'),
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    ...PRINT_FLAGS,
  ],
  run: undo,
};

/** Annotations that belong to a Deployment and not to one of its revisions. */
const KEPT = new Set([
  LAST_APPLIED,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

async function undo(session: Session): Promise<void> {
  const dryRun = session.dryRun();
  const selection = await selectWorkloads(session);
  await selection.visit(async (info) => {
    if (hasLastApplied(info.object)) {
      session.printError(
        `Warning: resource ${objectName(info)} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
      );
    }
    const result = await rollBack(session, info);
    structPrinterFor(session.flags, session.io, withDryRun(result, dryRun)).print(info.object ?? {}, session.out);
  });
}

async function rollBack(session: Session, info: Info): Promise<string> {
  if (!isDeployment(info) && !hasRevisions(info))
    throw new CliError(`no rollbacker has been implemented for "${groupKind(info)}"`);
  const number = session.flags.number('to-revision');
  if (number < 0) throw notFound(number);
  const { object, revisions } = await revisionsOf(session, info);
  return isDeployment(info)
    ? rollBackDeployment(session, info, object, revisions)
    : rollBackSet(session, info, object, revisions);
}

const notFound = (number: number): CliError => new CliError(`unable to find specified revision ${number} in history`);

function templateText(revision: Revision): string {
  const description = new Description(true);
  writePodTemplate(description, templateOf(revision));
  return description.toString();
}

const skipped = (number: number): string => `skipped rollback (current template already matches revision ${number})`;

/** Models DeploymentRollbacker. */
async function rollBackDeployment(
  session: Session,
  info: Info,
  deployment: JsonObject,
  revisions: Revision[],
): Promise<string> {
  const number = session.flags.number('to-revision');
  const target = number > 0 ? revisions.find((one) => one.number === number) : previousOf(revisions);
  if (!target && number > 0) throw notFound(number);
  if (!target) throw new CliError(`no rollout history found for deployment "${info.name}"`);
  if (session.dryRun() === 'client') return templateText(target);
  if (at(deployment, 'spec', 'paused') === true) {
    throw new CliError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const template = copyJson(templateOf(target));
  if (sameTemplate(template, at(deployment, 'spec', 'template'))) return skipped(number);
  const labels = objectAt(template, 'metadata', 'labels');
  if (labels) delete labels['pod-template-hash'];
  const annotations: JsonObject = {};
  for (const [key, value] of Object.entries(objectAt(deployment, 'metadata', 'annotations') ?? {}))
    if (KEPT.has(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(objectAt(target.holder, 'metadata', 'annotations') ?? {}))
    if (!KEPT.has(key)) annotations[key] = value;
  const patch = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ];
  await send(session, info, 'json', patch);
  return 'rolled back';
}

/** The revision before the newest. */
function previousOf(revisions: readonly Revision[]): Revision | undefined {
  return [...revisions].sort((left, right) => right.number - left.number)[1];
}

/** StatefulSets and DaemonSets: the patch that a ControllerRevision holds. Models StatefulSetRollbacker. */
async function rollBackSet(session: Session, info: Info, object: JsonObject, revisions: Revision[]): Promise<string> {
  const number = session.flags.number('to-revision');
  if (number === 0 && revisions.length <= 1) throw new CliError('no last revision to roll back to');
  const target = number > 0 ? revisions.find((one) => one.number === number) : previousOf(revisions);
  if (!target) throw notFound(number);
  if (session.dryRun() === 'client') return `will roll back to ${templateText(target)}`;
  const present: JsonObject = { spec: { template: { ...objectAt(object, 'spec', 'template'), $patch: 'replace' } } };
  const data = at(target.holder, 'data') ?? {};
  if (equalJson(present, data)) return skipped(number);
  await send(session, info, 'strategic', data);
  return 'rolled back';
}

async function send(
  session: Session,
  info: Info,
  type: 'json' | 'strategic',
  patch: Parameters<typeof patchObject>[3],
): Promise<void> {
  try {
    await patchObject(session.rest, info, type, patch, { dryRun: session.dryRun() });
  } catch (thrown) {
    const number = session.flags.number('to-revision');
    throw new CliError(`failed restoring revision ${number}: ${asError(thrown).message}`);
  }
}
