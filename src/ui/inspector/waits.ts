import type { Fault } from '../../api/faults';
import type { JsonMap } from '../../api/json';
import type { SchedulingRecord } from '../../api/scheduling';
import type { PodStrain, VolumeView } from '../../protocol/frame';
import { at, conditionOf, listAt, textAt } from './reading';
import type { Subject } from './subjects';

/** A way out of a wait, as a button: a kubectl line or a fault undone. */
export type WayOut = { label: string; note?: string } & ({ kubectl: string[] } | { fault: Fault });

/** What an object waits for, whether that can change by itself, and what would change it. */
export interface Wait {
  /** Said in place of the object's state where that alone would sound as if it went on. */
  headline?: string;
  text: string;
  /** The API's own message, verbatim. */
  message: string;
  /** Said where it is so: nothing will change by itself. */
  byItself: string;
  ways: WayOut[];
}

export interface WaitFacts {
  subject: Subject;
  object: JsonMap | undefined;
  attempts: readonly SchedulingRecord[];
  volumes: readonly VolumeView[];
  /** Nodes without power, by name. */
  off: ReadonlySet<string>;
  cut: ReadonlySet<string>;
  /** The image that is pulled for it, in megabytes. */
  pull?: PodStrain['pull'];
}

/** What a Pod or a node waits for; `undefined` when for nothing. */
export function waitOf(facts: WaitFacts): Wait | undefined {
  if (!facts.object) return undefined;
  if (facts.subject.resource === 'nodes') return nodeWait(facts);
  if (facts.subject.resource !== 'pods') return undefined;
  return stuckVolume(facts) ?? unreachable(facts) ?? unplaced(facts) ?? pulling(facts) ?? backOff(facts.object);
}

/** A disk that one node at a time can hold is still on a node that cannot let go. */
function stuckVolume({ object, subject, volumes, off, cut }: WaitFacts): Wait | undefined {
  const node = textAt(object, 'spec', 'nodeName');
  const claims = listAt(object, 'spec', 'volumes')
    .map((one) => textAt(one, 'persistentVolumeClaim', 'claimName'))
    .filter(Boolean);
  const stuck = volumes.find(
    (volume) =>
      claims.some((claim) => volume.key === `${subject.namespace}/${claim}`) && volume.refusedBy.includes(node),
  );
  const holder = stuck?.attachedTo[0];
  if (!stuck || !holder) return undefined;
  const dead = off.has(holder) || cut.has(holder);
  const back: WayOut[] = off.has(holder)
    ? [{ label: `Power ${holder} on`, fault: { type: 'NodeUp', node: holder } }]
    : cut.has(holder)
      ? [{ label: `Mend the network of ${holder}`, fault: { type: 'NodeNetworkUp', node: holder } }]
      : [];
  return {
    ...(dead ? { headline: 'Stuck. Its volume is attached to a node that cannot let go.' } : {}),
    text: `Its volume ${stuck.claim || stuck.volume} is still attached to ${holder}${dead ? ', which cannot let go' : ''}.`,
    message: '',
    byItself: dead
      ? `Nothing will change by itself. ${stuck.accessMode} means one node, and the dead one cannot confirm that its Pod stopped.`
      : `It is detached when the Pod on ${holder} has ended.`,
    ways: dead
      ? [
          ...back,
          {
            label: 'Taint it out-of-service',
            note: 'says: this node is off for good',
            kubectl: ['taint', 'nodes', holder, 'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute'],
          },
          {
            label: 'Delete its Pods by force',
            note: 'then the volume is detached after 6 minutes',
            kubectl: [
              'delete',
              'pods',
              '--field-selector',
              `spec.nodeName=${holder}`,
              '-n',
              subject.namespace,
              '--force',
              '--grace-period=0',
            ],
          },
        ]
      : [],
  };
}

