import { Alike } from '../../../base/alike';
import { withTopologyLabels } from '../admission/pod-topology-labels';
import type { Pod, PodCondition } from '../../../api/objects';
import { conflict, type ApiError } from '../../../api/status';
import type { Core, Write } from '../core';
import type { Resource } from '../kind';
import { updateObject } from '../writes';

/** Models pkg/registry/core/pod/storage: binding. */

/** What is used of a Binding. */
export interface BindingBody {
  metadata?: { name?: string; uid?: string; resourceVersion?: string; annotations?: Record<string, string> };
  target?: { kind?: string; name?: string };
}

/** Binds a Pod to a Node. Throws ApiError: 404, and 409 for a Pod that is bound or being deleted. */
export function bindPod(
  core: Core,
  pods: Resource,
  namespace: string,
  name: string,
  binding: BindingBody,
  write: Write,
): void {
  const nodeName = binding.target?.name ?? '';
  const target = { resource: pods, namespace, name, subresource: 'binding' };
  const refusal = (why: string): ApiError => conflict('', 'pods/binding', name, why);
  updateObject(
    core,
    target,
    (current) => {
      const pod = current as Pod;
      const { uid, resourceVersion } = binding.metadata ?? {};
      if (uid && uid !== pod.metadata.uid) {
        throw refusal(
          `StorageError: invalid object, Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`,
        );
      }
      if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion) {
        throw refusal(
          `StorageError: invalid object, Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${pod.metadata.resourceVersion}`,
        );
      }
      if (pod.metadata.deletionTimestamp) throw refusal(`pod ${name} is being deleted, cannot be assigned to a host`);
      if (pod.spec.nodeName) throw refusal(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
      return bound(core, pod, nodeName, binding.metadata?.annotations);
    },
    { ...write, manager: undefined },
  );
}

/** The Pod on its node. What it was nominated for is over. Models BindingREST.setPodNodeAndMetadata. */
function bound(core: Core, pod: Pod, nodeName: string, annotations: Record<string, string> | undefined): Pod {
  const metadata = withTopologyLabels(core, pod.metadata, nodeName);
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations };
  const { nominatedNodeName: _nominated, ...status } = { ...pod.status, conditions: scheduled(core, pod) };
  return {
    ...pod,
    metadata,
    spec: { ...pod.spec, nodeName },
    status: alikeStatuses.share(status),
  };
}

/** The Pod's conditions with PodScheduled true. */
function scheduled(core: Core, pod: Pod): PodCondition[] {
  const conditions = pod.status.conditions ?? [];
  const known = conditions.find((one) => one.type === 'PodScheduled');
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null as unknown as string,
    lastTransitionTime: known?.status === 'True' ? known.lastTransitionTime! : core.clock.time,
  };
  return alikeConditions.share(
    conditions.filter((one) => one !== known).concat(alikeConditionsScheduled.share(condition)),
  );
}

/** Of Pods that are bound within a second. */
const alikeConditionsScheduled = new Alike<PodCondition>(4);
const alikeConditions = new Alike<PodCondition[]>(4);
const alikeStatuses = new Alike<Pod['status']>(4);
