import { hasEnded } from './pods';
import type { Json } from '../../api/objects';
import { parseTime } from '../../api/time';
import { asError, CliError, isNotFound } from '../errors';
import { at, isObject, listAt, objectAt, textAt } from '../format/json';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';

/** What drain does with a Pod, and why. Models pkg/drain PodDeleteStatus. */
interface Verdict {
  remove: boolean;
  warning?: string;
  refusal?: string;
}

/** The Pods of a node as drain sees them. */
export interface DrainList {
  remove: JsonObject[];
  /** Several warnings in one line; empty for none. */
  warning: string;
  refusals: Error[];
}

type Filter = (session: Session, pod: JsonObject) => Verdict | Promise<Verdict>;

const OKAY: Verdict = { remove: true };
const SKIP: Verdict = { remove: false };

/** Sorts the Pods of a node: which go, which stay, and what forbids draining. Models GetPodsForDeletion. */
export async function podsToDrain(session: Session, node: string): Promise<DrainList> {
  const query: Record<string, string> = {
    fieldSelector: `spec.nodeName=${node}`,
    limit: session.flags.text('chunk-size'),
  };
  const selector = session.flags.text('pod-selector');
  if (selector) query['labelSelector'] = selector;
  const pods = listAt(await session.rest.json('GET', '/api/v1/pods', { query }), 'items').filter(isObject);
  const list: DrainList = { remove: [], warning: '', refusals: [] };
  const warnings = new Map<string, string[]>();
  const refusals = new Map<string, string[]>();
  for (const pod of pods) {
    const verdict = await judge(session, pod);
    if (verdict.remove) list.remove.push({ ...pod, kind: 'Pod', apiVersion: 'v1' });
    const name = `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;
    if (verdict.warning !== undefined) warnings.set(verdict.warning, [...(warnings.get(verdict.warning) ?? []), name]);
    if (verdict.refusal !== undefined) refusals.set(verdict.refusal, [...(refusals.get(verdict.refusal) ?? []), name]);
  }
  list.warning = [...warnings].map(([words, names]) => `${words}: ${names.join(', ')}`).join('; ');
  list.refusals = [...refusals].map(([words, names]) => new CliError(`cannot delete ${words}: ${names.join(', ')}`));
  return list;
}

/** The verdict of the first filter that keeps a Pod, else of the last. */
async function judge(session: Session, pod: JsonObject): Promise<Verdict> {
  let verdict = OKAY;
  for (const filter of FILTERS) {
    verdict = await filter(session, pod);
    if (!verdict.remove) break;
  }
  return verdict;
}

const FILTERS: Filter[] = [skipDeleted, daemonSet, mirrorPod, localStorage, unreplicated];

function controllerOf(pod: JsonObject): Json | undefined {
  return listAt(pod, 'metadata', 'ownerReferences').find((owner) => at(owner, 'controller') === true);
}

function skipDeleted(session: Session, pod: JsonObject): Verdict {
  return isLongDeleted(session, pod) ? SKIP : OKAY;
}

/** Whether a Pod has been terminating for longer than drain is told to wait. */
export function isLongDeleted(session: Session, pod: JsonObject): boolean {
  const limit = session.flags.number('skip-wait-for-delete-timeout');
  const deleted = textAt(pod, 'metadata', 'deletionTimestamp');
  return limit > 0 && deleted !== '' && session.io.nowMs() - parseTime(deleted) > limit * 1000;
}

async function daemonSet(session: Session, pod: JsonObject): Promise<Verdict> {
  const controller = controllerOf(pod);
  const daemon = textAt(controller, 'kind') === 'DaemonSet' && textAt(controller, 'apiVersion') === 'apps/v1';
  if (!daemon || hasEnded(pod)) return OKAY;
  const namespace = textAt(pod, 'metadata', 'namespace');
  try {
    await session.rest.json(
      'GET',
      `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/daemonsets/${encodeURIComponent(textAt(controller, 'name'))}`,
    );
  } catch (thrown) {
    const words = asError(thrown).message;
    return isNotFound(thrown) && session.flags.bool('force')
      ? { remove: true, warning: words }
      : { remove: false, refusal: words };
  }
  if (!session.flags.bool('ignore-daemonsets')) {
    return { remove: false, refusal: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
  }
  return { remove: false, warning: 'ignoring DaemonSet-managed Pods' };
}

function mirrorPod(_session: Session, pod: JsonObject): Verdict {
  return objectAt(pod, 'metadata', 'annotations')?.['kubernetes.io/config.mirror'] === undefined ? OKAY : SKIP;
}

function localStorage(session: Session, pod: JsonObject): Verdict {
  const local = listAt(pod, 'spec', 'volumes').some((volume) => objectAt(volume, 'emptyDir') !== undefined);
  if (!local || hasEnded(pod)) return OKAY;
  if (!session.flags.bool('delete-emptydir-data')) {
    return { remove: false, refusal: 'Pods with local storage (use --delete-emptydir-data to override)' };
  }
  return { remove: true, warning: 'deleting Pods with local storage' };
}

function unreplicated(session: Session, pod: JsonObject): Verdict {
  if (hasEnded(pod) || controllerOf(pod) !== undefined) return OKAY;
  if (session.flags.bool('force')) return { remove: true, warning: 'deleting Pods that declare no controller' };
  return { remove: false, refusal: 'Pods that declare no controller (use --force to override)' };
}
