import type { Fault } from '../../api/faults';
import type { JsonMap } from '../../api/json';
import type { IconName } from '../style/icons';
import { at, listAt, textAt } from './reading';
import type { Subject } from './subjects';

/** A way to break something, or to mend it again. */
export type Breakage = { icon: IconName; label: string; title: string } & ({ fault: Fault } | { kubectl: string[] });

export interface NodeTruth {
  off: boolean;
  cut: boolean;
  kubeletDown: boolean;
  proxyDown: boolean;
  /** Nobody can stop what the machine itself does. */
  ownProxy: boolean;
  diskPressure: boolean;
  memoryPressure: boolean;
}

/** What can be broken about an object. Faults happen to the world; the rest is kubectl, as a person would type it. */
export function breakagesOf(
  subject: Subject,
  object: JsonMap | undefined,
  node: NodeTruth | undefined,
  down: readonly string[],
): Breakage[] {
  if (subject.resource === 'components') return [componentBreakage(subject.name, down.includes(subject.name))];
  if (!object) return [];
  if (subject.resource === 'pods') return podBreakages(subject, object);
  if (subject.resource === 'nodes' && node) return nodeBreakages(subject.name, object, node);
  if (subject.resource === 'deployments') return scaleBreakages(subject, object);
  return [];
}

function componentBreakage(component: string, isDown: boolean): Breakage {
  return isDown
    ? { icon: 'power', label: 'Start it again', title: `Start ${component}`, fault: { type: 'ComponentUp', component } }
    : { icon: 'kill', label: 'Stop it', title: `Stop ${component}`, fault: { type: 'ComponentDown', component } };
}

function podBreakages({ namespace, name }: Subject, object: JsonMap): Breakage[] {
  const running = listAt(object, 'status', 'containerStatuses').filter(
    (status) => at(status, 'state', 'running') !== undefined,
  );
  const several = running.length > 1;
  const kills = running.map((status): Breakage => {
    const container = textAt(status, 'name');
    const label = several ? `Kill ${container}` : 'Kill container';
    return {
      icon: 'kill',
      label,
      title: `Container ${container} exits with 137`,
      fault: { type: 'ContainerCrash', namespace, pod: name, container, exitCode: 137 },
    };
  });
  const [first] = running;
  const memory: Breakage[] = first
    ? [
        {
          icon: 'chip',
          label: 'Run out of memory',
          title: `Container ${textAt(first, 'name')} is OOMKilled`,
          fault: { type: 'OutOfMemory', namespace, pod: name, container: textAt(first, 'name') },
        },
      ]
    : [];
  const devices = deviceBreakages(textAt(object, 'spec', 'nodeName'), running);
  const remove: Breakage = {
    icon: 'trash',
    label: 'Delete Pod',
    title: `kubectl delete pod ${name}`,
    kubectl: ['delete', 'pod', name, '-n', namespace, '--wait=false'],
  };
  return [...kills, remove, ...memory, ...devices];
}

/** The devices that the running containers hold, each to be broken or mended. */
function deviceBreakages(node: string, running: readonly JsonMap[]): Breakage[] {
  return running
    .flatMap((status) => listAt(status, 'allocatedResourcesStatus'))
    .flatMap((resource) => listAt(resource, 'resources'))
    .map((device): Breakage => {
      const id = textAt(device, 'resourceID');
      return textAt(device, 'health') === 'Unhealthy'
        ? {
            icon: 'chip',
            label: `Repair ${id}`,
            title: `Device ${id} works again`,
            fault: { type: 'GpuRepaired', node, device: id },
          }
        : {
            icon: 'chip',
            label: `Break ${id}`,
            title: `Device ${id} fails`,
            fault: { type: 'GpuFault', node, device: id },
          };
    });
}

function nodeBreakages(node: string, object: JsonMap, truth: NodeTruth): Breakage[] {
  const cordoned = at(object, 'spec', 'unschedulable') === true;
  return [
    truth.off
      ? {
          icon: 'power',
          label: 'Power on',
          title: 'It boots, and its kubelet reports again',
          fault: { type: 'NodeUp', node },
        }
      : {
          icon: 'power',
          label: 'Power off',
          title: 'At once, without shutting anything down',
          fault: { type: 'NodeDown', node },
        },
    truth.cut
      ? { icon: 'cut', label: 'Mend network', title: 'It is heard again', fault: { type: 'NodeNetworkUp', node } }
      : {
          icon: 'cut',
          label: 'Cut network',
          title: 'Its Pods run on, and nobody hears them',
          fault: { type: 'NodeNetworkDown', node },
        },
    truth.kubeletDown
      ? {
          icon: 'heartbeat',
          label: 'Start kubelet',
          title: 'Start its kubelet',
          fault: { type: 'ComponentUp', component: 'kubelet', node },
        }
      : {
          icon: 'heartbeat',
          label: 'Stop kubelet',
          title: 'Containers run on; nothing new starts here',
          fault: { type: 'ComponentDown', component: 'kubelet', node },
        },
    ...(truth.ownProxy ? [] : [proxyBreakage(node, truth)]),
    cordoned
      ? { icon: 'node', label: 'Uncordon', title: `kubectl uncordon ${node}`, kubectl: ['uncordon', node] }
      : { icon: 'node', label: 'Cordon', title: `kubectl cordon ${node}`, kubectl: ['cordon', node] },
    {
      icon: 'drum',
      label: truth.diskPressure ? 'Free the disk' : 'Fill the disk',
      title: 'DiskPressure',
      fault: { type: 'DiskPressure', node, on: !truth.diskPressure },
    },
    {
      icon: 'chip',
      label: truth.memoryPressure ? 'Free memory' : 'Fill memory',
      title: 'MemoryPressure',
      fault: { type: 'MemoryPressure', node, on: !truth.memoryPressure },
    },
  ];
}

function proxyBreakage(node: string, { proxyDown }: NodeTruth): Breakage {
  return proxyDown
    ? {
        icon: 'service',
        label: 'Start kube-proxy',
        title: 'It catches up with all Services',
        fault: { type: 'ComponentUp', component: 'kube-proxy', node },
      }
    : {
        icon: 'service',
        label: 'Stop kube-proxy',
        title: 'Requests from here go where Services led until now',
        fault: { type: 'ComponentDown', component: 'kube-proxy', node },
      };
}

function scaleBreakages({ namespace, name }: Subject, object: JsonMap): Breakage[] {
  const replicas = Number(at(object, 'spec', 'replicas') ?? 1);
  const scale = (to: number): Breakage => ({
    icon: to > replicas ? 'plus' : 'list',
    label: `Scale to ${to}`,
    title: `kubectl scale deployment ${name} --replicas=${to}`,
    kubectl: ['scale', 'deployment', name, '-n', namespace, `--replicas=${to}`],
  });
  return [scale(replicas + 2), ...(replicas > 1 ? [scale(replicas - 1)] : []), ...(replicas > 0 ? [scale(0)] : [])];
}
