import { describe, expect, it } from 'vitest';
import type { Deployment, Json } from '../api/objects';
import { ClusterRig } from './cluster.rig';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const USAGE = '/apis/metrics.k8s.io/v1beta1';

const workload = (name: string, image: string, more: object): Json =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image, ...more }] } },
    },
  }) as Json;

interface Usage {
  items: { metadata: { name: string }; window: string; containers: { usage: { cpu: string; memory: string } }[] }[];
}

const milliOf = (nano: string): number => Number(nano.replace('n', '')) / 1e6;

/** nginx behind a Service, and so many requests a second to it. */
function busyWeb(rate: string, resources: object = { requests: { cpu: '100m' } }): ClusterRig {
  const rig = new ClusterRig('laptop');
  rig.request('POST', DEPLOYMENTS, workload('web', 'nginx:1.27', { resources }));
  rig.request('POST', '/api/v1/namespaces/default/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  const env = [
    { name: 'URL', value: 'http://web/' },
    { name: 'RATE', value: rate },
  ];
  rig.request('POST', DEPLOYMENTS, workload('load', 'podium/load:1.0', { env }));
  return rig;
}

const usageOf = (rig: ClusterRig, app: string): Usage['items'] => {
  const { body } = rig.request('GET', `${USAGE}/namespaces/default/pods`);
  return (body as unknown as Usage).items.filter((one) => one.metadata.name.startsWith(app));
};

describe('metrics', () => {
  it('tell the work of the last window, after a whole one', () => {
    const rig = busyWeb('100');
    rig.run(10_000);
    expect(usageOf(rig, 'web')).toEqual([]);
    rig.run(50_000);
    const [web] = usageOf(rig, 'web');
    expect(web!.window).toBe('15s');
    expect(milliOf(web!.containers[0]!.usage.cpu)).toBeGreaterThan(190);
    expect(milliOf(web!.containers[0]!.usage.cpu)).toBeLessThan(215);
    expect(web!.containers[0]!.usage.memory).toBe('8192Ki');
    const nodes = rig.request('GET', `${USAGE}/nodes`).body as unknown as { items: { metadata: { name: string } }[] };
    expect(nodes.items).toHaveLength(1);
    const custom = '/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/pods/*/requests_per_second';
    const rates = rig.request('GET', custom).body as unknown as {
      items: { describedObject: { name: string }; value: string }[];
    };
    const rate = rates.items.find((one) => one.describedObject.name.startsWith('web'))!.value;
    const ofService = custom.replace('pods/*', 'services/web');
    expect(rig.request('GET', ofService).body).toMatchObject({
      kind: 'MetricValueList',
      items: [{ describedObject: { kind: 'Service', name: 'web' }, value: rate }],
    });
    expect(rig.request('GET', ofService.replace('services/web', 'services/none')).code).toBe(404);
    expect(parseInt(rate)).toBeGreaterThan(95_000);
    expect(parseInt(rate)).toBeLessThan(105_000);
  });

  it('do not change what they tell of', () => {
    const rig = busyWeb('5');
    rig.run(40_000);
    const before = rig.cluster.hash();
    usageOf(rig, 'web');
    expect(rig.cluster.hash()).toBe(before);
  });
});

describe('limits', () => {
  it('on CPU hold work back: answers come late', () => {
    const rig = busyWeb('50', { limits: { cpu: '50m' } });
    rig.run(60_000);
    expect(milliOf(usageOf(rig, 'web')[0]!.containers[0]!.usage.cpu)).toBeLessThanOrEqual(50.1);
    const log = rig.log(rig.pod('load')!.metadata.name, 'main');
    const p95 = Number(/p95 (\d+) ms/.exec(log.split('\n').findLast((line) => line.includes('p95')) ?? '')![1]);
    expect(p95).toBeGreaterThan(1000);
  });

  it('on memory end what needs more', () => {
    const rig = new ClusterRig('laptop');
    rig.request('POST', DEPLOYMENTS, workload('web', 'nginx:1.27', { resources: { limits: { memory: '4Mi' } } }));
    rig.run(20_000);
    const status = rig.pod('web')!.status.containerStatuses![0]!;
    expect([status.state, status.lastState].map((one) => one?.terminated?.reason)).toContain('OOMKilled');
  });
});

describe('autoscaling of programs that run', () => {
  it('brings up as many Pods as the load needs, and takes them away afterwards', () => {
    const rig = busyWeb('100');
    rig.request('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 8,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
    });
    const replicas = (): number => (rig.cluster.store.get('deployments', 'default/web') as Deployment).spec.replicas!;
    rig.run(180_000);
    expect(replicas()).toBeGreaterThanOrEqual(4);
    expect(replicas()).toBeLessThanOrEqual(5);
    rig.scale('load', 0);
    rig.run(420_000);
    expect(replicas()).toBe(1);
  });
});
