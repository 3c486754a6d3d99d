import type { Json, LabelSelector } from '../../api/objects';
import { selectorRequirements } from '../../api/selectors';
import type { LabelRequirement } from '../../api/selectors';
import { parseTime } from '../../api/time';
import { CliError } from '../errors';
import type { JsonObject } from '../format/json';
import { at, isObject, listAt, numberAt, stringMapAt, textAt } from '../format/json';
import { goSort } from '../printers/sort';
import type { Session } from '../session';

const BY_LABEL_SELECTOR = new Set(['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Deployment', 'Job']);

/** A label selector as text, the way the server reads it: `app=a,tier in (x,y)`. Models labels.Selector String. */
export function selectorText(requirements: readonly LabelRequirement[]): string {
  const texts = requirements.map(({ key, operator, values }) => {
    const sorted = [...values].sort();
    switch (operator) {
      case 'In':
        return sorted.length === 1 ? `${key}=${sorted[0]}` : `${key} in (${sorted.join(',')})`;
      case 'NotIn':
        return `${key} notin (${sorted.join(',')})`;
      case 'Exists':
        return key;
      case 'DoesNotExist':
        return `!${key}`;
      case 'Gt':
        return `${key}>${values[0]}`;
      case 'Lt':
        return `${key}<${values[0]}`;
    }
  });
  return texts.join(',');
}

/** A metav1.LabelSelector as text; `matchLabels` in the order of their keys. */
export function labelSelectorText(selector: Json | undefined): string {
  const requirements = selectorRequirements((selector ?? undefined) as LabelSelector | undefined) ?? [];
  return selectorText(
    [...requirements].sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)),
  );
}

/** The selector with which an object chooses its Pods. Throws for kinds that have none. Models SelectorsForObject. */
export function podSelectorOf(object: JsonObject): string {
  const kind = textAt(object, 'kind');
  if (BY_LABEL_SELECTOR.has(kind)) return labelSelectorText(at(object, 'spec', 'selector'));
  const labels = stringMapAt(object, 'spec', 'selector');
  const text = [...labels].map(([key, value]) => `${key}=${value}`).join(',');
  if (kind === 'ReplicationController') return text;
  if (kind === 'Service') {
    if (labels.size > 0) return text;
    throw new CliError(
      `invalid service '${textAt(object, 'metadata', 'name')}': Service is defined without a selector`,
    );
  }
  throw new CliError(`selector for ${goKind(object)} not implemented`);
}

/** `*v1.Node`: how Go names the type of an object. */
export function goKind(object: Json | undefined): string {
  const version = textAt(object, 'apiVersion').split('/').at(-1) ?? '';
  return `*${version}.${textAt(object, 'kind')}`;
}

/** The Pods of an object, those with the most to say first. `problem` begins the words for a kind without Pods. */
export async function podsOf(session: Session, object: JsonObject, problem: string): Promise<JsonObject[]> {
  let selector: string;
  try {
    selector = podSelectorOf(object);
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    throw new CliError(`${problem} ${goKind(object)}: ${thrown.message}`);
  }
  const namespace = textAt(object, 'metadata', 'namespace');
  const list = await session.rest.json('GET', podsPath(namespace), { query: { labelSelector: selector } });
  const pods = listAt(list, 'items').filter(isObject);
  goSort(pods, logsMore);
  return pods;
}

const podsPath = (namespace: string): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;

/** The Pod with the most to say, and how many there are. Waits for one. Models GetFirstPod. */
export async function firstPodOf(
  session: Session,
  object: JsonObject,
  problem: string,
  timeoutMs: number,
): Promise<{ pod: JsonObject; count: number }> {
  const pods = await podsOf(session, object, problem);
  if (pods[0]) return { pod: pods[0], count: pods.length };
  const namespace = textAt(object, 'metadata', 'namespace');
  let found: JsonObject | undefined;
  const query = { labelSelector: podSelectorOf(object) };
  const take = (type: string, pod: Json): boolean => {
    if ((type === 'ADDED' || type === 'MODIFIED') && isObject(pod)) found = pod;
    return found !== undefined;
  };
  await session.rest.watch(podsPath(namespace), query, take, { timeoutMs });
  if (!found) throw new CliError('timed out waiting for the condition');
  return { pod: found, count: 1 };
}

const PHASE_ORDER: Record<string, number> = { Running: 0, Unknown: 1, Pending: 2 };

/** Models podutils.ByLogging. */
function logsMore(left: JsonObject, right: JsonObject): boolean {
  const [leftNode, rightNode] = [textAt(left, 'spec', 'nodeName'), textAt(right, 'spec', 'nodeName')];
  if (leftNode !== rightNode && (leftNode === '' || rightNode === '')) return leftNode !== '';
  const phase = (pod: JsonObject): number => PHASE_ORDER[textAt(pod, 'status', 'phase')] ?? 0;
  if (phase(left) !== phase(right)) return phase(left) < phase(right);
  const [leftReady, rightReady] = [readySince(left), readySince(right)];
  if ((leftReady === undefined) !== (rightReady === undefined)) return leftReady !== undefined;
  if (leftReady !== undefined && rightReady !== undefined && leftReady !== rightReady) return rightReady > leftReady;
  const restarts = maxRestarts(left) - maxRestarts(right);
  if (restarts !== 0) return restarts > 0;
  return (
    parseTime(textAt(left, 'metadata', 'creationTimestamp')) < parseTime(textAt(right, 'metadata', 'creationTimestamp'))
  );
}

export const phaseOf = (pod: Json): string => textAt(pod, 'status', 'phase');
export const hasEnded = (pod: Json): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';

/** The condition by which a Pod is ready; undefined where it is not. */
export const readyCondition = (pod: Json): Json | undefined =>
  listAt(pod, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
  );

function readySince(pod: JsonObject): number | undefined {
  const ready = readyCondition(pod);
  return ready === undefined ? undefined : parseTime(textAt(ready, 'lastTransitionTime'));
}

function maxRestarts(pod: JsonObject): number {
  return Math.max(
    0,
    ...listAt(pod, 'status', 'containerStatuses').map((status) => numberAt(status, 'restartCount') ?? 0),
  );
}
