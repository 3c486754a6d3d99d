import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../api/objects';
import { deployment, newRig } from './controllers.rig';

type Rig = ReturnType<typeof newRig>;

const setsOf = (rig: Rig): ReplicaSet[] => rig.client.list('replicasets', 'default');

const reasonsOf = (subject: Deployment): Record<string, string> =>
  Object.fromEntries((subject.status.conditions ?? []).map((one) => [one.type, `${one.status} ${one.reason}`]));

function setImage(rig: Rig, name: string, image: string): void {
  rig.client.patch('deployments', 'default', name, (current) => {
    const { template } = current.spec;
    const [container] = template.spec!.containers;
    const spec = { ...template.spec!, containers: [{ ...container!, image }] };
    return { ...current, spec: { ...current.spec, template: { ...template, spec } } };
  });
}

const scale = (rig: Rig, name: string, replicas: number): void =>
  void rig.client.patch('deployments', 'default', name, (one) => ({ ...one, spec: { ...one.spec, replicas } }));

const isDone = (rig: Rig, name: string, replicas: number) => (): boolean => {
  const { status, metadata } = rig.get('deployments', name)!;
  if (status.observedGeneration !== metadata.generation) return false;
  return status.availableReplicas === replicas && status.updatedReplicas === replicas && status.replicas === replicas;
};

