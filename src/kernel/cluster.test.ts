import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../api/objects';
import type { Fault } from '../api/faults';
import { Cluster } from './cluster';
import { ClusterRig, newCluster } from './cluster.rig';
import { brokenInvariants } from './invariants';
import {
  actions,
  checkStorm,
  claim,
  CLAIMS,
  deployment,
  DEPLOYMENTS,
  JOBS,
  PODS,
  TOLERATION,
  trainingJob,
} from './storm.rig';

function condition(rig: ClusterRig, type: string): string | undefined {
  const found = rig.pod('train-sgd')?.status.conditions?.find((one) => one.type === type);
  return found && `${found.status} ${found.reason ?? ''}`.trim();
}

function startTraining(storageClass?: string): ClusterRig {
  const rig = new ClusterRig();
  if (storageClass) rig.request('POST', CLAIMS, claim(storageClass));
  rig.request('POST', JOBS, trainingJob({ tolerations: [TOLERATION], volume: storageClass !== undefined }));
  return rig;
}

const trainedTo = (rig: ClusterRig, step: number): boolean => {
  const pod = rig
    .pods()
    .filter((one) => one.metadata.name.startsWith('train-sgd'))
    .at(-1);
  if (!pod || pod.status.phase !== 'Running') return false;
  return [...rig.log(pod.metadata.name, 'trainer').matchAll(/step (\d+)/g)].some((match) => Number(match[1]) >= step);
};

