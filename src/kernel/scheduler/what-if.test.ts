import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/objects';
import { freezeDeep } from '../../base/state';
import { SchedulerCache, emptyCache } from './cache';
import { filterEverywhere, type TrialInput } from './cycle';
import { framework, NO_OBJECTS } from './cycle.rig';
import { changedPod } from './trial-changes';
import { whatIf } from './what-if';

const GPU = 'nvidia.com/gpu';

let uid = 0;

function node(name: string, sizes: Record<string, string> = {}, spec: object = {}, labels: object = {}): Node {
  const allocatable = { cpu: '8', memory: '32Gi', pods: '110', ...sizes };
  const metadata = { name, uid: `n${(uid += 1)}`, labels: { 'kubernetes.io/hostname': name, ...labels } };
  return freezeDeep({ apiVersion: 'v1', kind: 'Node', metadata, spec, status: { allocatable } } as unknown as Node);
}

function pod(name: string, requests: Record<string, string> = {}, spec: object = {}): Pod {
  const containers = [{ name: 'main', image: 'x', resources: { requests, limits: requests } }];
  const metadata = { name, namespace: 'default', uid: `p${(uid += 1)}` };
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers, ...spec },
    status: { phase: 'Pending' },
  } as unknown as Pod);
}

function cluster(nodes: Node[], placed: [Pod, string][] = []): TrialInput {
  const snapshot = new SchedulerCache(emptyCache());
  for (const one of nodes) snapshot.setNode(one);
  for (const [one, where] of placed) snapshot.addPod(one, where, false);
  return { framework, snapshot, lister: NO_OBJECTS };
}

const gpuTaint = { key: GPU, value: 'present', effect: 'NoSchedule' };
const a100 = (name: string): Node => node(name, { [GPU]: '4' }, { taints: [gpuTaint] });
const t4 = (): Node =>
  node('t4', { [GPU]: '2' }, { taints: [gpuTaint, { key: 'dedicated', value: 'vision', effect: 'NoSchedule' }] });

/** The ways out in short: what changes, and where the Pod fits then. */
const inShort = (one: Pod, input: TrialInput): string[] =>
  whatIf(one, input).ways.map(
    ({ changes, nodes }) =>
      `${changes.map(({ kind, path, value, object }) => `${kind} ${object ?? path!.at(-1)}${value === undefined ? '' : ` ${typeof value === 'string' ? value : JSON.stringify(value)}`}`).join(' + ')}: ${nodes.join(' ')}`,
  );

