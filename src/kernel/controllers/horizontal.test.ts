import { describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler, Pod } from '../../api/objects';
import type { MetricsReader } from '../apiserver/metrics';
import type { ControllerRig } from '../machinery/controller.rig';
import { deployment, newRig } from './controllers.rig';
import { bounded, stabilized, type ScaleHistory, type ScaleQuestion } from './horizontal-behavior';
import { byUtilization, byValue, type MetricQuestion, type PodMetric } from './horizontal-replicas';

const NOW_MS = Date.UTC(2026, 0, 1, 1);
const at = (ms: number): string => new Date(NOW_MS + ms).toISOString();

/** A Pod with one container: `ready`, `cold` (started a moment ago), `pending`, `failed`, `silent` (no metric). */
function pod(index: number, kind: string): Pod {
  const startTime = at(kind === 'cold' ? -10_000 : -3_600_000);
  const condition = { type: 'Ready', status: kind === 'cold' ? 'False' : 'True', lastTransitionTime: startTime };
  return {
    metadata: { name: `p${index}` },
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] },
    status: {
      phase: kind === 'pending' ? 'Pending' : kind === 'failed' ? 'Failed' : 'Running',
      startTime,
      conditions: [condition],
    },
  } as unknown as Pod;
}

/** A question about Pods: for each its kind and its value in thousandths. */
function question(resource: string, ...pods: [kind: string, value?: number][]): MetricQuestion {
  const metric = (value: number): PodMetric => ({ value, atMs: NOW_MS, windowMs: 15_000 });
  const measured = pods.flatMap(([, value], index) =>
    value === undefined ? [] : [[`p${index}`, metric(value)] as const],
  );
  return {
    currentReplicas: pods.length,
    pods: pods.map(([kind], index) => pod(index, kind)),
    metrics: new Map(measured),
    resource,
    tolerances: { scaleUp: 0.1, scaleDown: 0.1 },
    nowMs: NOW_MS,
  };
}

describe('replicas for a share of what is requested', () => {
  it.each<[string, [string, number?][], number, number]>([
    [
      'more where Pods use more than the target',
      [
        ['ready', 900],
        ['ready', 900],
      ],
      60,
      3,
    ],
    [
      'as many where they use about as much',
      [
        ['ready', 630],
        ['ready', 630],
      ],
      60,
      2,
    ],
    [
      'fewer where they use less',
      [
        ['ready', 100],
        ['ready', 100],
        ['ready', 100],
        ['ready', 100],
      ],
      60,
      1,
    ],
    ['Pods without a value are idle when more are wanted', [['ready', 900], ['silent'], ['silent']], 60, 3],
    ['and busy when fewer are', [['ready', 100], ['silent']], 60, 2],
    [
      'CPU of a Pod that starts counts as none',
      [
        ['ready', 1200],
        ['cold', 2000],
      ],
      60,
      2,
    ],
    ['pending Pods count as idle when more are wanted', [['ready', 1800], ['pending']], 60, 3],
    [
      'failed Pods do not count at all',
      [
        ['ready', 900],
        ['failed', 900],
      ],
      60,
      2,
    ],
  ])('%s', (_about, pods, target, expected) => {
    expect(byUtilization(question('cpu', ...pods), target).replicas).toBe(expected);
  });

  it('says what is missing', () => {
    expect(() => byUtilization(question('cpu'), 60)).toThrow('no pods returned by selector');
    expect(() => byUtilization(question('cpu', ['pending']), 60)).toThrow('did not receive metrics for targeted pods');
    expect(() => byUtilization(question('memory', ['ready', 1]), 60)).toThrow(
      'missing request for memory in container main of Pod p0',
    );
  });

  it('does not wait for a Pod to warm up where the metric is none of a resource', () => {
    expect(byValue(question('', ['ready', 100_000], ['cold', 100_000]), 50_000)).toEqual({
      replicas: 4,
      average: 100_000,
    });
  });
});

