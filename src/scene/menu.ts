import type { Fault } from '../api/faults';
import { nodeHas, type NodeGlyph, type Picture, type PodGlyph } from './picture';
import type { Ref } from './ref';

/** What can be done to a thing on the stage: a fault, a kubectl line, or a look at it. */
export interface Action {
  label: string;
  /** The key that does it while the thing has focus. */
  key: string;
  fault?: Fault;
  command?: string;
  /** Opens the inspector. */
  why?: boolean;
}

/** The actions on a thing, in the order of the menu. Breaking things is the point: faults are not set apart. */
export function actionsFor(ref: Ref, picture: Picture): Action[] {
  const why: Action = { label: 'Why?', key: 'W', why: true };
  if (ref.resource === 'pods') {
    const pod = picture.podWith(`${ref.namespace}/${ref.name}`);
    return [why, ...(pod ? podActions(pod) : [])];
  }
  if (ref.resource === 'nodes') {
    const node = picture.nodes.find((one) => one.name === ref.name);
    return [why, ...(node ? nodeActions(node) : [])];
  }
  if (ref.resource === 'components') return [why, componentAction(ref.name, picture)];
  const kind =
    { services: 'service', persistentvolumeclaims: 'pvc', persistentvolumes: 'pv' }[ref.resource] ?? ref.resource;
  const scope = ref.namespace === '' ? '' : ` -n ${ref.namespace}`;
  return [why, { label: 'Describe', key: '', command: `kubectl describe ${kind} ${ref.name}${scope}` }];
}

function podActions(pod: PodGlyph): Action[] {
  const { namespace, name, containerNames } = pod.detail;
  const container = containerNames[0] ?? '';
  const scope = namespace === 'default' ? '' : ` -n ${namespace}`;
  const actions: Action[] = [];
  if (container !== '' && pod.node !== '') {
    const target = { namespace, pod: name, container };
    actions.push({
      label: 'Kill its container',
      key: 'K',
      fault: { type: 'ContainerCrash', ...target, exitCode: 137 },
    });
    actions.push({ label: 'Run it out of memory', key: '', fault: { type: 'OutOfMemory', ...target } });
  }
  actions.push({ label: 'Delete the Pod', key: '', command: `kubectl delete pod ${name}${scope}` });
  actions.push({ label: 'Describe', key: '', command: `kubectl describe pod ${name}${scope}` });
  return actions;
}

function nodeActions(node: NodeGlyph): Action[] {
  const { name } = node;
  const off = nodeHas(node, 'off');
  const cut = nodeHas(node, 'cut');
  const cordon = `node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`;
  const tainted = node.detail.taints.some((taint) => taint.key === 'node.kubernetes.io/out-of-service');
  const actions: Action[] = [
    { label: off ? 'Power on' : 'Power off', key: 'O', fault: { type: off ? 'NodeUp' : 'NodeDown', node: name } },
    {
      label: cut ? 'Join its network' : 'Cut its network',
      key: 'C',
      fault: { type: cut ? 'NodeNetworkUp' : 'NodeNetworkDown', node: name },
    },
  ];
  if (off || tainted) {
    actions.push({
      label: tainted ? 'Take back out of service' : 'Taint out of service',
      key: '',
      command: `kubectl taint nodes ${name} ${cordon}${tainted ? '-' : ''}`,
    });
  }
  actions.push({ label: 'Describe', key: '', command: `kubectl describe node ${name}` });
  return actions;
}

function componentAction(name: string, picture: Picture): Action {
  const down = picture.controlPlane.down.includes(name);
  const fault: Fault = { type: down ? 'ComponentUp' : 'ComponentDown', component: name };
  return { label: down ? 'Start it' : 'Stop it', key: 'O', fault };
}
