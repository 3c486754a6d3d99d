import {
  controllerOf,
  controllerReference,
  objectKey,
  type Draft,
  type PersistentVolumeClaim,
  type Pod,
} from '../../api/objects';
import { claimNameOf } from '../../api/claim-names';
import { ApiError } from '../../api/status';
import { Controller, type ControllerParts } from '../machinery/controller';
import { subjectOf } from '../machinery/event-recorder';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

/** Makes the claims of Pods' generic ephemeral volumes. Models pkg/controller/volume/ephemeral. */
export class EphemeralVolumeController extends Controller {
  constructor(parts: ControllerParts) {
    super('ephemeral-volume-controller', parts, {});
    const { informers } = parts;
    informers.on('pods', (event) => {
      if (event.type !== 'DELETED' && event.object.spec.volumes?.some(({ ephemeral }) => ephemeral))
        this.enqueue(event.key, event);
    });
    informers.on('persistentvolumeclaims', (event) => {
      if (event.type !== 'DELETED') return;
      for (const pod of informers.by('pods', 'claim', event.key)) this.enqueue(objectKey(pod), event);
    });
  }

  protected override reconcile(key: string): void {
    const { informers, recorder } = this.parts;
    const pod = informers.byKey('pods', key);
    if (!pod || pod.metadata.deletionTimestamp) return;
    for (const volume of pod.spec.volumes ?? []) {
      const fault = volume.ephemeral ? this.#fault(pod, volume) : undefined;
      if (fault === undefined) continue;
      const message = `ephemeral volume ${volume.name}: ${fault}`;
      recorder.event(subjectOf(pod), 'Warning', 'FailedBinding', message);
      throw new ApiError(500, 'InternalError', message);
    }
  }

  /** Makes the claim where it is not there yet. Returns why it cannot be had. */
  #fault(pod: Pod, volume: Volume): string | undefined {
    const { namespace = '', name: podName, uid } = pod.metadata;
    const name = claimNameOf(podName, volume)!;
    const present = this.parts.client.get('persistentvolumeclaims', namespace, name);
    if (present) {
      if (controllerOf(present)?.uid === uid) return undefined;
      return `PVC ${namespace}/${name} was not created for pod ${namespace}/${podName} (pod is not owner)`;
    }
    try {
      this.parts.client.create('persistentvolumeclaims', claimFor(pod, volume, name));
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return `create PVC ${name}: ${error.message}`;
    }
  }
}

function claimFor(pod: Pod, volume: Volume, name: string): Draft<PersistentVolumeClaim> {
  const { metadata, spec } = volume.ephemeral!.volumeClaimTemplate!;
  const { annotations, labels } = metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      ...(pod.metadata.namespace ? { namespace: pod.metadata.namespace } : {}),
      ...(annotations ? { annotations } : {}),
      ...(labels ? { labels } : {}),
      ownerReferences: [controllerReference({ ...pod, apiVersion: 'v1', kind: 'Pod' })],
    },
    spec: spec as PersistentVolumeClaim['spec'],
  };
}
