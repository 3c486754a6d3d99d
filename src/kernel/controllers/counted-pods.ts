import type { ApiObject, Draft, Pod } from '../../api/objects';
import { ApiError } from '../../api/status';
import type { ControllerParts } from '../machinery/controller';
import { expectCreation, expectDeletion, type Expectations } from './expectations';
import { createPod, deletePod } from './pod-control';
import { slowStart } from './slow-start';

/** Whose Pods are written, and where it is noted what the cache has yet to show. */
export interface Counted {
  readonly parts: ControllerParts;
  readonly expectations: Expectations;
  readonly key: string;
  readonly owner: ApiObject;
}

/** Creates Pods in ever larger batches. Returns the first refusal; that a namespace is going away is none. */
export function createCounted(
  { parts, expectations, key, owner }: Counted,
  count: number,
  draftOf: (index: number) => Draft<Pod>,
): ApiError | undefined {
  let index = 0;
  return slowStart(count, () =>
    createPod(parts, owner, draftOf(index++), (pod) => expectCreation(expectations, key, pod)),
  ).error;
}

/** Deletes Pods, each whatever became of the others. Returns the first refusal. */
export function deleteCounted(
  { parts, expectations, key, owner }: Counted,
  pods: readonly Pod[],
): ApiError | undefined {
  let failure: ApiError | undefined;
  for (const pod of pods) {
    try {
      deletePod(parts, owner, pod);
      expectDeletion(expectations, key, pod);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure ??= error;
    }
  }
  return failure;
}