describe('how fast replicas follow', () => {
  const ask = (more: Partial<ScaleQuestion>, history: Partial<ScaleHistory> = {}): ScaleQuestion => ({
    behavior: undefined,
    history: { recommendations: [], ups: [], downs: [], ...history },
    current: 4,
    desired: 4,
    min: 1,
    max: 100,
    nowMs: 1_000_000,
    ...more,
  });
  const WHOLE = { type: 'Percent', value: 100, periodSeconds: 15 };

  it.each<[Partial<ScaleQuestion>, number, string]>([
    [{ desired: 6 }, 6, 'DesiredWithinRange'],
    [{ desired: 50 }, 8, 'ScaleUpLimit'],
    [{ desired: 50, max: 5 }, 5, 'TooManyReplicas'],
    [{ desired: 0 }, 1, 'TooFewReplicas'],
    [
      { desired: 9, behavior: { scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } } },
      6,
      'ScaleUpLimit',
    ],
    [{ desired: 9, behavior: { scaleUp: { selectPolicy: 'Disabled' } } }, 4, 'ScaleUpLimit'],
    [
      { desired: 1, behavior: { scaleDown: { policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }] } } },
      2,
      'ScaleDownLimit',
    ],
    [{ desired: 1, behavior: { scaleDown: { policies: [WHOLE] } } }, 1, 'DesiredWithinRange'],
  ])('%j gives %d: %s', (more, replicas, reason) => {
    expect(bounded(ask(more))).toMatchObject({ replicas, reason });
  });

  it('counts what was done in the period of a policy', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 3, periodSeconds: 60 }] } };
    const recent = ask({ desired: 9, behavior }, { ups: [{ change: 2, atMs: 990_000 }] });
    expect(bounded(recent).replicas).toBe(5);
    expect(bounded(ask({ desired: 9, behavior }, { ups: [{ change: 2, atMs: 900_000 }] })).replicas).toBe(7);
  });

  it('holds on to the highest recommendation of the last five minutes', () => {
    const history = { recommendations: [{ replicas: 7, atMs: 800_000 }] };
    expect(stabilized(ask({ desired: 2 }, history))).toMatchObject({ replicas: 7, reason: 'ScaleDownStabilized' });
    const old = { recommendations: [{ replicas: 7, atMs: 600_000 }] };
    expect(stabilized(ask({ desired: 2 }, old))).toMatchObject({ replicas: 2, reason: 'ReadyForNewScale' });
  });

  it('goes up only as far as the window of scaling up allows', () => {
    const behavior = { scaleUp: { stabilizationWindowSeconds: 60 } };
    const history = { recommendations: [{ replicas: 5, atMs: 980_000 }] };
    expect(stabilized(ask({ desired: 9, behavior }, history))).toMatchObject({
      replicas: 5,
      reason: 'ScaleUpStabilized',
    });
  });
});

