import { describe, expect, it } from 'vitest';
import { pathsOf, pathText } from '../../../api/fields/field-set';
import type { ManagedFieldsEntry } from '../../../api/fields/managed';
import type { Deployment, Json } from '../../../api/objects';
import { nextBelow, seedRandom } from '../../../base/random';
import { Rig } from '../api-server.rig';

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
const CONFIG = '/api/v1/namespaces/lab/configmaps';
const PODS = '/api/v1/namespaces/lab/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/lab/deployments';
const HPA1 = '/apis/autoscaling/v1/namespaces/lab/horizontalpodautoscalers';
const HPA2 = '/apis/autoscaling/v2/namespaces/lab/horizontalpodautoscalers';

type Body = { metadata: Record<string, Json> & { managedFields?: ManagedFieldsEntry[] } };

const POD_METADATA = { name: 'p', labels: { app: 'a' } };

const config = (data: Record<string, string>, metadata: Record<string, Json> = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', ...metadata },
  data,
});

const pod = (...containers: Json[]): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers },
});

const deployment = (spec: Record<string, Json>): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: {
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
    ...spec,
  },
});

/** A line a manager: `one Apply: .data.a .data.b`. */
function owners(body: Json): string[] {
  return ((body as unknown as Body).metadata.managedFields ?? []).map(
    ({ manager, operation, subresource, fieldsV1 }) =>
      `${manager} ${operation}${subresource ? `/${subresource}` : ''}: ${pathsOf(fieldsV1).map(pathText).join(' ')}`,
  );
}

/** Asks in turn; returns what the last answer says: its owners, or its message. */
function told(steps: readonly (readonly [method: string, target: string, body?: Json, type?: string])[]): string[] {
  const rig = new Rig();
  let answer: Json = null;
  for (const [method, target, body, type] of steps) answer = rig.ask(method, target, body, type).body;
  const { kind, message } = answer as { kind?: string; message?: string };
  return kind === 'Status' ? message!.split('\n') : owners(answer);
}

const applied = (manager: string, data: Record<string, string>, metadata?: Record<string, Json>, query = '') =>
  ['PATCH', `${CONFIG}/c?fieldManager=${manager}${query}`, config(data, metadata), APPLY] as const;
const merged = (manager: string, patch: Json) =>
  ['PATCH', `${CONFIG}/c?fieldManager=${manager}`, patch, MERGE] as const;

