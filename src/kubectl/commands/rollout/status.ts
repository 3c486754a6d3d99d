import type { Json } from '../../../api/objects';
import { followObject } from '../../cluster/follow';
import type { Info } from '../../cluster/info';
import { selectWorkloads } from '../../cluster/rollout';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { bool, duration, int64 } from '../../flags/flags';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../../flags/standard';
import { at, isObject, listAt, numberAt, textAt } from '../../format/json';
import type { Session } from '../../session';

export const rolloutStatusCommand: Command = {
  name: 'status',
  completes: 'resources',
  usage: 'status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Show the status of the rollout',
  long: 'Says how far the newest rollout is, and waits until it is done unless told otherwise.',
  examples: `  kubectl rollout status deployment/model-server`,
  flags: [
    ...FILENAME_FLAGS,
    bool('watch', 'Wait until the rollout is done.', { short: 'w', default: 'true' }),
    int64('revision', 'Only this revision; 0 for the last.'),
    duration('timeout', 'How long to wait; 0 for ever.'),
    SELECTOR_FLAG,
  ],
  run: status,
};

interface Progress {
  text: string;
  done: boolean;
}

async function status(session: Session): Promise<void> {
  const revision = session.flags.number('revision');
  if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`);
  const selection = await selectWorkloads(session);
  let found = false;
  await selection.visit(async (info) => {
    found = true;
    await watchOne(session, info, revision);
  });
  if (!found) session.printError(`No resources found in ${session.namespace} namespace.\n`);
}

/** Prints one line for each state of the object until the rollout is done. */
async function watchOne(session: Session, info: Info, revision: number): Promise<void> {
  const { flags } = session;
  const view = viewerFor(info);
  const timeout = flags.duration('timeout');
  const deadline = session.deadline(timeout > 0 ? timeout : Infinity);
  let seen = '';
  const outcome = await followObject(session, info, deadline, (object) => {
    if (object === undefined) {
      if (seen === '') return false;
      throw new CliError('object has been deleted');
    }
    const version = textAt(object, 'metadata', 'resourceVersion');
    if (version === seen) return false;
    seen = version;
    const { text, done } = view(object, revision);
    session.print(text);
    return done || !flags.bool('watch');
  });
  if (outcome === 'timeout') throw new CliError('timed out waiting for the condition');
}

type Viewer = (object: Json, revision: number) => Progress;

function viewerFor({ mapping }: Info): Viewer {
  const name = `${mapping.group}/${mapping.kind}`;
  if (name === 'apps/Deployment') return deploymentProgress;
  if (name === 'apps/DaemonSet') return daemonSetProgress;
  if (name === 'apps/StatefulSet') return statefulSetProgress;
  throw new CliError(
    `no status viewer has been implemented for ${mapping.group ? `${mapping.kind}.${mapping.group}` : mapping.kind}`,
  );
}

const count = (object: Json, ...path: string[]): number => numberAt(object, ...path) ?? 0;
const nameOf = (object: Json): string => `"${textAt(object, 'metadata', 'name')}"`;
const isObserved = (object: Json): boolean =>
  count(object, 'metadata', 'generation') <= count(object, 'status', 'observedGeneration');
const going = (text: string): Progress => ({ text: `${text}\n`, done: false });

/** Models DeploymentStatusViewer. */
function deploymentProgress(object: Json, revision: number): Progress {
  const name = nameOf(object);
  if (revision > 0) {
    const running = Number(textAt(object, 'metadata', 'annotations', 'deployment.kubernetes.io/revision') || 0);
    if (revision !== running)
      throw new CliError(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  if (!isObserved(object)) return going('Waiting for deployment spec update to be observed...');
  const progressing = listAt(object, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Progressing');
  if (textAt(progressing, 'reason') === 'ProgressDeadlineExceeded')
    throw new CliError(`deployment ${name} exceeded its progress deadline`);
  const updated = count(object, 'status', 'updatedReplicas');
  const available = count(object, 'status', 'availableReplicas');
  const old = count(object, 'status', 'replicas') - updated;
  const wanted = numberAt(object, 'spec', 'replicas');
  const waiting = `Waiting for deployment ${name} rollout to finish: `;
  if (wanted !== undefined && updated < wanted)
    return going(`${waiting}${updated} out of ${wanted} new replicas have been updated...`);
  if (old > 0) return going(`${waiting}${old} old replicas are pending termination...`);
  if (available < updated) return going(`${waiting}${available} of ${updated} updated replicas are available...`);
  return { text: `deployment ${name} successfully rolled out\n`, done: true };
}

function refuseOtherStrategies(object: Json): void {
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'RollingUpdate') return;
  throw new CliError('rollout status is only available for RollingUpdate strategy type');
}

/** Models DaemonSetStatusViewer. */
function daemonSetProgress(object: Json): Progress {
  refuseOtherStrategies(object);
  if (!isObserved(object)) return going('Waiting for daemon set spec update to be observed...');
  const name = nameOf(object);
  const updated = count(object, 'status', 'updatedNumberScheduled');
  const wanted = count(object, 'status', 'desiredNumberScheduled');
  const available = count(object, 'status', 'numberAvailable');
  const waiting = `Waiting for daemon set ${name} rollout to finish: `;
  if (updated < wanted) return going(`${waiting}${updated} out of ${wanted} new pods have been updated...`);
  if (available < wanted) return going(`${waiting}${available} of ${wanted} updated pods are available...`);
  return { text: `daemon set ${name} successfully rolled out\n`, done: true };
}

/** Models StatefulSetStatusViewer. */
function statefulSetProgress(object: Json): Progress {
  refuseOtherStrategies(object);
  const observed = count(object, 'status', 'observedGeneration');
  if (observed === 0 || !isObserved(object)) return going('Waiting for statefulset spec update to be observed...');
  const wanted = numberAt(object, 'spec', 'replicas');
  const ready = count(object, 'status', 'readyReplicas');
  const updated = count(object, 'status', 'updatedReplicas');
  if (wanted !== undefined && ready < wanted) return going(`Waiting for ${wanted - ready} pods to be ready...`);
  if (isObject(at(object, 'spec', 'updateStrategy', 'rollingUpdate'))) {
    const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
    if (wanted !== undefined && partition !== undefined && updated < wanted - partition) {
      return going(
        `Waiting for partitioned roll out to finish: ${updated} out of ${wanted - partition} new pods have been updated...`,
      );
    }
    return { text: `partitioned roll out complete: ${updated} new pods have been updated...\n`, done: true };
  }
  const revision = textAt(object, 'status', 'updateRevision');
  const current = textAt(object, 'status', 'currentRevision');
  if (revision !== current)
    return going(`waiting for statefulset rolling update to complete ${updated} pods at revision ${revision}...`);
  const pods = count(object, 'status', 'currentReplicas');
  return { text: `statefulset rolling update complete ${pods} pods at revision ${current}...\n`, done: true };
}
