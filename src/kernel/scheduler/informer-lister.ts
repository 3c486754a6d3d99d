import {
  keyOf,
  objectKey,
  type CSINode,
  type LabelSelector,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type PodDisruptionBudget,
  type Service,
  type StorageClass,
  type VolumeAttachment,
} from '../../api/objects';
import type { Informers, InformersOptions } from '../machinery/informers';
import type { ClusterLister } from './framework/lister';
import { SELECTED_NODE } from './volumes';
import type { VolumePlan } from './framework/plugin';

/** What kube-scheduler watches. A watch event takes 1 to 5 ms. */
export const SCHEDULER_INFORMERS: InformersOptions = {
  resources: {
    nodes: [],
    namespaces: [],
    storageclasses: [],
    persistentvolumes: [],
    persistentvolumeclaims: [],
    volumeattachments: ['node'],
    csinodes: [],
    poddisruptionbudgets: [],
    configmaps: [],
    services: ['namespace'],
    replicasets: [],
    replicationcontrollers: [],
    statefulsets: [],
    pods: [],
  },
  latencyMs: [1, 5],
};

/** Volumes and claims as they will be once what was reserved is written; the API's word replaces them. */
export interface AssumedState {
  volumes: Map<string, PersistentVolume>;
  claims: Map<string, PersistentVolumeClaim>;
}

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

/** The informers' caches, with the reserved volumes laid over them. Models the assume caches of plugins/volumebinding. */
export class InformerLister implements ClusterLister {
  constructor(
    private readonly informers: Informers,
    private readonly assumed: AssumedState,
  ) {}

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    const key = keyOf(namespace, name);
    return this.assumed.claims.get(key) ?? this.informers.byKey('persistentvolumeclaims', key);
  }

  volume(name: string): PersistentVolume | undefined {
    return this.assumed.volumes.get(name) ?? this.informers.byKey('persistentvolumes', name);
  }

  *volumesOf(className: string): Iterable<PersistentVolume> {
    for (const volume of this.informers.all('persistentvolumes')) {
      if ((volume.spec.storageClassName ?? '') === className)
        yield this.assumed.volumes.get(volume.metadata.name) ?? volume;
    }
  }

  storageClass(name: string): StorageClass | undefined {
    return this.informers.byKey('storageclasses', name);
  }

  csiNode(nodeName: string): CSINode | undefined {
    return this.informers.byKey('csinodes', nodeName);
  }

  attachmentsOn(nodeName: string): Iterable<VolumeAttachment> {
    return this.informers.by('volumeattachments', 'node', nodeName);
  }

  namespaceLabels(namespace: string): Readonly<Record<string, string>> {
    return this.informers.byKey('namespaces', namespace)?.metadata.labels ?? NO_LABELS;
  }

  servicesIn(namespace: string): Iterable<Service> {
    return this.informers.by('services', 'namespace', namespace);
  }

  selectorOf(kind: string, namespace: string, name: string): LabelSelector | undefined {
    if (kind === 'ReplicaSet') return this.informers.get('replicasets', namespace, name)?.spec.selector;
    if (kind === 'ReplicationController') {
      const matchLabels = this.informers.get('replicationcontrollers', namespace, name)?.spec.selector;
      return matchLabels && { matchLabels };
    }
    return kind === 'StatefulSet' ? this.informers.get('statefulsets', namespace, name)?.spec.selector : undefined;
  }

  disruptionBudgets(): Iterable<PodDisruptionBudget> {
    return this.informers.all('poddisruptionbudgets');
  }

  /** Lays over what a plan will write: volumes reserved for claims, claims with the node that was selected. */
  assume(plan: VolumePlan, node: string): void {
    for (const { volume, claim } of plan.bindings) {
      const bound = this.volume(volume);
      const wanted = this.informers.byKey('persistentvolumeclaims', claim);
      if (bound && wanted) this.assumed.volumes.set(volume, reserveVolume(bound, wanted));
    }
    for (const key of plan.provisions) {
      const claim = this.informers.byKey('persistentvolumeclaims', key);
      if (claim) this.assumed.claims.set(key, selectNode(claim, node));
    }
  }

  /** Takes back what `assume` laid over. */
  forget(plan: VolumePlan): void {
    for (const { volume } of plan.bindings) this.assumed.volumes.delete(volume);
    for (const key of plan.provisions) this.assumed.claims.delete(key);
  }

  /** The API's word about a volume or claim has come. */
  seen(
    resource: 'persistentvolumes' | 'persistentvolumeclaims',
    object: PersistentVolume | PersistentVolumeClaim,
  ): void {
    const assumed = resource === 'persistentvolumes' ? this.assumed.volumes : this.assumed.claims;
    const key = objectKey(object);
    const known = assumed.get(key);
    if (known && Number(object.metadata.resourceVersion) > Number(known.metadata.resourceVersion)) assumed.delete(key);
  }
}

const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/** The volume as it is written to bind it to a claim. Models component-helpers/storage/volume GetBindVolumeToClaim. */
export function reserveVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const claimRef = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...(namespace ? { namespace } : {}),
    name,
    uid,
    resourceVersion,
  };
  const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
  return { ...volume, metadata: { ...volume.metadata, annotations }, spec: { ...volume.spec, claimRef } };
}

/** The claim as it is written to have its volume made where the Pod goes. */
export function selectNode(claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim {
  const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
  return { ...claim, metadata: { ...claim.metadata, annotations } };
}
