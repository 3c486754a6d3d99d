import { ControllerRig } from '../machinery/controller.rig';
import { CONTROLLERS, CONTROLLER_INFORMERS } from './table';

/** All controllers but those of storage, with one node. */
export function newRig(seed = 1): ControllerRig {
  const rig = new ControllerRig(CONTROLLERS, CONTROLLER_INFORMERS, seed, {});
  rig.addNode('cpu-1');
  rig.addNode('cpu-2');
  rig.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-node-lease' } });
  return rig;
}

const template = (name: string, image: string): object => ({
  metadata: { labels: { app: name } },
  spec: { containers: [{ name: 'main', image }] },
});

/** A Deployment as a manifest would have it. */
export function deployment(name: string, replicas: number, more: object = {}, image = 'nginx:1.27'): object {
  const selector = { matchLabels: { app: name } };
  const spec = { replicas, selector, template: template(name, image), ...more };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default' }, spec };
}

/** A StatefulSet as a manifest would have it. */
export function statefulSet(name: string, replicas: number, more: object = {}): object {
  const selector = { matchLabels: { app: name } };
  const spec = { serviceName: name, replicas, selector, template: template(name, 'nginx:1.27'), ...more };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name, namespace: 'default' }, spec };
}

/** A DaemonSet as a manifest would have it. */
export function daemonSet(name: string, more: object = {}): object {
  const spec = { selector: { matchLabels: { app: name } }, template: template(name, 'nginx:1.27'), ...more };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'default' }, spec };
}

/** A Job as a manifest would have it. */
export function job(name: string, spec: object = {}): object {
  const containers = [{ name: 'main', image: 'busybox:1.36' }];
  const template = { spec: { containers, restartPolicy: 'Never' } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'default' }, spec: { template, ...spec } };
}
