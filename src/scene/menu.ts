import type { Fault } from '../api/faults';
import { nodeHas, type NodeGlyph, type Picture, type PodGlyph } from './picture';
import type { Ref } from './ref';

/** What can be done to a thing on the stage: a fault, a kubectl line, or a look at it. */
export interface Action {
  /** As the thing's own menu says it. */
  label: string;
  /** As it is said where the thing is not in sight, with its name. */
  named: string;
  /** The key that does it while the thing has focus. */
  key: string;
  fault?: Fault;
  command?: string;
  /** Opens the inspector. */
  why?: boolean;
}

/** The actions on a thing, in the order of the menu. Breaking things is the point: faults are not set apart. */
export function actionsFor(ref: Ref, picture: Picture): Action[] {
  const why: Action = { label: 'Why?', named: `Why is ${ref.name} as it is?`, key: 'W', why: true };
  if (ref.resource === 'pods') {
    const pod = picture.podWith(`${ref.namespace}/${ref.name}`);
    return [why, ...(pod ? podActions(pod) : [])];
  }
  if (ref.resource === 'nodes') {
    const node = picture.nodes.find((one) => one.name === ref.name);
    return [why, ...(node ? nodeActions(node) : [])];
  }
  if (ref.resource === 'components') return [why, componentAction(ref.name, picture.controlPlane.down)];
  const kind =
    { services: 'service', persistentvolumeclaims: 'pvc', persistentvolumes: 'pv' }[ref.resource] ?? ref.resource;
  return [why, describe(kind, ref.name, ref.namespace)];
}

const inNamespace = (namespace: string): string =>
  namespace === 'default' || namespace === '' ? '' : ` -n ${namespace}`;

function describe(kind: string, name: string, namespace: string): Action {
  return {
    label: 'Describe',
    named: `Describe ${name}`,
    key: '',
    command: `kubectl describe ${kind} ${name}${inNamespace(namespace)}`,
  };
}

export function podActions(pod: Pick<PodGlyph, 'detail' | 'node'>): Action[] {
  const { namespace, name, containerNames } = pod.detail;
  const container = containerNames[0] ?? '';
  const actions: Action[] = [];
  if (container !== '' && pod.node !== '') {
    const target = { namespace, pod: name, container };
    actions.push({
      label: 'Kill its container',
      named: `Kill the container of ${name}`,
      key: 'K',
      fault: { type: 'ContainerCrash', ...target, exitCode: 137 },
    });
    actions.push({
      label: 'Run it out of memory',
      named: `Run ${name} out of memory`,
      key: '',
      fault: { type: 'OutOfMemory', ...target },
    });
  }
  actions.push({
    label: 'Delete the Pod',
    named: `Delete Pod ${name}`,
    key: '',
    command: `kubectl delete pod ${name}${inNamespace(namespace)}`,
  });
  actions.push(describe('pod', name, namespace));
  return actions;
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export function nodeActions(node: NodeGlyph): Action[] {
  const { name } = node;
  const off = nodeHas(node, 'off');
  const cut = nodeHas(node, 'cut');
  const cordoned = nodeHas(node, 'cordoned');
  const tainted = node.detail.taints.some((taint) => taint.key === OUT_OF_SERVICE);
  const actions: Action[] = [
    {
      label: off ? 'Power on' : 'Power off',
      named: `Power ${off ? 'on' : 'off'} ${name}`,
      key: 'O',
      fault: { type: off ? 'NodeUp' : 'NodeDown', node: name },
    },
    {
      label: cut ? 'Join its network' : 'Cut its network',
      named: `${cut ? 'Join' : 'Cut'} the network of ${name}`,
      key: 'C',
      fault: { type: cut ? 'NodeNetworkUp' : 'NodeNetworkDown', node: name },
    },
    {
      label: cordoned ? 'Uncordon' : 'Cordon',
      named: `${cordoned ? 'Uncordon' : 'Cordon'} ${name}`,
      key: '',
      command: `kubectl ${cordoned ? 'uncordon' : 'cordon'} ${name}`,
    },
    {
      label: 'Drain',
      named: `Drain ${name}`,
      key: '',
      command: `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data`,
    },
  ];
  if (off || tainted) {
    actions.push({
      label: tainted ? 'Take back out of service' : 'Taint out of service',
      named: tainted ? `Take back that ${name} is out of service` : `Taint ${name} out of service`,
      key: '',
      command: `kubectl taint nodes ${name} ${OUT_OF_SERVICE}=nodeshutdown:NoExecute${tainted ? '-' : ''}`,
    });
  }
  actions.push(describe('node', name, ''));
  return actions;
}

/** The control plane's programs that can be stopped. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

export function componentAction(name: string, stopped: readonly string[]): Action {
  const down = stopped.includes(name);
  const fault: Fault = { type: down ? 'ComponentUp' : 'ComponentDown', component: name };
  return { label: down ? 'Start it' : 'Stop it', named: `${down ? 'Start' : 'Stop'} ${name}`, key: 'O', fault };
}
