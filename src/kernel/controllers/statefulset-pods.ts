import { objectKey, type Draft, type Pod, type StatefulSet } from '../../api/objects';
import { ApiError, isRefusal } from '../../api/status';
import type { ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';
import { expectCreation, expectDeletion, type Expectations } from './expectations';
import { applyRetention, createClaims, type Member } from './statefulset-claims';
import { withIdentity } from './statefulset-identity';

/** Writes the Pods of StatefulSets and says so in Events. Models pkg/controller/statefulset/stateful_pod_control.go. */
export class StatefulPods {
  constructor(
    readonly parts: ControllerParts,
    private readonly expectations: () => Expectations,
  ) {}

  /** The claims first; then the Pod. */
  create(set: StatefulSet, draft: Draft<Pod>): void {
    const member = draft as unknown as Member;
    this.#recorded('Create', set, member, () => createClaims(this.parts, set, member));
    try {
      const pod = this.parts.client.create('pods', draft);
      expectCreation(this.expectations(), objectKey(set), pod);
    } catch (error) {
      if (error instanceof ApiError && !isRefusal(error, 'AlreadyExists'))
        this.#sayFailed('Create', set, member, error);
      throw error;
    }
    this.#sayDone('Create', set, member);
    this.#recorded('Update', set, member, () => applyRetention(this.parts, set, member));
  }

  /** A Pod that waits may lack a claim that was deleted meanwhile. */
  createMissingClaims(set: StatefulSet, pod: Pod): void {
    createClaims(this.parts, set, pod);
    applyRetention(this.parts, set, pod);
  }

  /** Gives a Pod back what makes it this Pod, and its claims the right owner. */
  update(set: StatefulSet, pod: Pod): void {
    this.#recorded('Update', set, pod, () => applyRetention(this.parts, set, pod));
    const wanted = withIdentity(set, pod);
    if (wanted === pod) return;
    const { namespace = '', name } = pod.metadata;
    this.#recorded('Update', set, pod, () => {
      this.parts.client.patch('pods', namespace, name, (current) => withIdentity(set, current));
    });
    this.#sayDone('Update', set, pod);
  }

  delete(set: StatefulSet, pod: Pod): void {
    const { namespace = '', name } = pod.metadata;
    this.#recorded('Delete', set, pod, () => this.parts.client.remove('pods', namespace, name));
    expectDeletion(this.expectations(), objectKey(set), pod);
    this.#sayDone('Delete', set, pod);
  }

  #recorded(verb: string, set: StatefulSet, pod: Member, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof ApiError) this.#sayFailed(verb, set, pod, error);
      throw error;
    }
  }

  #sayDone(verb: string, set: StatefulSet, pod: Member): void {
    const message = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    this.parts.recorder.event(subjectOf(set), 'Normal', `Successful${verb}`, message);
  }

  #sayFailed(verb: string, set: StatefulSet, pod: Member, error: ApiError): void {
    const message = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`;
    this.parts.recorder.event(subjectOf(set), 'Warning', `Failed${verb}`, message);
  }
}
