import type { Json } from '../../api/objects';
import type { JsonObject } from '../format/json';
import { at, equalJson, isObject, listAt, objectAt, textAt } from '../format/json';
import { goSort } from '../printers/sort';
import type { Session } from '../session';
import { podSelectorOf } from './pods';

const HASH_LABEL = 'pod-template-hash';

/**
 * The ReplicaSets of a Deployment: the one of its present template, and the others, the oldest first.
 * Models pkg/util/deployment GetAllReplicaSetsInChunks.
 */
export async function replicaSetsOf(
  session: Session,
  deployment: JsonObject,
): Promise<{ all: JsonObject[]; old: JsonObject[]; current: JsonObject | undefined }> {
  const namespace = textAt(deployment, 'metadata', 'namespace');
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/replicasets`;
  const list = await session.rest.json('GET', path, { query: { labelSelector: podSelectorOf(deployment) } });
  const all = listAt(list, 'items')
    .filter(isObject)
    .filter((set) => isControlledBy(set, deployment));
  const created = (set: JsonObject): string => textAt(set, 'metadata', 'creationTimestamp');
  goSort(all, (left, right) =>
    created(left) === created(right)
      ? textAt(left, 'metadata', 'name') < textAt(right, 'metadata', 'name')
      : created(left) < created(right),
  );
  const template = at(deployment, 'spec', 'template');
  const current = all.find((set) => sameTemplate(at(set, 'spec', 'template'), template));
  const old = all.filter((set) => set !== current);
  return { all, old, current };
}

export function isControlledBy(object: Json, owner: Json): boolean {
  return listAt(object, 'metadata', 'ownerReferences').some(
    (reference) =>
      at(reference, 'controller') === true && textAt(reference, 'uid') === textAt(owner, 'metadata', 'uid'),
  );
}

/** Whether two Pod templates are the same but for the hash label. Models equalIgnoreHash. */
export function sameTemplate(left: Json | undefined, right: Json | undefined): boolean {
  return equalJson(withoutHash(left), withoutHash(right));
}

function withoutHash(template: Json | undefined): Json {
  if (!isObject(template)) return null;
  const metadata = objectAt(template, 'metadata') ?? {};
  const { [HASH_LABEL]: _hash, ...labels } = objectAt(metadata, 'labels') ?? {};
  return { ...template, metadata: { ...metadata, labels } };
}
