import { conditionStatus } from '../api/conditions';
import { expect } from 'vitest';
import type { Node, Pod } from '../api/objects';
import type { ControlPlaneKind } from './control-plane';
import { ClusterRig, replayOf } from './cluster.rig';
import { deployment, DEPLOYMENTS } from './storm.rig';

export const down = (rig: ClusterRig, component: string, more: { node?: string; member?: string } = {}): void =>
  void rig.input({ kind: 'fault', fault: { type: 'ComponentDown', component, ...more } });
export const up = (rig: ClusterRig, component: string, more: { node?: string; member?: string } = {}): void =>
  void rig.input({ kind: 'fault', fault: { type: 'ComponentUp', component, ...more } });

export const readyOf = (rig: ClusterRig, node: string): string | undefined =>
  conditionStatus(rig.cluster.store.get('nodes', node) as Node, 'Ready');
export const notReady = (rig: ClusterRig): string[] =>
  [...rig.cluster.store.all('nodes').keys()].filter((name) => readyOf(rig, name) !== 'True');
export const running = (rig: ClusterRig): Pod[] => rig.pods().filter((pod) => pod.status.phase === 'Running');
export const outages = (rig: ClusterRig): string[] =>
  rig.cluster.controlPlane.outages.map(({ component, why }) => `${component} ${why}`);
const web = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };

/** A cluster with a Deployment of three web servers that run. */
export function serving(preset: string, seed = 1, controlPlane?: ControlPlaneKind): ClusterRig {
  const rig = new ClusterRig(preset, seed, controlPlane);
  rig.request('POST', DEPLOYMENTS, deployment(3));
  rig.request('POST', '/api/v1/namespaces/default/services', { apiVersion: 'v1', kind: 'Service', ...web });
  const own = (): Pod[] => running(rig).filter((pod) => pod.metadata.namespace === 'default');
  rig.until('they run', () => own().length === 3);
  rig.run(10_000);
  return rig;
}

/** Going on from a snapshot, and a replay of the journal, give the same cluster. */
export function isTheSameAgain(rig: ClusterRig, preset: string): void {
  const endMs = rig.cluster.clock.nowMs;
  const hash = rig.cluster.hash();
  expect(replayOf(preset, rig.seed, rig.inputs, endMs).hash()).toBe(hash);
  const snapshot = rig.cluster.snapshot();
  rig.run(120_000);
  const later = rig.cluster.hash();
  rig.cluster.restore(snapshot);
  expect(rig.cluster.hash()).toBe(hash);
  rig.run(120_000);
  expect(rig.cluster.hash()).toBe(later);
}