describe('managers', () => {
  it.each<[what: string, steps: Parameters<typeof told>[0], result: string[]]>([
    [
      'share what they agree on, and each has what it adds',
      [applied('one', { a: '1' }), applied('two', { a: '1', b: '2' })],
      ['one Apply: .data.a', 'two Apply: .data.a .data.b'],
    ],
    [
      'keep others from changing what they apply',
      [applied('one', { a: '1' }), applied('two', { a: '2' })],
      ['Apply failed with 1 conflict: conflict with "one": .data.a'],
    ],
    [
      'lose what is taken by force',
      [applied('one', { a: '1', b: '1' }), applied('two', { a: '2' }, {}, '&force=true')],
      ['one Apply: .data.b', 'two Apply: .data.a'],
    ],
    [
      'lose what an update changes, which is a conflict when they apply again',
      [applied('one', { a: '1' }), merged('two', { data: { a: '2' } }), applied('one', { a: '1' })],
      ['Apply failed with 1 conflict: conflict with "two" using v1: .data.a'],
    ],
    [
      'have what they update besides what they apply',
      [applied('one', { a: '1' }), merged('one', { data: { b: '2' } })],
      ['one Apply: .data.a', 'one Update: .data.b'],
    ],
    [
      'own what a create says and defaults fill in, not what the server adds',
      [['POST', `${PODS}?fieldManager=one`, { ...(pod({ name: 'm', image: 'a' }) as object) }]],
      [
        'one Update: .spec.dnsPolicy .spec.enableServiceLinks .spec.restartPolicy .spec.schedulerName .spec.securityContext .spec.terminationGracePeriodSeconds .spec.containers[name="m"] .spec.containers[name="m"].image .spec.containers[name="m"].imagePullPolicy .spec.containers[name="m"].name .spec.containers[name="m"].resources .spec.containers[name="m"].terminationMessagePath .spec.containers[name="m"].terminationMessagePolicy',
      ],
    ],
    [
      'are told apart by the user agent where they name no manager',
      [['POST', CONFIG, config({ a: '1' })]],
      ['test Update: .data .data.a'],
    ],
    [
      "keep what they made when its deletion waits for a finalizer, which is nobody's",
      [
        ['POST', CONFIG, config({ a: '1' })],
        ['DELETE', `${CONFIG}/c?propagationPolicy=Foreground`],
        ['GET', `${CONFIG}/c`],
      ],
      ['test Update: .data .data.a'],
    ],
    [
      'own the items of a set by value',
      [
        applied('one', { a: '1' }, { finalizers: ['a.com/x'] }),
        applied('two', { b: '1' }, { finalizers: ['a.com/y'] }),
        applied('one', { a: '1' }, { finalizers: [] }),
      ],
      ['one Apply: .data.a', 'two Apply: .data.b .metadata.finalizers[="a.com/y"]'],
    ],
    [
      'own their part of a list, and its key has a default',
      [
        ['PATCH', `${PODS}/p?fieldManager=one`, pod({ name: 'm', image: 'a', ports: [{ containerPort: 80 }] }), APPLY],
        ['PATCH', `${PODS}/p?fieldManager=two`, pod({ name: 'm', image: 'b' }), APPLY],
      ],
      ['Apply failed with 1 conflict: conflict with "one": .spec.containers[name="m"].image'],
    ],
    [
      'own the status through its subresource',
      [
        ['PATCH', `${PODS}/p?fieldManager=one`, pod({ name: 'm', image: 'a' }), APPLY],
        [
          'PATCH',
          `${PODS}/p/status?fieldManager=k`,
          { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, status: { phase: 'Running' } },
          APPLY,
        ],
      ],
      [
        'k Apply/status: .status.phase',
        'one Apply: .spec.containers[name="m"] .spec.containers[name="m"].image .spec.containers[name="m"].name',
      ],
    ],
    [
      'that scale own the replicas, whoever had them',
      [
        ['PATCH', `${DEPLOYMENTS}/d?fieldManager=one`, deployment({ replicas: 1 }), APPLY],
        ['PATCH', `${DEPLOYMENTS}/d/scale?fieldManager=two`, { spec: { replicas: 2 } }, MERGE],
        ['PATCH', `${DEPLOYMENTS}/d?fieldManager=one`, deployment({ replicas: 1 }), APPLY],
      ],
      ['Apply failed with 1 conflict: conflict with "two" with subresource "scale" using apps/v1: .spec.replicas'],
    ],
    [
      'are forgotten on demand, and only tracked again from the next apply on',
      [
        applied('one', { a: '1' }),
        merged('two', { metadata: { managedFields: [{}] } }),
        merged('two', { data: { b: '1' } }),
        applied('three', { c: '1' }),
      ],
      ['three Apply: .data.c', 'before-first-apply Update: .data .data.a .data.b'],
    ],
    [
      'may be set by who knows them',
      [
        applied('one', { a: '1' }),
        merged('two', {
          metadata: {
            managedFields: [
              {
                manager: 'x',
                operation: 'Apply',
                apiVersion: 'v1',
                fieldsType: 'FieldsV1',
                fieldsV1: { 'f:data': { 'f:a': {} } },
              },
            ],
          },
        }),
      ],
      ['x Apply: .data.a'],
    ],
    [
      'that apply cannot name themselves in the configuration',
      [applied('one', { a: '1' }, { managedFields: [] as unknown as Json })],
      ['metadata.managedFields must be nil'],
    ],
    [
      'must apply the kind of the path',
      [['PATCH', `${CONFIG}/c?fieldManager=one`, { apiVersion: 'v1', kind: 'Pod' }, APPLY]],
      ['invalid object type: /v1, Kind=Pod'],
    ],
    [
      'must have a name to apply',
      [['PATCH', `${CONFIG}/c`, config({}), APPLY]],
      ['PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    ],
    [
      'of several versions of a kind take from each other',
      [
        ['PATCH', `${HPA2}/h?fieldManager=two`, hpa('autoscaling/v2', 5), APPLY],
        ['PATCH', `${HPA1}/h?fieldManager=one`, { spec: { maxReplicas: 7 } }, MERGE],
      ],
      [
        'two Apply: .spec.scaleTargetRef.apiVersion .spec.scaleTargetRef.kind .spec.scaleTargetRef.name',
        'one Update: .spec.maxReplicas',
      ],
    ],
  ])('%s', (_what, steps, result) => {
    expect(told(steps)).toEqual(result);
  });

  it('of updates are no more than ten: the oldest become one', () => {
    const rig = new Rig();
    rig.ask('POST', `${CONFIG}?fieldManager=m0`, config({ k0: '' }));
    for (let one = 1; one < 12; one++) {
      rig.ask('PATCH', `${CONFIG}/c?fieldManager=m${one}`, { data: { [`k${one}`]: '' } }, MERGE);
    }
    const lines = owners(rig.ask('GET', `${CONFIG}/c`).body);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('ancient-changes Update: .data .data.k0 .data.k1 .data.k10');
  });
});

function hpa(apiVersion: string, maxReplicas: number): Json {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
  return {
    apiVersion,
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'h' },
    spec: { maxReplicas, scaleTargetRef },
  };
}

describe('an apply', () => {
  const apply = (rig: Rig, manager: string, body: Json, target = `${CONFIG}/c`) =>
    rig.ask('PATCH', `${target}?fieldManager=${manager}`, body, APPLY);
  const dataOf = (body: Json): Json => (body as { data: Json }).data;

  it('creates what is not there, and takes away what its manager names no more and nobody else has', () => {
    const rig = new Rig();
    expect(apply(rig, 'one', config({ a: '1', b: '1' })).code).toBe(201);
    expect(apply(rig, 'two', config({ b: '1', c: '1' })).code).toBe(200);
    expect(dataOf(apply(rig, 'one', config({})).body)).toEqual({ b: '1', c: '1' });
    expect(dataOf(apply(rig, 'two', config({ c: '1' })).body)).toEqual({ c: '1' });
  });

  it('that changes nothing keeps the revision and the times', () => {
    const rig = new Rig();
    const first = apply(rig, 'one', config({ a: '1' })).body;
    rig.clock.moveTo(rig.clock.nowMs + 60_000);
    expect(apply(rig, 'one', config({ a: '1' })).body).toEqual(first);
  });

  it('keeps the order of the configuration, and others where they stand', () => {
    const rig = new Rig();
    const names = (body: Json): string[] =>
      (
        body as unknown as { spec: { template: { spec: { containers: { name: string }[] } } } }
      ).spec.template.spec.containers.map(({ name }) => name);
    const of = (...containers: string[]): Json =>
      deployment({
        template: {
          metadata: { labels: { app: 'd' } },
          spec: { containers: containers.map((name) => ({ name, image: 'x' })) },
        },
      });
    apply(rig, 'one', of('a', 'b', 'c'), `${DEPLOYMENTS}/d`);
    apply(rig, 'two', of('x', 'a'), `${DEPLOYMENTS}/d`);
    expect(names(rig.ask('GET', `${DEPLOYMENTS}/d`).body)).toEqual(['x', 'a', 'b', 'c']);
    expect(names(apply(rig, 'one', of('c', 'b', 'a'), `${DEPLOYMENTS}/d`).body)).toEqual(['x', 'c', 'b', 'a']);
  });

  it('of kubectl takes over what its client-side apply has left, and keeps its annotation up to date', () => {
    const rig = new Rig();
    const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
    const left = config({ a: '1' }, { annotations: { [annotation]: JSON.stringify(config({ a: '1' })) } });
    rig.ask('POST', `${CONFIG}?fieldManager=kubectl-client-side-apply`, left);
    const { code, body } = apply(rig, 'kubectl', config({ a: '2' }));
    expect(code).toBe(200);
    const { annotations } = (body as unknown as { metadata: { annotations: Record<string, string> } }).metadata;
    expect(JSON.parse(annotations[annotation]!)).toEqual(config({ a: '2' }));
    rig.ask('PATCH', `${CONFIG}/c?fieldManager=other`, { data: { a: '3' } }, MERGE);
    expect(apply(rig, 'kubectl', config({ a: '2' })).code).toBe(409);
  });

  it.each<[what: string, body: Json, words: string]>([
    [
      'a number where a text belongs',
      config({ a: 1 as unknown as string }),
      '.data.a: expected string, got &value.valueUnstructured{Value:1}',
    ],
    ['a text where a map belongs', { ...(config({}) as object), data: 'x' }, '.data: expected map, got &{x}'],
    ['an unknown field', { ...(config({}) as object), dat: {} }, '.dat: field not declared in schema'],
  ])('refuses %s', (_what, body, words) => {
    const subject = 'failed to create typed patch object (/c; /v1, Kind=ConfigMap): ';
    expect((apply(new Rig(), 'one', body).body as { message: string }).message).toBe(subject + words);
  });

  it('warns of keys that are given twice, or refuses them', () => {
    const rig = new Rig();
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: "1"\n  a: "2"\n';
    const words = 'error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "a" already set in map';
    expect(rig.say('PATCH', `${CONFIG}/c?fieldManager=one&fieldValidation=Strict`, text, APPLY)).toBe(
      `400 error strict decoding patch: ${words}`,
    );
    expect(rig.ask('PATCH', `${CONFIG}/c?fieldManager=one`, text, APPLY).warnings).toEqual([words]);
  });
});

describe('noted writes', () => {
  const DATA = ['a', 'b', 'c'];

  /** One of many writes to the object. */
  function write(rig: Rig, random: ReturnType<typeof seedRandom>): void {
    const manager = `m${nextBelow(random, 4)}`;
    const data = Object.fromEntries(DATA.slice(nextBelow(random, 4)).map((key) => [key, `${nextBelow(random, 3)}`]));
    const drop = DATA[nextBelow(random, DATA.length)]!;
    switch (nextBelow(random, 5)) {
      case 0:
        rig.ask('PATCH', `${CONFIG}/c?fieldManager=${manager}&force=true`, config(data), APPLY);
        break;
      case 1:
        rig.ask('PUT', `${CONFIG}/c?fieldManager=${manager}`, config(data, { labels: { l: manager } }));
        break;
      case 2:
        rig.server
          .clientFor(manager)
          .patch('configmaps', 'lab', 'c', (now) => ({ ...now, data: { ...now.data, ...data } }));
        break;
      default:
        rig.ask('PATCH', `${CONFIG}/c?fieldManager=${manager}`, { data: { ...data, [drop]: null } }, MERGE);
    }
  }

  it.each(Array.from({ length: 20 }, (_item, seed) => seed))(
    'give what computing at each write gives: seed %i',
    (seed) => {
      const run = (reads: boolean): Json => {
        const rig = new Rig();
        const random = seedRandom(seed, 'writes');
        rig.ask('POST', `${CONFIG}?fieldManager=m0`, config({ a: '0' }));
        for (let count = 0; count < 40; count++) {
          rig.clock.moveTo(rig.clock.nowMs + 1000 * nextBelow(random, 3));
          write(rig, random);
          if (reads) rig.ask('GET', `${CONFIG}/c`);
        }
        return rig.ask('GET', `${CONFIG}/c`).body;
      };
      expect(run(false)).toEqual(run(true));
    },
  );

  it.each(Array.from({ length: 20 }, (_item, seed) => seed))('of a status do so too: seed %i', (seed) => {
    const TYPES = ['Ready', 'Initialized', 'PodScheduled'];
    const run = (reads: boolean): Json => {
      const rig = new Rig();
      const random = seedRandom(seed, 'status');
      rig.ask('POST', `${PODS}?fieldManager=m0`, pod({ name: 'm', image: 'a' }));
      for (let count = 0; count < 60; count++) {
        rig.clock.moveTo(rig.clock.nowMs + 1000 * nextBelow(random, 3));
        const text = (): string => `${nextBelow(random, 2)}`;
        const conditions = TYPES.slice(nextBelow(random, 8) === 0 ? 1 : 0).map((type) => ({
          type,
          status: text(),
          ...(nextBelow(random, 6) === 0 ? {} : { message: text() }),
        }));
        const odd = nextBelow(random, 4);
        const rest = odd === 0 ? { podIPs: null, reason: text() } : { podIPs: [{ ip: text() }], reason: text() };
        const status = { phase: 'Running', conditions: odd === 1 ? null : conditions, ...rest } as object;
        const client = rig.server.clientFor(`m${nextBelow(random, 10) === 0 ? 2 : 1}`);
        client.patch('pods', 'lab', 'p', (now) => ({ ...now, status: { ...now.status, ...status } }), 'status');
        if (reads) rig.ask('GET', `${PODS}/p`);
      }
      return rig.ask('GET', `${PODS}/p`).body;
    };
    expect(run(false)).toEqual(run(true));
  });

  it('do not grow while a heart beats', () => {
    const rig = new Rig();
    const leases = '/apis/coordination.k8s.io/v1/namespaces/lab/leases';
    const client = rig.server.clientFor('kubelet/x', 'kubelet');
    rig.ask('POST', leases, { metadata: { name: 'x' }, spec: { holderIdentity: 'x' } });
    for (let beat = 0; beat < 100; beat++) {
      const renewTime = `2026-01-01T00:00:${String(beat % 60).padStart(2, '0')}.000000Z`;
      client.patch('leases', 'lab', 'x', (now) => ({ ...now, spec: { ...now.spec, renewTime } }));
    }
    expect((rig.store.get('leases', 'lab/x')!.metadata.managedFields as { depth: number }).depth).toBe(2);
    expect(owners(rig.ask('GET', `${leases}/x`).body)).toEqual([
      'kubelet Update: .spec.renewTime',
      'test Update: .spec.holderIdentity',
    ]);
  });

  it('are the same for all that a manager makes of one template in a second', () => {
    const rig = new Rig();
    const client = rig.server.clientFor('replicaset-controller', 'kube-controller-manager');
    rig.ask('POST', DEPLOYMENTS, deployment({}));
    const { template } = (rig.store.get('deployments', 'lab/d') as Deployment).spec;
    const made = ['one', 'two', 'three'].map((name) => {
      if (name === 'three') rig.clock.moveTo(rig.clock.nowMs + 1000);
      const metadata = { name, namespace: 'lab', labels: template.metadata!.labels };
      return client.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec } as never);
    });
    const [one, two, three] = made.map(({ metadata }) => metadata.managedFields);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
    const read = made.map(({ metadata }) => owners(rig.ask('GET', `${PODS}/${metadata.name}`).body));
    expect(read[2]).toEqual(read[0]);
    expect(read[0]![0]).toMatch(/^kube-controller-manager Update: .*\.metadata\.labels\.app .*spec/);
  });

  it('know nothing of what the server itself changes: an eviction spends of a budget', () => {
    const rig = new Rig();
    const budgets = '/apis/policy/v1/namespaces/lab/poddisruptionbudgets';
    rig.ask('POST', `${PODS}?fieldManager=m0`, {
      ...(pod({ name: 'm', image: 'a' }) as object),
      metadata: POD_METADATA,
    });
    rig.ask('POST', `${budgets}?fieldManager=m0`, {
      metadata: { name: 'b' },
      spec: { minAvailable: 0, selector: { matchLabels: POD_METADATA.labels } },
    });
    const status = {
      disruptionsAllowed: 1,
      currentHealthy: 1,
      desiredHealthy: 0,
      expectedPods: 1,
      observedGeneration: 1,
    };
    rig.server
      .clientFor('disruption-controller')
      .patch('poddisruptionbudgets', 'lab', 'b', (now) => ({ ...now, status }) as never, 'status');
    const before = owners(rig.ask('GET', `${budgets}/b`).body);
    const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    rig.server.clientFor('kubelet').patch('pods', 'lab', 'p', (now) => ({ ...now, status: ready }) as never, 'status');
    rig.server.clientFor('kubectl').evict('lab', 'p');
    const { body } = rig.ask('GET', `${budgets}/b`);
    expect((body as unknown as { status: object }).status).toMatchObject({ disruptionsAllowed: 0 });
    expect(owners(body)).toEqual(before);
  });
});
