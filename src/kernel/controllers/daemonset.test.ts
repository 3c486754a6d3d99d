import { describe, expect, it } from 'vitest';
import type { DaemonSet } from '../../api/objects';
import type { ControllerRig } from '../machinery/controller.rig';
import { daemonSet, newRig } from './controllers.rig';
import { targetNodeOf } from './daemonset-node';

/** A rig whose scheduler heeds the node that a Pod is meant for. */
function daemonRig(): ControllerRig {
  const rig = newRig();
  rig.life.nodeName = (pod) => targetNodeOf(pod) ?? 'cpu-1';
  return rig;
}

const places = (rig: ControllerRig): string[] =>
  rig
    .pods()
    .map((pod) => `${targetNodeOf(pod)} ${pod.spec.containers[0]!.image}`)
    .sort();

function change(rig: ControllerRig, spec: Partial<DaemonSet['spec']>): void {
  rig.client.patch('daemonsets', 'default', 'agent', (set) => ({ ...set, spec: { ...set.spec, ...spec } }));
}

function setImage(rig: ControllerRig, image: string): void {
  const { template } = rig.get('daemonsets', 'agent')!.spec;
  const containers = [{ ...template.spec!.containers[0]!, image }];
  change(rig, { template: { ...template, spec: { ...template.spec!, containers } } });
}

function label(rig: ControllerRig, node: string, labels: Record<string, string>): void {
  rig.client.patch('nodes', '', node, (one) => ({ ...one, metadata: { ...one.metadata, labels } }));
}

function running(spec: object = {}): ControllerRig {
  const rig = daemonRig();
  rig.create('daemonsets', daemonSet('agent', spec));
  rig.run(3000);
  return rig;
}

describe('daemon-set-controller', () => {
  it('makes a Pod for each node, and for one that joins', () => {
    const rig = running();
    expect(places(rig)).toEqual(['cpu-1 nginx:1.27', 'cpu-2 nginx:1.27']);
    rig.addNode('cpu-3');
    rig.run(3000);
    expect(places(rig)).toHaveLength(3);
    expect(rig.get('daemonsets', 'agent')!.status).toMatchObject({
      desiredNumberScheduled: 3,
      updatedNumberScheduled: 3,
      observedGeneration: 1,
    });
    expect(rig.pods()[0]!.spec.tolerations).toContainEqual({
      key: 'node.kubernetes.io/unschedulable',
      operator: 'Exists',
      effect: 'NoSchedule',
    });
  });

  it('follows the labels of nodes', () => {
    const rig = daemonRig();
    const set = daemonSet('agent') as { spec: { template: { spec: object } } };
    set.spec.template.spec = { ...set.spec.template.spec, nodeSelector: { gpu: 'yes' } };
    rig.create('daemonsets', set);
    rig.run(2000);
    expect(rig.pods()).toHaveLength(0);
    label(rig, 'cpu-2', { gpu: 'yes' });
    rig.run(100);
    expect(places(rig)).toEqual(['cpu-2 nginx:1.27']);
    label(rig, 'cpu-2', {});
    rig.run(5000);
    expect(rig.pods()).toHaveLength(0);
  });

  it('keeps away from a taint that is not tolerated, but leaves what runs there under NoSchedule', () => {
    const rig = running();
    const tainted = (effect: 'NoSchedule' | 'NoExecute'): void => {
      const taints = [{ key: 'dedicated', value: 'x', effect }];
      rig.client.patch('nodes', '', 'cpu-2', (node) => ({ ...node, spec: { ...node.spec, taints } }));
      rig.run(3000);
    };
    tainted('NoSchedule');
    expect(places(rig)).toHaveLength(2);
    expect(rig.get('daemonsets', 'agent')!.status).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
    tainted('NoExecute');
    expect(places(rig)).toEqual(['cpu-1 nginx:1.27']);
  });

  it('replaces one Pod after the other, never more than maxUnavailable at once', () => {
    const rig = running();
    setImage(rig, 'nginx:1.28');
    rig.run(500);
    expect(rig.pods().filter((pod) => pod.metadata.deletionTimestamp)).toHaveLength(1);
    rig.run(10_000);
    expect(places(rig)).toEqual(['cpu-1 nginx:1.28', 'cpu-2 nginx:1.28']);
    expect(rig.client.list('controllerrevisions').map(({ revision }) => revision)).toEqual([1, 2]);
  });

  it('puts a new Pod beside the old one under maxSurge, and takes the old one when the new one is available', () => {
    const rig = running({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    setImage(rig, 'nginx:1.28');
    rig.run(500);
    expect(places(rig)).toHaveLength(3);
    rig.run(12_000);
    expect(places(rig)).toEqual(['cpu-1 nginx:1.28', 'cpu-2 nginx:1.28']);
  });

  it('leaves Pods of an older template alone under OnDelete', () => {
    const rig = running({ updateStrategy: { type: 'OnDelete' } });
    setImage(rig, 'nginx:1.28');
    rig.run(3000);
    const [first] = rig.pods();
    rig.client.remove('pods', 'default', first!.metadata.name);
    rig.run(4000);
    expect(places(rig).filter((place) => place.endsWith('1.28'))).toHaveLength(1);
    expect(rig.get('daemonsets', 'agent')!.status.updatedNumberScheduled).toBe(1);
  });

  it('removes a Pod that failed, and waits twice as long before it removes the next one', () => {
    const rig = running();
    const fail = (): void => {
      rig.setPod(rig.pods().find((pod) => targetNodeOf(pod) === 'cpu-1')!.metadata.name, () => ({ phase: 'Failed' }));
    };
    const replacedAfter = (): number => {
      fail();
      return rig.until(() => rig.pods().every((pod) => pod.status.phase !== 'Failed'));
    };
    Object.assign(rig.life, { startMs: Infinity, stopMs: 50 });
    expect(replacedAfter()).toBeLessThan(0.5);
    const second = replacedAfter();
    expect(second).toBeGreaterThan(0.5);
    expect(replacedAfter()).toBeGreaterThan(1.5 * second);
    const [event] = rig.events('DaemonSet', 'agent').filter((one) => one.startsWith('FailedDaemonPod'));
    expect(event).toContain('on node cpu-1, will try to kill it');
  });

  it('adopts a Pod that has failed before its first look, and replaces it', () => {
    const rig = daemonRig();
    const containers = [{ name: 'main', image: 'nginx:1.27' }];
    const metadata = { name: 'stray', namespace: 'default', labels: { app: 'agent' } };
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, nodeName: 'cpu-1' } });
    rig.setPod('stray', () => ({ phase: 'Failed' }));
    rig.run(100);
    rig.create('daemonsets', daemonSet('agent'));
    rig.run(5000);
    expect(rig.get('pods', 'stray')).toBeUndefined();
    expect(places(rig)).toEqual(['cpu-1 nginx:1.27', 'cpu-2 nginx:1.27']);
  });
});