describe('deployment-controller', () => {
  it('makes a ReplicaSet and reports progress', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 3));
    rig.run(500);
    expect(reasonsOf(rig.get('deployments', 'web')!)).toEqual({
      Available: 'False MinimumReplicasUnavailable',
      Progressing: 'True ReplicaSetUpdated',
    });
    rig.until(isDone(rig, 'web', 3));
    const [set] = setsOf(rig);
    const web = rig.get('deployments', 'web')!;
    expect(reasonsOf(web)).toEqual({
      Available: 'True MinimumReplicasAvailable',
      Progressing: 'True NewReplicaSetAvailable',
    });
    expect(web.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(web.status).toMatchObject({ replicas: 3, readyReplicas: 3, terminatingReplicas: 0, observedGeneration: 1 });
    expect(set!.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    });
    expect(rig.events('Deployment', 'web')).toEqual([
      `ScalingReplicaSet: Scaled up replica set ${set!.metadata.name} from 0 to 3`,
    ]);
    expect(rig.pods().map((pod) => pod.metadata.labels?.['pod-template-hash'])).toEqual(
      Array(3).fill(set!.metadata.labels?.['pod-template-hash']),
    );
  });

  it('rolls one by one with maxSurge 1 and maxUnavailable 0', () => {
    const rig = newRig();
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    rig.create('deployments', deployment('web', 3, { strategy }));
    rig.until(isDone(rig, 'web', 3));
    const [old] = setsOf(rig);
    setImage(rig, 'web', 'nginx:1.28');
    let fewest = 3;
    rig.until(() => {
      fewest = Math.min(fewest, rig.get('deployments', 'web')!.status.availableReplicas ?? 0);
      return isDone(rig, 'web', 3)();
    });
    const next = setsOf(rig).find((set) => set.metadata.name !== old!.metadata.name)!;
    const [a, b] = [old!.metadata.name, next.metadata.name];
    expect(fewest).toBe(3);
    expect(rig.events('Deployment', 'web').slice(1)).toEqual([
      `ScalingReplicaSet: Scaled up replica set ${b} from 0 to 1`,
      `ScalingReplicaSet: Scaled down replica set ${a} from 3 to 2`,
      `ScalingReplicaSet: Scaled up replica set ${b} from 1 to 2`,
      `ScalingReplicaSet: Scaled down replica set ${a} from 2 to 1`,
      `ScalingReplicaSet: Scaled up replica set ${b} from 2 to 3`,
      `ScalingReplicaSet: Scaled down replica set ${a} from 1 to 0`,
    ]);
  });

  it('takes an old ReplicaSet up again and counts its revisions', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 1));
    rig.until(isDone(rig, 'web', 1));
    setImage(rig, 'web', 'nginx:1.28');
    rig.run(10_000);
    setImage(rig, 'web', 'nginx:1.27');
    rig.run(10_000);
    const revisions = setsOf(rig).map(({ metadata }) => metadata.annotations);
    expect(revisions.map((one) => one?.['deployment.kubernetes.io/revision'])).toEqual(['3', '2']);
    expect(revisions[0]?.['deployment.kubernetes.io/revision-history']).toBe('1');
    expect(rig.get('deployments', 'web')!.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('ends the old Pods before it makes new ones under Recreate', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 2, { strategy: { type: 'Recreate' } }));
    rig.until(isDone(rig, 'web', 2));
    setImage(rig, 'web', 'nginx:1.28');
    let most = 0;
    rig.until(() => {
      most = Math.max(most, new Set(rig.pods().map((pod) => pod.spec.containers[0]!.image)).size);
      return isDone(rig, 'web', 2)() && rig.pods().every((pod) => pod.spec.containers[0]!.image === 'nginx:1.28');
    });
    expect(most).toBe(1);
  });

  it('gives each ReplicaSet its share when it is scaled during a roll-out', () => {
    const rig = newRig();
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } };
    rig.create('deployments', deployment('web', 10, { strategy }));
    rig.until(isDone(rig, 'web', 10));
    rig.life.startMs = Infinity;
    setImage(rig, 'web', 'nginx:nope');
    rig.run(2000);
    scale(rig, 'web', 20);
    rig.run(2000);
    expect(setsOf(rig).map((set) => set.spec.replicas)).toEqual([18, 4]);
  });

  it('gives up after the progress deadline and says so once', () => {
    const rig = newRig();
    rig.life.startMs = Infinity;
    rig.create('deployments', deployment('web', 1, { progressDeadlineSeconds: 10 }));
    rig.run(8000);
    expect(reasonsOf(rig.get('deployments', 'web')!)['Progressing']).toBe('True ReplicaSetUpdated');
    rig.run(5000);
    const web = rig.get('deployments', 'web')!;
    expect(reasonsOf(web)['Progressing']).toBe('False ProgressDeadlineExceeded');
    const [set] = setsOf(rig);
    const progressing = web.status.conditions?.find((one) => one.type === 'Progressing');
    expect(progressing?.message).toBe(`ReplicaSet "${set!.metadata.name}" has timed out progressing.`);
  });

  it('waits while it is paused', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 2));
    rig.until(isDone(rig, 'web', 2));
    const pause = (paused: boolean): void =>
      void rig.client.patch('deployments', 'default', 'web', (one) => ({ ...one, spec: { ...one.spec, paused } }));
    pause(true);
    rig.run(500);
    setImage(rig, 'web', 'nginx:1.28');
    rig.run(5000);
    expect(setsOf(rig)).toHaveLength(1);
    expect(reasonsOf(rig.get('deployments', 'web')!)['Progressing']).toBe('Unknown DeploymentPaused');
    expect(rig.get('deployments', 'web')!.status.updatedReplicas).toBeUndefined();
    pause(false);
    rig.until(isDone(rig, 'web', 2));
    expect(setsOf(rig)).toHaveLength(2);
  });

  it('keeps as many old ReplicaSets as its history limit says', () => {
    const rig = newRig();
    rig.create('deployments', deployment('web', 1, { revisionHistoryLimit: 1 }));
    for (const image of ['nginx:1.28', 'nginx:1.29', 'nginx:1.30']) {
      rig.run(10_000);
      setImage(rig, 'web', image);
    }
    rig.run(10_000);
    expect(setsOf(rig).map((set) => set.metadata.annotations?.['deployment.kubernetes.io/revision'])).toEqual([
      '3',
      '4',
    ]);
  });
});
