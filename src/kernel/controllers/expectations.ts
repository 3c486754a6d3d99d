import type { Pod } from '../../api/objects';
import type { Informers } from '../machinery/informers';

/** What a controller has written for one key and its cache has not shown it yet. */
export interface Expected {
  /** The revision of the last Pod created. */
  revision: number;
  /** Pods whose deletion was asked for: uid → key. */
  deletions: Map<string, string>;
}

/** By the key of the controller's object. */
export type Expectations = Map<string, Expected>;

function entry(expectations: Expectations, key: string): Expected {
  let expected = expectations.get(key);
  if (!expected) expectations.set(key, (expected = { revision: 0, deletions: new Map() }));
  return expected;
}

/** Remembers that a Pod was created. */
export function expectCreation(expectations: Expectations, key: string, pod: Pod): void {
  const expected = entry(expectations, key);
  expected.revision = Math.max(expected.revision, Number(pod.metadata.resourceVersion));
}

/** Remembers that a Pod's deletion was asked for. */
export function expectDeletion(expectations: Expectations, key: string, pod: Pod): void {
  entry(expectations, key).deletions.set(pod.metadata.uid, `${pod.metadata.namespace}/${pod.metadata.name}`);
}

/**
 * Whether the cache shows all that was written for the key: a controller that acts on an older picture would create
 * or delete twice. Models pkg/controller/controller_utils.go UIDTrackingControllerExpectations.
 */
export function isSatisfied(expectations: Expectations, key: string, informers: Informers): boolean {
  const expected = expectations.get(key);
  if (!expected) return true;
  for (const [uid, podKey] of expected.deletions) {
    const pod = informers.byKey('pods', podKey);
    if (!pod || pod.metadata.uid !== uid || pod.metadata.deletionTimestamp) expected.deletions.delete(uid);
  }
  if (expected.deletions.size > 0 || !informers.hasSeen('pods', expected.revision)) return false;
  expectations.delete(key);
  return true;
}