describe('horizontal-pod-autoscaler', () => {
  /** A Deployment of two with an autoscaler, and how busy its Pods are: thousandths of a CPU, requests a second. */
  function autoscaled(metric: object, busy: { cpuMilli: number; perSecond: number }) {
    const rig = newRig();
    const metrics: MetricsReader = {
      pods: () =>
        rig.pods().map(({ metadata: { name, namespace = '' } }) => ({
          namespace,
          name,
          atMs: rig.clock.epochNowMs,
          windowMs: 0,
          containers: [{ name: 'main', cpuMilli: busy.cpuMilli, memoryBytes: 64 << 20 }],
          requestsPerSecond: busy.perSecond,
        })),
      nodes: () => [],
    };
    rig.api.metrics = metrics;
    const draft = deployment('web', 2) as { spec: { template: { spec: { containers: object[] } } } };
    const containers = [{ name: 'main', image: 'nginx:1.27', resources: { requests: { cpu: '100m' } } }];
    draft.spec.template.spec.containers = containers;
    rig.create('deployments', draft);
    rig.create('horizontalpodautoscalers', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 6,
        metrics: [metric],
      },
    });
    const replicas = (): number => rig.get('deployments', 'web')!.spec.replicas!;
    const autoscaler = (): HorizontalPodAutoscaler => rig.get('horizontalpodautoscalers', 'web')!;
    return { rig, replicas, autoscaler };
  }

  const RPS = {
    type: 'Pods',
    pods: { metric: { name: 'requests_per_second' }, target: { type: 'AverageValue', averageValue: '10' } },
  };

  it('follows requests up at once, and down after five minutes', () => {
    const busy = { cpuMilli: 1, perSecond: 20 };
    const { rig, replicas, autoscaler } = autoscaled(RPS, busy);
    rig.run(16_000);
    expect(replicas()).toBe(4);
    expect(rig.events('HorizontalPodAutoscaler', 'web')).toEqual([
      'SuccessfulRescale: New size: 4; reason: pods metric requests_per_second above target',
    ]);
    busy.perSecond = 10;
    rig.run(60_000);
    expect(replicas()).toBe(4);
    const { currentMetrics, conditions, desiredReplicas } = autoscaler().status;
    expect([desiredReplicas, currentMetrics![0]!.pods!.current.averageValue]).toEqual([4, '10']);
    expect(conditions!.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['AbleToScale', 'True', 'ReadyForNewScale'],
      ['ScalingActive', 'True', 'ValidMetricFound'],
      ['ScalingLimited', 'False', 'DesiredWithinRange'],
    ]);
    busy.perSecond = 1;
    rig.run(120_000);
    expect(replicas()).toBe(4);
    rig.run(240_000);
    expect(replicas()).toBe(1);
    expect(rig.events('HorizontalPodAutoscaler', 'web').at(-1)).toBe(
      'SuccessfulRescale: New size: 1; reason: All metrics below target',
    );
  });

  it('keeps to its bounds, also without a metric', () => {
    const { rig, replicas } = autoscaled(
      { ...RPS, pods: { ...RPS.pods, metric: { name: 'cats' } } },
      { cpuMilli: 1, perSecond: 1 },
    );
    rig.client.patch('deployments', 'default', 'web', (one) => ({ ...one, spec: { ...one.spec, replicas: 9 } }));
    rig.run(16_000);
    expect(replicas()).toBe(6);
    rig.run(16_000);
    expect(rig.events('HorizontalPodAutoscaler', 'web')).toEqual([
      'SuccessfulRescale: New size: 6; reason: Current number of replicas above Spec.MaxReplicas',
      'FailedGetPodsMetric: unable to get metric cats: unable to fetch metrics from custom metrics API: the server could not find the metric cats for pods',
      'FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get pods metric value: unable to get metric cats: unable to fetch metrics from custom metrics API: the server could not find the metric cats for pods',
    ]);
  });

  const SERVICE = { apiVersion: 'v1', kind: 'Service', name: 'front' };
  const object = (target: object, describedObject: object = SERVICE, name = 'requests_per_second') => ({
    type: 'Object',
    object: { describedObject, metric: { name }, target },
  });

  /** The Service `front` in front of the target's Pods. */
  const front = (rig: ControllerRig): void => {
    const spec = { selector: { app: 'web' }, ports: [{ port: 80 }] };
    rig.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'front', namespace: 'default' },
      spec,
    });
  };

  it.each([
    [
      'its value for each ready Pod',
      { type: 'Value', value: '20' },
      4,
      'Service metric requests_per_second',
      { value: '80' },
    ],
    [
      'an average over all Pods',
      { type: 'AverageValue', averageValue: '10' },
      4,
      'external metric requests_per_second(nil)',
      { averageValue: '20' },
    ],
  ])('follows what a Service serves by %s', (_what, target, wanted, name, after) => {
    const { rig, replicas, autoscaler } = autoscaled(object(target), { cpuMilli: 1, perSecond: 20 });
    front(rig);
    rig.run(16_000);
    expect(replicas()).toBe(wanted);
    expect(rig.events('HorizontalPodAutoscaler', 'web')).toEqual([
      `SuccessfulRescale: New size: ${wanted}; reason: ${name} above target`,
    ]);
    rig.run(16_000);
    const [shown] = autoscaler().status.currentMetrics!;
    expect(shown).toMatchObject({ type: 'Object', object: { describedObject: SERVICE, current: after } });
  });

  const CUSTOM = 'unable to fetch metrics from custom metrics API: the server could not find the metric';
  const EXTERNAL =
    'unable to fetch metrics from external metrics API: the server could not find the requested resource';
  it.each([
    [
      'of a Service that is not there',
      object({ type: 'Value', value: '1' }, { ...SERVICE, name: 'none' }),
      `FailedGetObjectMetric: unable to get metric requests_per_second: Service on default none/${CUSTOM} requests_per_second for services none`,
    ],
    [
      'of a kind that has none',
      object({ type: 'Value', value: '1' }, { kind: 'Ingress', name: 'way' }),
      `FailedGetObjectMetric: unable to get metric requests_per_second: Ingress on default way/${CUSTOM} requests_per_second for ingresses.networking.k8s.io way`,
    ],
    [
      'from outside of the cluster',
      {
        type: 'External',
        external: {
          metric: { name: 'backlog', selector: { matchLabels: { queue: 'a' } } },
          target: { type: 'Value', value: '30' },
        },
      },
      `FailedGetExternalMetric: unable to get external metric default/backlog/&LabelSelector{MatchLabels:map[string]string{queue: a,},MatchExpressions:[]LabelSelectorRequirement{},}: ${EXTERNAL} (get backlog.external.metrics.k8s.io)`,
    ],
  ])('says of a metric %s that it has none', (_what, metric, said) => {
    const { rig } = autoscaled(metric, { cpuMilli: 1, perSecond: 20 });
    rig.run(16_000);
    expect(rig.events('HorizontalPodAutoscaler', 'web')[0]).toBe(said);
  });

  it.each([
    ['Deployment', 'deployments.apps "gone" not found'],
    ['DaemonSet', 'could not find scale subresource for apps/v1, Resource=daemonsets in discovery information'],
    ['Sandwich', 'no matches for kind "Sandwich" in group "apps"'],
  ])('says why it cannot scale a %s', (kind, why) => {
    const { rig, autoscaler } = autoscaled(RPS, { cpuMilli: 1, perSecond: 1 });
    const scaleTargetRef = { apiVersion: 'apps/v1', kind, name: 'gone' };
    rig.client.patch('horizontalpodautoscalers', 'default', 'web', (one) => ({
      ...one,
      spec: { ...one.spec, scaleTargetRef },
    }));
    rig.run(16_000);
    expect(rig.events('HorizontalPodAutoscaler', 'web')).toEqual([`FailedGetScale: ${why}`]);
    expect(autoscaler().status.conditions).toMatchObject([
      {
        type: 'AbleToScale',
        status: 'False',
        message: `the HPA controller was unable to get the target's current scale: ${why}`,
      },
    ]);
  });

  it('says that nothing serves custom metrics where nothing does', () => {
    const { rig } = autoscaled(RPS, { cpuMilli: 1, perSecond: 1 });
    delete (rig.api as { metrics?: MetricsReader }).metrics;
    rig.run(16_000);
    expect(rig.events('HorizontalPodAutoscaler', 'web')[0]).toBe(
      'FailedGetPodsMetric: unable to get metric requests_per_second: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    );
  });

  it('scales a ReplicationController too', () => {
    const { rig } = autoscaled(RPS, { cpuMilli: 1, perSecond: 20 });
    const metadata = { name: 'old', namespace: 'default' };
    const template = {
      metadata: { labels: { app: 'old' } },
      spec: { containers: [{ name: 'main', image: 'nginx:1.27' }] },
    };
    const spec = { replicas: 2, selector: { app: 'old' }, template };
    rig.create('replicationcontrollers', { apiVersion: 'v1', kind: 'ReplicationController', metadata, spec });
    rig.create('horizontalpodautoscalers', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'old' },
        maxReplicas: 6,
        metrics: [RPS],
      },
    });
    rig.run(16_000);
    expect(rig.get('replicationcontrollers', 'old')!.spec.replicas).toBe(4);
  });

  it('scales nothing by metrics while another has the same Pods', () => {
    const { rig, replicas, autoscaler } = autoscaled(RPS, { cpuMilli: 1, perSecond: 20 });
    const { spec } = autoscaler();
    rig.run(1000);
    const { kind, apiVersion } = autoscaler();
    rig.create('horizontalpodautoscalers', {
      apiVersion,
      kind,
      metadata: { name: 'rival', namespace: 'default' },
      spec: { ...spec, maxReplicas: spec.maxReplicas + 10 },
    });
    rig.run(16_000);
    const first = replicas();
    rig.run(60_000);
    expect(replicas()).toBe(first);
    const why = 'pods by selector app=web are controlled by multiple HPAs: [{rival default} {web default}]';
    for (const name of ['web', 'rival']) {
      const { conditions } = rig.get('horizontalpodautoscalers', name)!.status;
      expect(conditions).toContainEqual(
        expect.objectContaining({ type: 'ScalingActive', status: 'False', reason: 'AmbiguousSelector', message: why }),
      );
      expect(rig.events('HorizontalPodAutoscaler', name)).toEqual(
        expect.arrayContaining([`AmbiguousSelector: ${why}`, `FailedComputeMetricsReplicas: ${why}`]),
      );
    }
    rig.client.remove('horizontalpodautoscalers', 'default', 'rival');
    rig.run(31_000);
    expect(autoscaler().status.conditions!.map((one) => one.reason)).toContain('ValidMetricFound');
  });

  it('is off while its target has no replicas', () => {
    const { rig, autoscaler, replicas } = autoscaled(RPS, { cpuMilli: 1, perSecond: 50 });
    rig.client.patch('deployments', 'default', 'web', (one) => ({ ...one, spec: { ...one.spec, replicas: 0 } }));
    rig.run(31_000);
    expect(replicas()).toBe(0);
    expect(autoscaler().status.conditions!.map((one) => one.reason)).toContain('ScalingDisabled');
  });
});
