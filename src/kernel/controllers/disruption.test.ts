import { describe, expect, it } from 'vitest';
import type { ControllerRig } from '../machinery/controller.rig';
import { daemonSet, deployment, newRig, statefulSet } from './controllers.rig';

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";

function protect(rig: ControllerRig, name: string, spec: object): void {
  const selector = { matchLabels: { app: name } };
  rig.create('poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector, ...spec },
  });
}

const statusOf = (rig: ControllerRig, name: string): object => rig.get('poddisruptionbudgets', name)!.status;

describe('disruption-controller', () => {
  it('counts healthy Pods against minAvailable, also before there are any', () => {
    const rig = newRig();
    protect(rig, 'web', { minAvailable: 2 });
    rig.run(100);
    const condition = { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' };
    expect(statusOf(rig, 'web')).toMatchObject({ expectedPods: 0, desiredHealthy: 2, conditions: [condition] });
    expect(rig.events('PodDisruptionBudget', 'web')).toEqual(['NoPods: No matching pods found']);
    rig.create('deployments', deployment('web', 3));
    rig.run(3000);
    expect(statusOf(rig, 'web')).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3, expectedPods: 3 });
  });

  it('takes shares of what the owners want, not of what there is', () => {
    const rig = newRig();
    protect(rig, 'web', { maxUnavailable: '50%' });
    protect(rig, 'db', { minAvailable: '50%' });
    rig.create('deployments', deployment('web', 4));
    rig.create('statefulsets', statefulSet('db', 3));
    rig.run(1500);
    expect(statusOf(rig, 'web')).toMatchObject({ expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 });
    expect(statusOf(rig, 'db')).toMatchObject({ expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 0 });
  });

  it('grants evictions one by one and refuses the next until a replacement is ready', () => {
    const rig = newRig();
    protect(rig, 'web', { minAvailable: 2 });
    rig.create('deployments', deployment('web', 3));
    rig.run(3000);
    const [first, second] = rig.pods().map((pod) => pod.metadata.name);
    rig.client.evict('default', first!);
    expect(() => rig.client.evict('default', second!)).toThrow(REFUSED);
    rig.run(200);
    expect(() => rig.client.evict('default', second!)).toThrow(REFUSED);
    rig.run(3000);
    rig.client.evict('default', second!);
  });

  it('says so where Pods have no controller, and allows nothing', () => {
    const rig = newRig();
    const metadata = { name: 'lone', namespace: 'default', labels: { app: 'lone' } };
    const spec = { containers: [{ name: 'main', image: 'nginx:1.27' }] };
    rig.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    protect(rig, 'lone', { maxUnavailable: 1 });
    rig.run(3000);
    expect(statusOf(rig, 'lone')).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 });
    const selector = 'MatchLabels:map[string]string{app: lone,},MatchExpressions:[]LabelSelectorRequirement{},';
    expect(rig.events('PodDisruptionBudget', 'lone').at(-1)).toContain(`(selector: &LabelSelector{${selector}})`);
  });

  it('says of a Pod that it has two budgets', () => {
    const rig = newRig();
    protect(rig, 'web', { minAvailable: 1 });
    const selector = { matchLabels: { app: 'web' } };
    const metadata = { name: 'again', namespace: 'default' };
    rig.create('poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { selector, maxUnavailable: 1 },
    });
    rig.create('deployments', deployment('web', 1));
    rig.run(3000);
    const { name } = rig.pods()[0]!.metadata;
    expect(rig.events('Pod', name)).toContain(
      `MultiplePodDisruptionBudgets: Pod "default"/"${name}" matches multiple PodDisruptionBudgets.  Chose "web" arbitrarily.`,
    );
  });

  it('fails safe for owners that have no scale', () => {
    const rig = newRig();
    rig.create('daemonsets', daemonSet('agent'));
    protect(rig, 'agent', { maxUnavailable: 1 });
    rig.run(3000);
    const message = 'daemonsets.apps does not implement the scale subresource';
    expect(statusOf(rig, 'agent')).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [{ status: 'False', reason: 'SyncFailed', message }],
    });
    const event = `CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ${message}`;
    expect(rig.events('PodDisruptionBudget', 'agent')).toContain(event);
  });

  it('takes the mark of a disruption back that did not come in two minutes', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 1));
    rig.run(3000);
    const { name } = rig.pods()[0]!.metadata;
    const now = rig.clock.time;
    rig.setPod(name, ({ status }) => ({
      conditions: [
        ...(status.conditions ?? []),
        { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', lastTransitionTime: now },
      ],
    }));
    const mark = (): string | undefined =>
      rig.get('pods', name)!.status.conditions!.find((one) => one.type === 'DisruptionTarget')?.status;
    rig.run(110_000);
    expect(mark()).toBe('True');
    rig.run(15_000);
    expect(mark()).toBe('False');
  });
});