describe('a cluster', () => {
  it('is found ready', () => {
    const { cluster } = new ClusterRig();
    const ready = [...cluster.store.all('nodes').values()].map((node) => {
      const conditions = (node as { status?: { conditions?: { type: string; status: string }[] } }).status?.conditions;
      return `${node.metadata.name} ${conditions?.find((one) => one.type === 'Ready')?.status}`;
    });
    expect(ready.sort()).toEqual([
      'cpu-1 True',
      'cpu-2 True',
      'cpu-3 True',
      'gpu-a100-1 True',
      'gpu-a100-2 True',
      'gpu-t4-1 True',
    ]);
    expect(cluster.store.get('serviceaccounts', 'default/default')).toBeDefined();
  });

  it('boots in slices to the same cluster', () => {
    const whole = newCluster('ml', 7);
    const sliced = new Cluster(whole.start, 'in slices');
    let slices = 1;
    while (!sliced.boot(() => true)) slices += 1;
    expect(slices).toBeGreaterThan(10);
    expect(sliced.hash()).toBe(whole.hash());
    expect(sliced.clock.nowMs).toBe(0);
  });

  it('keeps a Pod that tolerates no taint off the GPU nodes, and says why in one set of words', () => {
    const rig = new ClusterRig();
    expect(rig.request('POST', JOBS, trainingJob()).code).toBe(201);
    rig.until('the refusal', () => condition(rig, 'PodScheduled') === 'False Unschedulable');
    const message = rig.pod('train-sgd')!.status.conditions!.find((one) => one.type === 'PodScheduled')!.message;
    expect(message).toMatch(
      /^0\/6 nodes are available: 3 Insufficient nvidia\.com\/gpu, 3 node\(s\) had untolerated taint\(s\)\./,
    );
    expect(rig.events().find((event) => event.reason === 'FailedScheduling')?.message).toBe(message);
    const { namespace, name } = rig.pod('train-sgd')!.metadata;
    const [record] = rig.cluster.scheduler.records(namespace!, name);
    expect(record?.message).toBe(message);
  });

  it('refuses to change the template of a Job', () => {
    const rig = new ClusterRig();
    rig.request('POST', JOBS, trainingJob());
    const body = { spec: { template: { spec: { tolerations: [TOLERATION] } } } };
    const answer = rig.request('PATCH', `${JOBS}/train-sgd`, body, { 'content-type': 'application/merge-patch+json' });
    expect(answer.code).toBe(422);
    expect((answer.body as { message: string }).message).toMatch(
      /^Job\.batch "train-sgd" is invalid: spec\.template: Invalid value: .*: field is immutable$/s,
    );
  });

  it('trains to the end: coefficients printed, model saved, Job complete', () => {
    const rig = startTraining('shared');
    rig.until('the end', () => rig.job('train-sgd')?.status.succeeded === 1);
    rig.run(2_000);
    const pod = rig.pod('train-sgd')!;
    expect(pod.spec.nodeName).toMatch(/^gpu-a100-/);
    expect(pod.status.phase).toBe('Succeeded');
    expect(rig.log(pod.metadata.name, 'trainer')).toMatch(/Model coefficients: \[ ?2\.\d+/);
    const conditions = rig.job('train-sgd')!.status.conditions!.map((one) => one.type);
    expect(conditions).toEqual(expect.arrayContaining(['SuccessCriteriaMet', 'Complete']));
    const about = rig.events().filter((event) => event.about === `Pod/${pod.metadata.name}`);
    const reasons = about.map((event) => event.reason);
    expect(reasons).toEqual(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']);
    const volume = [...rig.cluster.store.all('persistentvolumes').keys()][0]!;
    expect(rig.cluster.volumes.list(volume)).toEqual(expect.arrayContaining([expect.stringContaining('1200')]));
    expect(brokenInvariants(rig.cluster)).toEqual([]);
  });

  it('knows the chain of causes from a running Pod back to what was applied', () => {
    const rig = startTraining();
    rig.until('it runs', () => rig.pod('train-sgd')?.status.phase === 'Running');
    const chain = rig.cluster.store.causes.chain(Number(rig.pod('train-sgd')!.metadata.resourceVersion));
    const steps = chain.map((row) => `${row.actor.replace(/gpu-.*/, 'NODE')} ${row.verb} ${row.resource}`);
    expect([...new Set(steps)]).toEqual(
      [
        'kubelet/NODE update pods',
        'kube-scheduler update pods',
        'job-controller create pods',
        'job-controller update jobs',
        'test create jobs',
      ].filter((step) => steps.includes(step) || step !== 'job-controller update jobs'),
    );
    expect(chain.at(-1)).toMatchObject({ actor: 'test', verb: 'create', resource: 'jobs', input: 0 });
  });

  it('resumes from the last checkpoint when its Pod is deleted', () => {
    const rig = startTraining('shared');
    rig.until('a checkpoint', () => trainedTo(rig, 500));
    const first = rig.pod('train-sgd')!.metadata.name;
    rig.request('DELETE', `${PODS}/${first}`);
    const second = (): string | undefined =>
      rig.pods().find((pod) => pod.metadata.name.startsWith('train-sgd') && pod.metadata.name !== first)?.metadata.name;
    rig.until('the replacement', () => second() !== undefined && rig.log(second()!, 'trainer').includes('step'));
    expect(rig.log(second()!, 'trainer')).toMatch(/resum\w+ .*step (4|5|6)\d\d/i);
  });

  it('starts over without a checkpoint volume', () => {
    const rig = startTraining();
    rig.until('some steps', () => trainedTo(rig, 300));
    const first = rig.pod('train-sgd')!;
    const fault: Fault = {
      type: 'ContainerCrash',
      namespace: 'default',
      pod: first.metadata.name,
      container: 'trainer',
      exitCode: 1,
    };
    rig.input({ kind: 'fault', fault });
    const second = (): string | undefined =>
      rig.pods().find((pod) => pod.metadata.name.startsWith('train-sgd') && pod.metadata.uid !== first.metadata.uid)
        ?.metadata.name;
    rig.until('the replacement', () => second() !== undefined && rig.log(second()!, 'trainer').includes('step'));
    expect(rig.log(second()!, 'trainer')).not.toMatch(/resum\w+ .*step [1-9]/i);
  });
});

describe('a node that dies', () => {
  it('is noticed, its Pods are evicted after 300 s, and training on a shared volume goes on elsewhere', () => {
    const rig = startTraining('shared');
    rig.until('a checkpoint', () => trainedTo(rig, 300));
    const first = rig.pod('train-sgd')!;
    const node = first.spec.nodeName!;
    const diedMs = rig.cluster.clock.nowMs;
    rig.input({ kind: 'fault', fault: { type: 'NodeDown', node } });
    const ready = (): string | undefined =>
      (
        rig.cluster.store.get('nodes', node) as never as { status: { conditions: { type: string; status: string }[] } }
      ).status.conditions.find((one) => one.type === 'Ready')?.status;
    rig.until('NotReady', () => ready() === 'Unknown');
    expect(rig.cluster.clock.nowMs - diedMs).toBeGreaterThan(39_000);
    expect(rig.cluster.clock.nowMs - diedMs).toBeLessThan(60_000);
    rig.until('the replacement runs', () =>
      rig.pods().some((pod) => pod.metadata.uid !== first.metadata.uid && pod.status.phase === 'Running'),
    );
    expect(rig.cluster.clock.nowMs - diedMs).toBeGreaterThan(300_000);
    rig.until('the end', () => rig.job('train-sgd')?.status.succeeded === 1);
    expect(brokenInvariants(rig.cluster)).toEqual([]);
  });

  it('keeps a ReadWriteOnce disk until it is tainted out of service', () => {
    const rig = startTraining('standard');
    rig.until('a checkpoint', () => trainedTo(rig, 300));
    const first = rig.pod('train-sgd')!;
    const node = first.spec.nodeName!;
    rig.input({ kind: 'fault', fault: { type: 'NodeDown', node } });
    rig.until('the replacement', () =>
      rig.pods().some((pod) => pod.metadata.uid !== first.metadata.uid && pod.spec.nodeName),
    );
    rig.run(60_000);
    const replacement = rig.pods().find((pod) => pod.metadata.uid !== first.metadata.uid)!;
    expect(replacement.status.phase).toBe('Pending');
    expect(rig.events().map((event) => event.reason)).toContain('FailedAttachVolume');
    const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
    const taints = [
      ...((rig.cluster.store.get('nodes', node) as never as { spec: { taints?: Json[] } }).spec.taints ?? []),
      taint,
    ];
    rig.request(
      'PATCH',
      `/api/v1/nodes/${node}`,
      { spec: { taints } },
      { 'content-type': 'application/merge-patch+json' },
    );
    rig.until('training goes on', () => trainedTo(rig, 400));
  });
});

describe('whatever is done to a cluster', () => {
  it('a replay of its journal gives the same cluster, and so does going on from a snapshot', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), actions, checkStorm), { seed: 20260105, numRuns: 12 });
  }, 120_000);

  it('time goes on when what it waited for is cancelled', () => {
    const steps = [6418, 0, 1513].map((wait, index) => ({
      wait,
      what: index === 1 ? 'forget' : 'job',
      node: 0,
      count: 0,
    }));
    checkStorm(1, steps);
  });

  it('what is refused or only read leaves no trace', () => {
    const rig = new ClusterRig();
    rig.request('POST', DEPLOYMENTS, deployment(2));
    rig.run(5_000);
    const hash = rig.cluster.hash();
    rig.request('GET', PODS);
    rig.request('GET', `${PODS}/nobody`);
    rig.request('POST', DEPLOYMENTS, deployment(2));
    rig.request('POST', JOBS, { kind: 'Job', metadata: { generateName: 'x-' } });
    rig.request('DELETE', `${PODS}/nobody`);
    rig.cluster.api.handle(
      {
        method: 'POST',
        path: PODS,
        query: { dryRun: 'All' },
        body: { metadata: { generateName: 'x-' }, spec: { containers: [{ name: 'a', image: 'b' }] } },
      },
      { actor: 'test' },
    );
    expect(rig.cluster.hash()).toBe(hash);
    expect(newCluster('ml', 1).hash()).not.toBe(hash);
  });
});
