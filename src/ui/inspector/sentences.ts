import type { JsonMap } from '../../api/json';
import type { SchedulingRecord } from '../../api/scheduling';
import { conditionOf, listAt, numberAt, textAt } from './reading';
import type { Subject } from './subjects';

/** The sentence that stands under an object's name: what is, then why. */
export function sentenceOf(
  subject: Subject,
  object: JsonMap | undefined,
  attempts: readonly SchedulingRecord[],
): string {
  if (!object) return 'It is not in the cluster at this moment.';
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '') return deletingSentence(object);
  if (subject.resource === 'pods') return podSentence(object, attempts);
  if (subject.resource === 'nodes') return nodeSentence(object);
  if (subject.resource === 'jobs') return jobSentence(object);
  if (subject.resource === 'deployments' || subject.resource === 'replicasets') return replicaSentence(object);
  if (subject.resource === 'persistentvolumeclaims') return claimSentence(object);
  if (subject.resource === 'services')
    return `Sends what comes for ${subject.name} to Pods that match its selector and are Ready.`;
  const age = textAt(object, 'metadata', 'creationTimestamp').slice(11, 19);
  return age === '' ? '' : `Created at ${age}.`;
}

function deletingSentence(object: JsonMap): string {
  const finalizers = (object['metadata'] as JsonMap)['finalizers'];
  if (Array.isArray(finalizers) && finalizers.length > 0) return `Being deleted; waits for ${finalizers.join(', ')}.`;
  return `Being deleted; has ${textAt(object, 'metadata', 'deletionGracePeriodSeconds') || '0'} s of grace.`;
}

function podSentence(object: JsonMap, attempts: readonly SchedulingRecord[]): string {
  const phase = textAt(object, 'status', 'phase');
  const node = textAt(object, 'spec', 'nodeName');
  const waiting = listAt(object, 'status', 'containerStatuses')
    .map((one) => one['state'] as JsonMap)
    .find((state) => state && 'waiting' in state);
  if (phase === 'Pending' && node === '') return unscheduledSentence(attempts);
  if (phase === 'Succeeded') return `Finished on ${node} with exit code 0.`;
  if (phase === 'Failed')
    return `Failed on ${node}${textAt(object, 'status', 'reason') ? `: ${textAt(object, 'status', 'reason')}` : ''}.`;
  if (waiting) {
    const reason = textAt(waiting, 'waiting', 'reason');
    const message = textAt(waiting, 'waiting', 'message');
    return `On ${node}, waiting: ${reason}${message ? `. ${message}` : ''}.`;
  }
  const ready = conditionOf(object, 'Ready');
  if (ready && ready['status'] !== 'True')
    return `Running on ${node}, not Ready: ${textAt(ready, 'reason') || textAt(ready, 'message')}.`;
  return `Running on ${node}${placementReason(attempts)}.`;
}

/** `: 2 of 6 nodes fit, and this one scored 474 against 455`. */
function placementReason(attempts: readonly SchedulingRecord[]): string {
  const placed = attempts.find((attempt) => attempt.outcome === 'Scheduled');
  if (!placed) return '';
  const fit = `${placed.feasible} of ${placed.nodes} nodes fit`;
  const best = placed.scores.find((score) => score.node === placed.node);
  const second = placed.scores.find((score) => score !== best);
  if (!best || !second) return `: ${fit}`;
  if (best.total === second.total) return `: ${fit}, and this one is as good as ${second.node}, at ${best.total}`;
  return `: ${fit}, and this one scored ${best.total} against ${second.total}`;
}

function unscheduledSentence(attempts: readonly SchedulingRecord[]): string {
  const [last] = attempts;
  if (!last) return 'Pending. The scheduler has not looked at it yet.';
  if (last.outcome === 'Gated') return 'Pending. It is held back before scheduling.';
  if (last.outcome === 'Scheduled') return `Chosen for ${last.node ?? 'a node'}; the binding is under way.`;
  return `Pending. ${last.feasible} of ${last.nodes} nodes fit.`;
}

function nodeSentence(object: JsonMap): string {
  const ready = conditionOf(object, 'Ready');
  if (!ready) return 'Its kubelet has not reported yet.';
  if (ready['status'] === 'True') {
    const taints = listAt(object, 'spec', 'taints').length;
    const cordoned = (object['spec'] as JsonMap | undefined)?.['unschedulable'] === true;
    if (cordoned) return 'Ready, but cordoned: it takes no new Pods.';
    return taints === 0
      ? 'Ready, and open to every Pod that fits.'
      : `Ready; ${taints === 1 ? 'a taint keeps' : `${taints} taints keep`} out Pods that do not tolerate ${taints === 1 ? 'it' : 'them'}.`;
  }
  return `Not Ready: ${textAt(ready, 'message') || textAt(ready, 'reason')}`;
}

function jobSentence(object: JsonMap): string {
  const complete = conditionOf(object, 'Complete');
  const failed = conditionOf(object, 'Failed');
  if (complete?.['status'] === 'True') return 'Complete: as many Pods have succeeded as it wanted.';
  if (failed?.['status'] === 'True') return `Failed: ${textAt(failed, 'message')}`;
  const active = numberAt(object, 'status', 'active');
  const wanted = numberAt(object, 'spec', 'parallelism') || 1;
  return `Wants ${wanted} ${wanted === 1 ? 'Pod' : 'Pods'} at work, has ${active}.`;
}

function replicaSentence(object: JsonMap): string {
  const wanted = numberAt(object, 'spec', 'replicas');
  const ready = numberAt(object, 'status', 'readyReplicas');
  return ready === wanted
    ? `Wants ${wanted} ${wanted === 1 ? 'Pod' : 'Pods'}, and all are Ready.`
    : `Wants ${wanted} ${wanted === 1 ? 'Pod' : 'Pods'}; ${ready} ${ready === 1 ? 'is' : 'are'} Ready.`;
}

function claimSentence(object: JsonMap): string {
  const phase = textAt(object, 'status', 'phase');
  if (phase === 'Bound') return `Bound to ${textAt(object, 'spec', 'volumeName')}.`;
  if (phase === 'Lost') return 'Lost: its volume is gone.';
  return 'Pending: no volume is bound to it yet.';
}
