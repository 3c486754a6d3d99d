import { isMap, type JsonMap } from './json';
import type { Json } from './objects';

/** Kinds that come by themselves: whoever makes them makes them again. */
const MADE = new Set([
  'Binding',
  'ComponentStatus',
  'ControllerRevision',
  'CSINode',
  'CSIStorageCapacity',
  'Event',
  'IPAddress',
  'Lease',
  'NodeMetrics',
  'PodMetrics',
  'ResourceSlice',
  'ServiceCIDR',
  'VolumeAttachment',
]);

/** Objects that are there in each cluster, as `KIND NAME`. */
const INBORN = new Set([
  'ConfigMap kube-root-ca.crt',
  'Endpoints kubernetes',
  'EndpointSlice kubernetes',
  'Namespace default',
  'Namespace kube-node-lease',
  'Namespace kube-public',
  'Namespace kube-system',
  'PriorityClass system-cluster-critical',
  'PriorityClass system-node-critical',
  'Service kubernetes',
  'ServiceAccount default',
]);
/** What the API server makes itself when it starts has one of these labels or annotations. */
const BOOTSTRAPPED = [
  'kubernetes.io/bootstrapping',
  'kube-aggregator.kubernetes.io/automanaged',
  'apf.kubernetes.io/autoupdate-spec',
];
const SYSTEM_NAMESPACES = new Set(['kube-node-lease', 'kube-public', 'kube-system']);

/** What others need comes before them. */
const ORDER = [
  'CustomResourceDefinition',
  'Namespace',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'VolumeAttributesClass',
  'CSIDriver',
  'IngressClass',
  'LimitRange',
  'ResourceQuota',
  'ServiceAccount',
  'ClusterRole',
  'Role',
  'ClusterRoleBinding',
  'RoleBinding',
  'ConfigMap',
  'Secret',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Service',
];

/** Of metadata, what its author writes. */
const KEPT_METADATA = ['name', 'generateName', 'namespace', 'labels', 'annotations'];

/** Annotations that a cluster writes for itself. */
const WRITTEN_ANNOTATION =
  /^(kubernetes\.io\/limit-ranger$|endpoints\.kubernetes\.io\/|kubectl\.kubernetes\.io\/last-applied-configuration|deployment\.kubernetes\.io\/|pv\.kubernetes\.io\/|volume\.(beta\.)?kubernetes\.io\/|deprecated\.daemonset\.template\.generation|control-plane\.alpha\.kubernetes\.io\/|node\.alpha\.kubernetes\.io\/|csi\.volume\.kubernetes\.io\/|batch\.kubernetes\.io\/job-tracking|autoscaling\.alpha\.kubernetes\.io\/)/;
/** Labels that the Job controller and the API server write. */
const WRITTEN_LABEL = /^((batch\.kubernetes\.io\/)?(controller-uid|job-name)|kubernetes\.io\/metadata\.name)$/;

/** Labels that binding copies from the node. */
const BOUND_LABEL = /^topology\.kubernetes\.io\/(zone|region)$/;

const map = (value: Json | undefined): JsonMap => (isMap(value) ? value : {});
const list = (value: Json | undefined): JsonMap[] => (Array.isArray(value) ? value.map(map) : []);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function without(object: JsonMap, ...fields: string[]): JsonMap {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}

/** The objects of what was read: lists are taken apart, however deep. */
export function objectsIn(value: Json): JsonMap[] {
  if (!isMap(value)) return [];
  const { items } = value;
  return text(value['kind']).endsWith('List') && Array.isArray(items) ? items.flatMap(objectsIn) : [value];
}

/**
 * An object as its author would write it, without what a cluster has added; undefined where it comes by itself. It
 * models `kubectl get -o yaml` read backwards: no server says which fields were written by whom before managedFields.
 */
export function manifestOf(object: JsonMap): JsonMap | undefined {
  const kind = text(object['kind']);
  const metadata = map(object['metadata']);
  const managed = list(metadata['ownerReferences']).some((owner) => owner['controller'] === true);
  if (kind === 'Node' || kind === 'PersistentVolume') return kind === 'Node' ? undefined : volumeOf(object, metadata);
  if (MADE.has(kind) || managed || isMirrored(object, metadata) || INBORN.has(`${kind} ${text(metadata['name'])}`))
    return undefined;
  const marks = { ...map(metadata['labels']), ...map(metadata['annotations']) };
  if (BOOTSTRAPPED.some((mark) => mark in marks)) return undefined;
  if (SYSTEM_NAMESPACES.has(text(metadata['namespace']))) return undefined;
  if (kind === 'Secret' && object['type'] === 'kubernetes.io/service-account-token') return undefined;
  const settle = Object.hasOwn(SPECS, kind) ? SPECS[kind] : undefined;
  const spec = isMap(object['spec']) && settle ? settle(object['spec']) : object['spec'];
  return written(object, metadata, spec);
}

/** Whether these endpoints follow a Service's Pods; those of what is outside of the cluster are written by somebody. */
function isMirrored(object: JsonMap, metadata: JsonMap): boolean {
  const labels = map(metadata['labels']);
  if (object['kind'] === 'EndpointSlice') return 'endpointslice.kubernetes.io/managed-by' in labels;
  if (object['kind'] !== 'Endpoints') return false;
  const addresses = list(object['subsets']).flatMap(({ addresses: ready, notReadyAddresses }) => [
    ...list(ready),
    ...list(notReadyAddresses),
  ]);
  return 'endpoints.kubernetes.io/managed-by' in labels || addresses.every(({ targetRef }) => isMap(targetRef));
}

