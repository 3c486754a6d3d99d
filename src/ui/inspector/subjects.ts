import { trainingOwner } from '../../api/training-owner';

/** Something the page can point at: an object by its resource, or a component of the control plane. */
export interface Subject {
  resource: string;
  /** Empty for what has no namespace. */
  namespace: string;
  name: string;
}

interface KindRow {
  kind: string;
  /** `v1` or `GROUP/VERSION`. */
  apiVersion: string;
  namespaced: boolean;
  /** The kubectl word that names it: `pod`, `job`. */
  word: string;
  /** What kubectl takes for it as well. */
  short?: string;
}

/** The kinds that the inspector shows, by resource. */
export const KINDS: Record<string, KindRow> = {
  pods: { kind: 'Pod', apiVersion: 'v1', namespaced: true, word: 'pod', short: 'po' },
  nodes: { kind: 'Node', apiVersion: 'v1', namespaced: false, word: 'node', short: 'no' },
  jobs: { kind: 'Job', apiVersion: 'batch/v1', namespaced: true, word: 'job' },
  deployments: { kind: 'Deployment', apiVersion: 'apps/v1', namespaced: true, word: 'deployment', short: 'deploy' },
  replicasets: { kind: 'ReplicaSet', apiVersion: 'apps/v1', namespaced: true, word: 'replicaset', short: 'rs' },
  statefulsets: { kind: 'StatefulSet', apiVersion: 'apps/v1', namespaced: true, word: 'statefulset', short: 'sts' },
  daemonsets: { kind: 'DaemonSet', apiVersion: 'apps/v1', namespaced: true, word: 'daemonset', short: 'ds' },
  services: { kind: 'Service', apiVersion: 'v1', namespaced: true, word: 'service', short: 'svc' },
  endpointslices: { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', namespaced: true, word: 'endpointslice' },
  persistentvolumeclaims: {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    namespaced: true,
    word: 'pvc',
    short: 'pvc',
  },
  persistentvolumes: { kind: 'PersistentVolume', apiVersion: 'v1', namespaced: false, word: 'pv', short: 'pv' },
  volumeattachments: {
    kind: 'VolumeAttachment',
    apiVersion: 'storage.k8s.io/v1',
    namespaced: false,
    word: 'volumeattachment',
  },
  storageclasses: {
    kind: 'StorageClass',
    apiVersion: 'storage.k8s.io/v1',
    namespaced: false,
    word: 'storageclass',
    short: 'sc',
  },
  configmaps: { kind: 'ConfigMap', apiVersion: 'v1', namespaced: true, word: 'configmap', short: 'cm' },
  secrets: { kind: 'Secret', apiVersion: 'v1', namespaced: true, word: 'secret' },
  serviceaccounts: { kind: 'ServiceAccount', apiVersion: 'v1', namespaced: true, word: 'serviceaccount', short: 'sa' },
  namespaces: { kind: 'Namespace', apiVersion: 'v1', namespaced: false, word: 'namespace', short: 'ns' },
  events: { kind: 'Event', apiVersion: 'v1', namespaced: true, word: 'event', short: 'ev' },
  priorityclasses: {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    namespaced: false,
    word: 'priorityclass',
    short: 'pc',
  },
};

/** The path of an object, or of a resource's list where no name is given. */
export function pathOf(resource: string, namespace: string, name = ''): string {
  const row = KINDS[resource];
  const apiVersion = row?.apiVersion ?? 'v1';
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = row?.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${resource}${name ? `/${encodeURIComponent(name)}` : ''}`;
}

/** The key by which causes name an object: `namespace/name`, or `name`. */
export function keyOfSubject(subject: Subject): string {
  return subject.namespace ? `${subject.namespace}/${subject.name}` : subject.name;
}

export function sameSubject(left: Subject | undefined, right: Subject | undefined): boolean {
  return left?.resource === right?.resource && left?.namespace === right?.namespace && left?.name === right?.name;
}

/** The resource of a kind's name, such as `jobs` for `Job`; the kind itself where it is not known. */
export function resourceOfKind(kind: string): string {
  return Object.entries(KINDS).find(([, row]) => row.kind === kind)?.[0] ?? kind;
}

/** Reads what kubectl prints and takes: `pod/train-1`, `job.batch/train-sgd`, `pods train-1`. */
export function subjectOf(word: string, name: string, namespace: string): Subject | undefined {
  const plain = word.split('.')[0]!.toLowerCase();
  const found = Object.entries(KINDS).find(
    ([resource, row]) =>
      resource === plain || row.word === plain || row.short === plain || row.kind.toLowerCase() === plain,
  );
  if (!found) return undefined;
  return { resource: found[0], namespace: found[1].namespaced ? namespace : '', name };
}

/** Whose training concerns what is selected, such as `Job train-sgd`; `undefined` where none can. */
export function ownerOfTraining(
  { resource, namespace, name }: Subject,
  pods: { named(key: string): { ownerKind: string; ownerName: string } | undefined },
): string | undefined {
  if (resource === 'jobs') return trainingOwner('Job', namespace, name);
  if (resource !== 'pods') return undefined;
  const pod = pods.named(`${namespace}/${name}`);
  return pod && trainingOwner(pod.ownerKind, namespace, pod.ownerName);
}
