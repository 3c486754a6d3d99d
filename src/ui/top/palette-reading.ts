import type { ApiClient } from '../../api/client';
import type { JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import type { SchedulingRecord } from '../../api/scheduling';
import type { Control } from '../connection/control';
import { conditionOf, listAt, numberAt, textAt } from '../inspector/reading';
import { KINDS, pathOf, type Subject } from '../inspector/subjects';
import type { OffStage } from './palette-rows';

/** Objects that the frames do not tell of, and what is said beside their names. */
const READ: Record<string, (object: JsonMap) => string> = {
  jobs: (object) =>
    textAt(conditionOf(object, 'Complete'), 'status') === 'True'
      ? 'Complete'
      : textAt(conditionOf(object, 'Failed'), 'status') === 'True'
        ? 'Failed'
        : `${numberAt(object, 'status', 'active')} of ${numberAt(object, 'spec', 'parallelism') || 1} active`,
  deployments: readyOf,
  statefulsets: readyOf,
  daemonsets: (object) =>
    `${numberAt(object, 'status', 'numberReady')} of ${numberAt(object, 'status', 'desiredNumberScheduled')} ready`,
  configmaps: () => '',
};
const LIMIT = 200;

function readyOf(object: JsonMap): string {
  return `${numberAt(object, 'status', 'readyReplicas')} of ${numberAt(object, 'spec', 'replicas')} ready`;
}

/** Asks the cluster for what is not on the stage; what it does not answer is left out. */
export async function readOffStage(client: ApiClient): Promise<OffStage[]> {
  const lists = await Promise.all(
    Object.entries(READ).map(async ([resource, note]) => {
      const answer = await client.request({
        method: 'GET',
        path: pathOf(resource, ''),
        query: { limit: String(LIMIT) },
        headers: { 'user-agent': 'podium-page' },
      });
      return answer.code >= 400
        ? []
        : listAt(answer.body as Json, 'items').flatMap((one) => offStage(resource, one, note));
    }),
  );
  return lists.flat();
}

function offStage(resource: string, object: JsonMap, note: (object: JsonMap) => string): OffStage[] {
  const namespace = textAt(object, 'metadata', 'namespace');
  const name = textAt(object, 'metadata', 'name');
  if (namespace === 'kube-system' || name === 'kube-root-ca.crt') return [];
  return [{ subject: { resource, namespace, name }, kind: KINDS[resource]?.kind ?? resource, note: note(object) }];
}

/** The short answer beside a question about a Pod: how many nodes fit, or by how much its node won. */
export async function shortAnswer(control: Control, { namespace, name }: Subject): Promise<string> {
  try {
    const { items } = await control.read<{ items: SchedulingRecord[] }>('scheduling', { pod: `${namespace}/${name}` });
    const last = items.reduce<SchedulingRecord | undefined>(
      (newest, one) => (newest && newest.atMs > one.atMs ? newest : one),
      undefined,
    );
    return last ? answerOf(last) : '';
  } catch {
    /* The Pod is gone meanwhile: its question leads to what is known of it. */
    return '';
  }
}

function answerOf(record: SchedulingRecord): string {
  const [first, second] = record.scores;
  if (record.outcome === 'Scheduled' && first && second)
    return `scored ${Math.round(first.total)} against ${Math.round(second.total)}`;
  return `${record.feasible} of ${record.nodes} nodes ${record.feasible === 1 ? 'fits' : 'fit'}`;
}