/** An object with its metadata as written, another spec, and no status; an empty spec is left out. */
function written(object: JsonMap, metadata: JsonMap, spec: Json | undefined): JsonMap {
  const { apiVersion = '', kind = '', ...rest } = without(object, 'metadata', 'spec', 'status');
  const told = spec === undefined || (isMap(spec) && Object.keys(spec).length === 0) ? {} : { spec };
  return { apiVersion, kind, metadata: metadataOf(metadata, kind === 'Pod'), ...told, ...rest };
}

function metadataOf(metadata: JsonMap, bound = false): JsonMap {
  const kept = Object.fromEntries(
    KEPT_METADATA.flatMap((field) => (field in metadata ? [[field, metadata[field]!]] : [])),
  );
  for (const [field, made] of [
    ['annotations', WRITTEN_ANNOTATION],
    ['labels', WRITTEN_LABEL],
  ] as const) {
    const own = Object.entries(map(kept[field])).filter(
      ([key]) => !made.test(key) && !(bound && BOUND_LABEL.test(key)),
    );
    if (own.length > 0) kept[field] = Object.fromEntries(own);
    else delete kept[field];
  }
  return kept;
}

/** A volume that was provisioned comes with its claim; one that somebody made is free again. */
function volumeOf(object: JsonMap, metadata: JsonMap): JsonMap | undefined {
  if ('pv.kubernetes.io/provisioned-by' in map(metadata['annotations'])) return undefined;
  const claim = map(map(object['spec'])['claimRef']);
  const spec = without(map(object['spec']), 'claimRef');
  const name = text(claim['name']);
  const claimRef: JsonMap = { namespace: text(claim['namespace']), name };
  return written(object, metadata, name === '' ? spec : { ...spec, claimRef });
}

/** What clusters write into specs, by kind. */
const SPECS: Record<string, (spec: JsonMap) => JsonMap> = {
  Pod: (spec) => {
    const token = (one: Json): boolean => text(map(one)['name']).startsWith('kube-api-access-');
    const mounted = (one: Json): JsonMap => {
      const mounts = map(one)['volumeMounts'];
      if (!Array.isArray(mounts)) return map(one);
      const rest = mounts.filter((mount) => !token(mount));
      return rest.length > 0 ? { ...map(one), volumeMounts: rest } : without(map(one), 'volumeMounts');
    };
    const own = without(spec, 'nodeName', 'serviceAccount', 'priority', 'preemptionPolicy', 'ephemeralContainers');
    for (const field of ['containers', 'initContainers'])
      if (Array.isArray(own[field])) own[field] = own[field].map(mounted);
    if (Array.isArray(own['volumes'])) own['volumes'] = own['volumes'].filter((volume) => !token(volume));
    if (Array.isArray(own['tolerations']))
      own['tolerations'] = own['tolerations'].filter((one) => !isAdmitted(map(one)));
    for (const field of ['volumes', 'tolerations'])
      if (Array.isArray(own[field]) && own[field].length === 0) delete own[field];
    return own;
  },
  Job: (spec) => {
    const template = map(spec['template']);
    const own: JsonMap = { ...spec, template: { ...template, metadata: metadataOf(map(template['metadata'])) } };
    return spec['manualSelector'] === true ? own : without(own, 'selector');
  },
  StatefulSet: (spec) => {
    const claims = list(spec['volumeClaimTemplates']);
    if (claims.length === 0) return spec;
    const written = claims.map((claim) => ({
      ...without(claim, 'status'),
      metadata: metadataOf(map(claim['metadata'])),
    }));
    return { ...spec, volumeClaimTemplates: written };
  },
  PersistentVolumeClaim: (spec) => without(spec, 'volumeName'),
  Service: (spec) => {
    const addressed = text(spec['clusterIP']) !== 'None';
    const own = addressed ? without(spec, 'clusterIP', 'clusterIPs') : { ...spec };
    const ports = own['ports'];
    if (Array.isArray(ports)) own['ports'] = ports.map((port) => without(map(port), 'nodePort'));
    return without(own, 'healthCheckNodePort');
  },
  Namespace: (spec) => without(spec, 'finalizers'),
};

/** The tolerations that DefaultTolerationSeconds gives to each Pod. */
function isAdmitted({ key, operator, effect, tolerationSeconds }: JsonMap): boolean {
  return (
    /^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(text(key)) &&
    operator === 'Exists' &&
    effect === 'NoExecute' &&
    tolerationSeconds === 300
  );
}

/** The manifests of objects, in an order in which they can be applied; those of a kind stay as they are. */
export function manifestsOf(objects: readonly JsonMap[]): JsonMap[] {
  const manifests = objects.map(manifestOf).filter((one) => one !== undefined);
  const rank = (manifest: JsonMap): number => {
    const place = ORDER.indexOf(text(manifest['kind']));
    return place < 0 ? ORDER.length : place;
  };
  return manifests.sort((left, right) => rank(left) - rank(right));
}

/** Taints that conditions put on a node. */
const CONDITION_TAINT =
  /^node\.kubernetes\.io\/(not-ready|unreachable|unschedulable|memory-pressure|disk-pressure|pid-pressure|network-unavailable)$/;

/** A machine as its kubelet would register it, from the Node that a cluster has. */
export function machineOf(node: JsonMap): JsonMap {
  const metadata = map(node['metadata']);
  const spec = map(node['spec']);
  const status = map(node['status']);
  const taints = list(spec['taints']).filter((taint) => !CONDITION_TAINT.test(text(taint['key'])));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: text(metadata['name']), labels: map(metadata['labels']) },
    spec: {
      ...(taints.length > 0 ? { taints: taints.map((taint) => without(taint, 'timeAdded')) } : {}),
      ...(spec['unschedulable'] === true ? { unschedulable: true } : {}),
    },
    status: { capacity: map(status['capacity']), allocatable: map(status['allocatable']) },
  };
}
