import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../api/objects';
import { ClusterRig, replayOf } from './cluster.rig';
import type { ClusterSnapshot } from './cluster';
import { brokenInvariants } from './invariants';

const CORE = '/api/v1/namespaces/default';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const POLICIES = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
const MERGE = { 'content-type': 'application/merge-patch+json' };

const deployment = (name: string, container: object, spec: object = {}): Json =>
  ({
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', ...container }], terminationGracePeriodSeconds: 1, ...spec },
      },
    },
  }) as Json;

const service = (name: string, port: number, targetPort: number): Json => ({
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port, targetPort }] },
});

const MODEL = { coef: [2, 3], intercept: 1, dataset: 'x', steps: 10, loss: 0.5 };

/** postgres on a disk with one row, a model server that reads features from it, and a user who asks it. */
class Shop extends ClusterRig {
  #asked = 0;

  build(): void {
    this.request('POST', `${CORE}/configmaps`, {
      metadata: { name: 'model' },
      data: { 'model.json': JSON.stringify(MODEL) },
    });
    this.request('POST', `${CORE}/persistentvolumeclaims`, {
      metadata: { name: 'rows' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const mount = { name: 'rows', mountPath: '/var/lib/postgresql/data' };
    const env = [{ name: 'POSTGRES_PASSWORD', value: 'secret' }];
    const rows = { name: 'rows', persistentVolumeClaim: { claimName: 'rows' } };
    const postgres = { image: 'postgres:16', env, volumeMounts: [mount] };
    this.request(
      'POST',
      DEPLOYMENTS,
      deployment('postgres', postgres, { volumes: [rows], nodeSelector: { 'kubernetes.io/hostname': 'cpu-1' } }),
    );
    const server = {
      image: 'podium/model-server:1.0',
      env: [{ name: 'FEATURES_URL', value: 'postgres://postgres' }],
      volumeMounts: [{ name: 'model', mountPath: '/models' }],
      readinessProbe: { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 1 },
    };
    this.request(
      'POST',
      DEPLOYMENTS,
      deployment('model-server', server, {
        volumes: [{ name: 'model', configMap: { name: 'model' } }],
        nodeSelector: { 'kubernetes.io/hostname': 'cpu-2' },
      }),
    );
    this.request('POST', `${CORE}/services`, service('postgres', 5432, 5432));
    this.request('POST', `${CORE}/services`, service('model-server', 80, 8080));
    this.until('everything is ready', () => this.ready('postgres') && this.ready('model-server'));
    this.run(1000);
    expect(this.sh("curl -s -X PUT -d '[1, 1]' postgres:5432/user1")).toBe('OK');
  }

  ready(app: string): boolean {
    return this.pods().some(
      (pod) =>
        pod.metadata.labels?.['app'] === app &&
        pod.metadata.deletionTimestamp === undefined &&
        pod.status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
    );
  }

  /** What a script in a Pod of its own prints. */
  sh(script: string): string {
    const name = `user-${++this.#asked}`;
    const container = { name: 'main', image: 'busybox', command: ['sh', '-c', script] };
    this.request('POST', `${CORE}/pods`, {
      metadata: { name },
      spec: { containers: [container], restartPolicy: 'Never' },
    });
    this.until(`${name} ends`, () => ['Succeeded', 'Failed'].includes(this.pod(name)?.status.phase ?? ''));
    return this.log(name, 'main').trim();
  }

  /** What a user of the endpoint gets. */
  predict(): string {
    return this.sh(`curl -s -m 20 -d '{"key": "user1"}' http://model-server/predict`);
  }
}

describe('a user of an endpoint that reads its features by the name of a Service', () => {
  const shop = new Shop();
  let start: ClusterSnapshot;
  let inputs = 0;
  beforeAll(() => {
    shop.build();
    start = shop.cluster.snapshot();
    inputs = shop.inputs.length;
  });
  beforeEach(() => {
    shop.cluster.restore(start);
    shop.inputs.splice(inputs);
  });

  it('gets a prediction, and every hop of both requests is known', () => {
    expect(shop.predict()).toBe('{"predictions":[6]}');
    const [inner, outer] = shop.cluster.network.requests().slice(-2);
    expect(outer).toMatchObject({ service: 'default/model-server', code: 200, method: 'POST' });
    expect(inner).toMatchObject({ service: 'default/postgres', code: 200, url: 'postgres://postgres/user1' });
    expect(inner!.from.pod).toBe(outer!.hops.at(-1)!.name.split('/')[1]);
    expect(inner!.atMs).toBeGreaterThan(outer!.atMs);
    expect(inner!.endMs).toBeLessThan(outer!.endMs);
  });

  it('sees DNS fail', () => {
    shop.input({ kind: 'fault', fault: { type: 'ComponentDown', component: 'coredns' } });
    expect(shop.predict()).toBe('');
    expect(shop.cluster.network.requests().at(-1)).toMatchObject({
      failure: { kind: 'NoNameServer', host: 'model-server' },
    });
    const { clusterIP } = (shop.request('GET', `${CORE}/services/model-server`).body as { spec: { clusterIP: string } })
      .spec;
    const byAddress = `curl -s -m 20 -d '{"key": "user1"}' http://${clusterIP}/predict`;
    expect(shop.sh(byAddress)).toBe(`{"error":"no features from postgres: bad address 'postgres'"}`);
    shop.input({ kind: 'fault', fault: { type: 'ComponentUp', component: 'coredns' } });
    shop.run(20_000);
    expect(shop.predict()).toBe('{"predictions":[6]}');
  });

  it('sees the Service fail: gone, without endpoints, on another port', () => {
    shop.request('PATCH', `${CORE}/services/postgres`, { spec: { selector: { app: 'nobody' } } }, MERGE);
    shop.run(1000);
    expect(shop.predict()).toBe('{"error":"no features from postgres: Connection refused"}');
    shop.request(
      'PATCH',
      `${CORE}/services/postgres`,
      { spec: { selector: { app: 'postgres' }, ports: [{ port: 5433, targetPort: 5432 }] } },
      MERGE,
    );
    shop.run(1000);
    expect(shop.predict()).toBe('{"error":"no features from postgres: download timed out"}');
    shop.request('DELETE', `${CORE}/services/postgres`);
    shop.run(1000);
    expect(shop.predict()).toBe(`{"error":"no features from postgres: bad address 'postgres'"}`);
    shop.request('POST', `${CORE}/services`, service('postgres', 5432, 5432));
    shop.run(1000);
    expect(shop.predict()).toBe('{"predictions":[6]}');
  });

  it('sees the volume: rows outlive the Pod with it, and are gone with it', () => {
    const replace = (): void => {
      const { name } = shop.pod('postgres')!.metadata;
      shop.request('DELETE', `${CORE}/pods/${name}`);
      shop.until('the Pod is gone', () => !shop.pods().some((pod) => pod.metadata.name === name));
    };
    replace();
    shop.until('postgres is back', () => shop.ready('postgres'));
    shop.run(1000);
    expect(shop.predict()).toBe('{"predictions":[6]}');
    shop.request('DELETE', `${CORE}/persistentvolumeclaims/rows`);
    replace();
    shop.run(20_000);
    expect(shop.pod('postgres')!.status.phase).toBe('Pending');
    expect(shop.predict()).toBe('{"error":"no features from postgres: Connection refused"}');
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    shop.request('POST', `${CORE}/persistentvolumeclaims`, { metadata: { name: 'rows' }, spec });
    shop.until('postgres is back', () => shop.ready('postgres'));
    shop.run(1000);
    expect(shop.predict()).toBe('{"error":"postgres has no features of user1"}');
  });

  it('sees a policy that lets nobody reach the rows', () => {
    shop.request('POST', POLICIES, {
      metadata: { name: 'deny' },
      spec: { podSelector: { matchLabels: { app: 'postgres' } } },
    });
    shop.run(1000);
    expect(shop.predict()).toBe('{"error":"no features from postgres: download timed out"}');
    const from = [{ podSelector: { matchLabels: { app: 'model-server' } } }];
    const spec = { podSelector: { matchLabels: { app: 'postgres' } }, ingress: [{ from, ports: [{ port: 5432 }] }] };
    shop.request('POST', POLICIES, { metadata: { name: 'allow' }, spec });
    shop.run(1000);
    expect(shop.predict()).toBe('{"predictions":[6]}');
  });

  it('sees the machine of the rows cut off, then slow', () => {
    const node = shop.pod('postgres')!.spec.nodeName!;
    const server = shop.pod('model-server')!.spec.nodeName!;
    expect(node).not.toBe(server);
    shop.input({ kind: 'fault', fault: { type: 'NetworkDelay', ms: 1000, loss: 0, node } });
    expect(shop.predict()).toContain('download timed out');
    shop.input({ kind: 'fault', fault: { type: 'NetworkDelay', ms: 0, loss: 0, node } });
    shop.input({ kind: 'fault', fault: { type: 'NodeNetworkDown', node } });
    expect(shop.predict()).toContain('download timed out');
    shop.input({ kind: 'fault', fault: { type: 'NodeNetworkUp', node } });
    shop.run(1000);
    expect(shop.predict()).toBe('{"predictions":[6]}');
  });

  it('finds Services in its environment too, unless it does not want to', () => {
    const { spec } = shop.request('GET', `${CORE}/services/model-server`).body as { spec: { clusterIP: string } };
    const words =
      '$KUBERNETES_SERVICE_HOST $MODEL_SERVER_SERVICE_HOST:$MODEL_SERVER_SERVICE_PORT $MODEL_SERVER_PORT_80_TCP';
    expect(shop.sh(`echo ${words}`)).toBe(`10.96.0.1 ${spec.clusterIP}:80 tcp://${spec.clusterIP}:80`);
    const container = { name: 'main', image: 'busybox', command: ['sh', '-c', `echo ${words}`] };
    const plain = { containers: [container], restartPolicy: 'Never', enableServiceLinks: false };
    shop.request('POST', `${CORE}/pods`, { metadata: { name: 'plain' }, spec: plain });
    shop.until('it ends', () => shop.pod('plain')?.status.phase === 'Succeeded');
    expect(shop.log('plain', 'main').trim()).toBe('10.96.0.1 :');
  });

  it.each([
    [{ ms: -1, loss: 0 }, 'ms must be between 0 and 60000'],
    [{ ms: NaN, loss: 0 }, 'ms must be between 0 and 60000'],
    [{ ms: 0, loss: 1.5 }, 'loss must be a share between 0 and 1'],
    [{ ms: 0, loss: 0, node: 'nowhere' }, 'there is no machine "nowhere"'],
    [{ ms: 0, loss: 0, node: 'cpu-1' }, undefined],
  ])('cannot be disturbed by %j', (delay, problem) => {
    expect(shop.cluster.faultProblem({ type: 'NetworkDelay', ...delay })).toBe(problem);
  });

  it('is told the same again when the journal is run again', () => {
    shop.input({ kind: 'fault', fault: { type: 'NetworkDelay', ms: 50, loss: 0.2 } });
    shop.predict();
    shop.input({ kind: 'fault', fault: { type: 'NetworkDelay', ms: 0, loss: 0 } });
    shop.predict();
    const replay = replayOf('ml', 1, shop.inputs, shop.cluster.clock.nowMs);
    expect(replay.network.requests()).toEqual(shop.cluster.network.requests());
    expect(replay.hash()).toBe(shop.cluster.hash());
    shop.request('POST', `${CORE}/pods`, {
      metadata: { name: 'late' },
      spec: { containers: [{ name: 'main', image: 'busybox', command: ['wget', '10.96.99.9'] }] },
    });
    shop.run(20_000);
    expect(shop.cluster.network.state.log.open.size).toBe(1);
    expect(brokenInvariants(shop.cluster)).toEqual([]);
  });
});

/** nginx as two Pods, and a load on it. */
function busy(env: Record<string, string>, container: object = {}): ClusterRig {
  const rig = new ClusterRig();
  const web = { image: 'nginx:1.27', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 }, ...container };
  const web2 = deployment('web', web, { terminationGracePeriodSeconds: 10 }) as { spec: { replicas?: number } };
  web2.spec.replicas = 2;
  rig.request('POST', DEPLOYMENTS, web2 as unknown as Json);
  rig.request('POST', `${CORE}/services`, service('web', 80, 80));
  rig.run(20_000);
  const load = Object.entries({ URL: 'http://web', ...env }).map(([name, value]) => ({ name, value }));
  rig.request('POST', DEPLOYMENTS, deployment('load', { image: 'podium/load:1.0', env: load }));
  rig.run(10_000);
  return rig;
}

describe('a rolling update under load', () => {
  const roll = (container: object): { requests: number; failures: number } => {
    const rig = busy({ RATE: '50' }, container);
    const before = rig.cluster.network.traffic('default/web')!;
    expect(before.failures).toBe(0);
    const containers = [
      { name: 'main', image: 'nginx:1.28', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 }, ...container },
    ];
    const template = { spec: { containers, terminationGracePeriodSeconds: 10 } };
    rig.request('PATCH', `${DEPLOYMENTS}/web`, { spec: { template } }, MERGE);
    rig.run(60_000);
    const { requests, failures } = rig.cluster.network.traffic('default/web')!;
    return { requests: requests - before.requests, failures };
  };

  it('fails requests where a server stops before every node knows, and none where it waits', () => {
    const hasty = roll({});
    expect(hasty.requests).toBeGreaterThan(2500);
    expect(hasty.failures).toBeGreaterThan(0);
    expect(hasty.failures).toBeLessThan(60);
    const patient = roll({ lifecycle: { preStop: { sleep: { seconds: 2 } } } });
    expect(patient.requests).toBeGreaterThan(2500);
    expect(patient.failures).toBe(0);
  });
});