/** The Pod's own node is not heard of. */
function unreachable({ object, subject, off, cut }: WaitFacts): Wait | undefined {
  const node = textAt(object, 'spec', 'nodeName');
  if (!off.has(node) && !cut.has(node)) return undefined;
  const deleting = textAt(object, 'metadata', 'deletionTimestamp') !== '';
  const back: WayOut = off.has(node)
    ? { label: `Power ${node} on`, fault: { type: 'NodeUp', node } }
    : { label: `Mend the network of ${node}`, fault: { type: 'NodeNetworkUp', node } };
  return {
    ...(deleting ? { headline: `Terminating, and nobody can confirm that it stopped: ${node} is silent.` } : {}),
    text: `Nobody hears from ${node}, so nobody knows how this Pod is.`,
    message: '',
    byItself: deleting
      ? 'It stays here, Terminating, until its kubelet confirms that it has stopped.'
      : 'After 50 s the node is marked; 300 s later its Pods are deleted, unless they tolerate it longer.',
    ways: [
      back,
      {
        label: 'Delete this Pod by force',
        kubectl: ['delete', 'pod', subject.name, '-n', subject.namespace, '--force', '--grace-period=0'],
      },
    ],
  };
}

function unplaced({ object, attempts }: WaitFacts): Wait | undefined {
  const scheduled = conditionOf(object!, 'PodScheduled');
  if (textAt(object, 'spec', 'nodeName') !== '' || scheduled?.['status'] !== 'False') return undefined;
  const [last] = attempts;
  return {
    text: last ? `A node that fits: ${last.feasible} of ${last.nodes} do.` : 'A node that fits.',
    message: textAt(scheduled, 'message'),
    byItself:
      'It is tried again when something changes that may help: a node, a taint, a Pod that leaves. A Pod’s own spec does not change; replace its owner’s template.',
    ways: [],
  };
}

function pulling({ pull }: WaitFacts): Wait | undefined {
  if (!pull) return undefined;
  return {
    text: `Its image ${pull.image}: ${pull.doneMb} of ${pull.totalMb} MB are pulled.`,
    message: '',
    byItself: 'The container starts when all of it is there. The next Pod on this node finds it there already.',
    ways: [],
  };
}

function backOff(object: JsonMap): Wait | undefined {
  for (const status of listAt(object, 'status', 'containerStatuses')) {
    const reason = textAt(status, 'state', 'waiting', 'reason');
    if (isStartedAgain(object, status)) return nextStart(status);
    if (reason === '' || reason === 'PodInitializing' || reason === 'ContainerCreating') continue;
    return {
      text: `Container ${textAt(status, 'name')}: ${reason}.`,
      message: textAt(status, 'state', 'waiting', 'message'),
      byItself: reason.includes('BackOff')
        ? 'The kubelet tries again by itself, after 10 s, 20 s, 40 s and so on up to 300 s.'
        : '',
      ways: [],
    };
  }
  return undefined;
}

/** Between its end and its next start a container is `terminated`, often until the back-off is over. */
function isStartedAgain(object: JsonMap, status: JsonMap): boolean {
  const exitCode = textAt(status, 'state', 'terminated', 'exitCode');
  if (exitCode === '' || textAt(object, 'status', 'phase') !== 'Running') return false;
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '') return false;
  const policy = textAt(object, 'spec', 'restartPolicy');
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== '0');
}

function nextStart(status: JsonMap): Wait {
  const { exitCode, reason } = at(status, 'state', 'terminated') as { exitCode: number; reason?: string };
  return {
    text: `The next start of container ${textAt(status, 'name')}: it ended with exit code ${exitCode}${reason ? ` (${reason})` : ''}.`,
    message: '',
    byItself:
      'The kubelet starts it again by itself: at once the first time, then after 10 s, 20 s, 40 s and so on up to 300 s.',
    ways: [],
  };
}

function nodeWait({ subject, object, off, cut }: WaitFacts): Wait | undefined {
  const { name } = subject;
  if (!off.has(name) && !cut.has(name)) return undefined;
  const marked = conditionOf(object!, 'Ready')?.['status'] === 'Unknown';
  const byItself = marked
    ? 'It is marked and tainted. Its Pods are deleted 300 s after that, and stay Terminating until it is heard again.'
    : 'After 50 s without a heartbeat it is marked NotReady and tainted; its Pods are deleted 300 s after that.';
  return off.has(name)
    ? {
        text: 'Power: it is off.',
        message: '',
        byItself,
        ways: [{ label: 'Power on', fault: { type: 'NodeUp', node: name } }],
      }
    : {
        text: 'Its network: it is cut. Its Pods run on, and nobody hears them.',
        message: '',
        byItself,
        ways: [{ label: 'Mend the network', fault: { type: 'NodeNetworkUp', node: name } }],
      };
}