describe('what would make room', () => {
  test('a toleration opens the nodes behind one taint; a node behind two stays shut', () => {
    const input = cluster([node('cpu'), a100('a100-1'), a100('a100-2'), t4()]);
    expect(inShort(pod('train', { [GPU]: '1' }), input)).toEqual([
      'Tolerate 0 {"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"}: a100-1 a100-2',
      'LowerRequest nvidia.com/gpu 0: cpu',
    ]);
  });

  test('what gives nothing up comes before what opens more nodes', () => {
    const input = cluster([node('cpu-1'), node('cpu-2'), node('cpu-3'), a100('a100')]);
    expect(
      whatIf(pod('train', { [GPU]: '1' }), input).ways.map(({ changes, fits }) => [changes[0]!.kind, fits]),
    ).toEqual([
      ['Tolerate', 1],
      ['LowerRequest', 3],
    ]);
  });

  test('two taints take two tolerations, where no single change helps', () => {
    const input = cluster([t4()]);
    expect(inShort(pod('train', { [GPU]: '1' }), input)).toEqual([
      'Tolerate 0 {"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"} + Tolerate 0 {"key":"dedicated","operator":"Exists","effect":"NoSchedule"}: t4',
    ]);
  });

  test('two changes together ask for as much as fits', () => {
    const input = cluster([a100('a100')]);
    expect(inShort(pod('train', { [GPU]: '16' }), input)).toEqual([
      'Tolerate 0 {"key":"nvidia.com/gpu","operator":"Exists","effect":"NoSchedule"} + LowerRequest nvidia.com/gpu 4: a100',
    ]);
  });

  test('a selector without a match is dropped', () => {
    const input = cluster([node('a', {}, {}, { zone: 'a' }), node('b')]);
    const ways = inShort(pod('p', {}, { nodeSelector: { zone: 'x' } }), input);
    expect(ways).toEqual(['DropSelector zone: a b']);
  });

  test('a request is halved until it fits, and no further', () => {
    const input = cluster([node('a', { cpu: '3' })]);
    expect(inShort(pod('p', { cpu: '10' }), input)).toEqual(['LowerRequest cpu 2500m: a']);
    expect(inShort(pod('p', { memory: '100Gi' }), input)).toEqual(['LowerRequest memory 25600Mi: a']);
  });

  test('a Pod in the way is named, the least important first', () => {
    const big = pod('big', { cpu: '6' }, { priority: 5 });
    const small = pod('small', { cpu: '2' });
    const input = cluster(
      [node('a')],
      [
        [big, 'a'],
        [small, 'a'],
      ],
    );
    expect(inShort(pod('p', { cpu: '2' }), input)).toEqual([
      'RemovePod pods/default/small: a',
      'RemovePod pods/default/big: a',
    ]);
  });

  test('a cordoned node is uncordoned, with the taint that says the same', () => {
    const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];
    const input = cluster([node('a', {}, { unschedulable: true, taints })]);
    expect(inShort(pod('p'), input)).toEqual(['Uncordon nodes/a: a']);
  });

  test('affinity, spread, host ports and gates are tried too', () => {
    const other = pod(
      'other',
      {},
      { containers: [{ name: 'm', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] }] },
    );
    const input = cluster([node('a')], [[other, 'a']]);
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    const terms = [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'none' } } }];
    expect(inShort(pod('p', {}, { affinity: { podAffinity: { [required]: terms } } }), input)).toEqual([
      'DropPodAffinity 0: a',
    ]);
    const nodeAffinity = {
      [required]: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }] },
    };
    expect(inShort(pod('p', {}, { affinity: { nodeAffinity } }), input)).toEqual([`DropNodeAffinity ${required}: a`]);
    const containers = [{ name: 'm', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] }];
    expect(inShort(pod('p', {}, { containers }), input)).toEqual([
      'DropHostPort hostPort: a',
      'RemovePod pods/default/other: a',
    ]);
    const spread = [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: {} }];
    expect(inShort(pod('p', {}, { topologySpreadConstraints: spread }), input)).toEqual([
      'RelaxSpread whenUnsatisfiable ScheduleAnyway: a',
    ]);
    expect(inShort(pod('p', {}, { schedulingGates: [{ name: 'quota' }] }), input)).toEqual(['DropGate 0: a']);
  });

  test('each change says which refusals it lifts, and from how many nodes', () => {
    const input = cluster([node('cpu'), a100('a100'), t4()]);
    const { tried } = whatIf(pod('train', { [GPU]: '8' }), input);
    expect(tried.map(({ change, lifts, fits }) => [change.kind, lifts, fits])).toEqual([
      ['Tolerate', [{ plugin: 'TaintToleration', nodes: 1 }], 0],
      ['LowerRequest', [{ plugin: 'NodeResourcesFit', nodes: 1 }], 1],
    ]);
  });

  test('nothing is offered to a Pod that fits', () => {
    expect(whatIf(pod('p'), cluster([node('a')]))).toMatchObject({ fits: 1, ways: [] });
  });
});

test('every way out is one: with its changes the filters let the Pod in, without any one of them not', () => {
  const nodeOf = fc.record({
    cpu: fc.integer({ min: 1, max: 4 }),
    gpus: fc.integer({ min: 0, max: 2 }),
    taints: fc.subarray(['a', 'b', 'c']),
    zone: fc.constantFrom('x', 'y'),
  });
  const podOf = fc.record({
    cpu: fc.integer({ min: 1, max: 12 }),
    gpus: fc.integer({ min: 0, max: 3 }),
    zone: fc.constantFrom(undefined, 'x', 'z'),
  });
  fc.assert(
    fc.property(fc.array(nodeOf, { minLength: 1, maxLength: 5 }), podOf, (shapes, wanted) => {
      const input = cluster(
        shapes.map(({ cpu, gpus, taints, zone }, index) =>
          node(
            `n${index}`,
            { cpu: String(cpu), [GPU]: String(gpus) },
            { taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) },
            { zone },
          ),
        ),
      );
      const selector = wanted.zone ? { nodeSelector: { zone: wanted.zone } } : {};
      const one = pod('p', { cpu: String(wanted.cpu), [GPU]: String(wanted.gpus) }, selector);
      const fits = (changes: Parameters<typeof changedPod>[1]): string[] =>
        filterEverywhere(changedPod(one, changes), input).flatMap((verdict, index) =>
          verdict ? [] : [input.snapshot.nodes[index]!.name],
        );
      for (const { changes, nodes } of whatIf(one, input).ways) {
        expect(fits(changes)).toEqual(nodes);
        for (const change of changes) expect(fits(changes.filter((other) => other !== change))).toEqual([]);
      }
    }),
    { seed: 20_261_128, numRuns: 200 },
  );
});
