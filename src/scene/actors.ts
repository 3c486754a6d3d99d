/** Where on the stage a message begins or ends. A node's place is its kubelet. */
export type Place = 'learner' | 'etcd' | 'controllers' | 'scheduler' | `node:${string}`;

/** Loops whose name does not end like those of the others. */
const CONTROLLERS = new Set(['kube-controller-manager', 'root-ca-cert-publisher', 'persistent-volume-binder']);
const CONTROLLER_NAME = /-(controller|collector)$|^csi-(provisioner|attacher)\//;

/** The place of whoever wrote: a controller, the scheduler, a node's kubelet; everybody else is at the learner's door. */
export function placeOf(actor: string): Place {
  if (actor.startsWith('kubelet/')) return `node:${actor.slice('kubelet/'.length)}`;
  if (actor.startsWith('system:node:')) return `node:${actor.slice('system:node:'.length)}`;
  if (actor.includes('scheduler')) return 'scheduler';
  if (isController(actor)) return 'controllers';
  return 'learner';
}

function isController(actor: string): boolean {
  return CONTROLLERS.has(actor) || CONTROLLER_NAME.test(actor);
}

/** The node of a kubelet's place; undefined for other places. */
export function nodeOf(place: Place): string | undefined {
  return place.startsWith('node:') ? place.slice('node:'.length) : undefined;
}

const LOOP_NAMES: Record<string, string> = {
  attachdetach: 'attach/detach',
  cronjob: 'CronJob',
  'daemon-set': 'DaemonSet',
  daemonset: 'DaemonSet',
  deployment: 'Deployment',
  disruption: 'disruption',
  'endpoint-slice': 'EndpointSlice',
  endpointslice: 'EndpointSlice',
  job: 'Job',
  namespace: 'Namespace',
  node: 'Node lifecycle',
  'pv-protection': 'PersistentVolume protection',
  'pvc-protection': 'PersistentVolumeClaim protection',
  replicaset: 'ReplicaSet',
  'service-account': 'ServiceAccount',
  statefulset: 'StatefulSet',
  'taint-eviction': 'taint eviction',
  'ttl-after-finished': 'TTL after finished',
};

/** `The Job controller`, `Pod garbage collector`: what a loop is called at the start of a sentence. */
export function loopName(actor: string): string {
  const stem = actor.replace(/-controller$/, '');
  const kind = LOOP_NAMES[stem];
  if (kind) return `The ${kind} controller`;
  const words = stem.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
