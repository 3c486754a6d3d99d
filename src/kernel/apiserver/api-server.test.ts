import { describe, expect, it } from 'vitest';
import type { Json, Pod } from '../../api/objects';
import { Rig } from './api-server.rig';
import { CONTAINER, DEFINITIONS, MANIFESTS } from './manifests.rig';

const PODS = '/api/v1/namespaces/lab/pods';
const CONFIG = '/api/v1/namespaces/lab/configmaps';
const MERGE = 'application/merge-patch+json';

const pod = (name: string, rest: Record<string, Json> = {}): Json => ({
  metadata: { name },
  spec: { containers: [CONTAINER], ...rest },
});
const metadataOf = (body: Json): Record<string, Json> => (body as { metadata: Record<string, Json> }).metadata;

/** What the server itself annotates. */
const SERVER_ANNOTATIONS: Readonly<Record<string, Record<string, string>>> = {
  '/apis/apps/v1/namespaces/lab/daemonsets': { 'deprecated.daemonset.template.generation': '1' },
};

describe('every kind', () => {
  it.each(Object.entries(MANIFESTS))('is created, read, changed, listed and deleted: %s', (path, manifest) => {
    const rig = new Rig();
    for (const [at, definition] of Object.entries(DEFINITIONS)) {
      if (at !== path) rig.ask('POST', at, definition);
    }
    const created = rig.ask('POST', path, manifest);
    expect(created.code).toBe(201);
    expect(rig.ask('GET', `${path}/x`).body).toEqual(created.body);
    const patched = rig.ask('PATCH', `${path}/x`, { metadata: { annotations: { note: 'b' } } }, MERGE);
    expect(metadataOf(patched.body)['annotations']).toEqual({ ...SERVER_ANNOTATIONS[path], note: 'b' });
    expect(rig.ask('PUT', `${path}/x`, patched.body).body).toEqual(patched.body);
    const { items } = rig.ask('GET', `${path}?labelSelector=team=ml`).body as { items: Json[] };
    expect(items).toHaveLength(1);
    expect(rig.ask('DELETE', `${path}/x?propagationPolicy=Background`).code).toBe(200);
    const left = rig.ask('GET', `${path}/x`);
    if (left.code === 200) expect(metadataOf(left.body)['deletionTimestamp']).toBeDefined();
    else expect(left.code).toBe(404);
  });
});

describe('a write', () => {
  it('is refused where it is stale', () => {
    const rig = new Rig();
    const first = rig.ask('POST', CONFIG, { metadata: { name: 'c' } }).body;
    rig.ask('PATCH', `${CONFIG}/c`, { data: { a: '1' } }, MERGE);
    const stale = rig.say('PUT', `${CONFIG}/c`, { ...(first as object), data: { a: '2' } } as Json);
    expect(stale).toContain('409 Operation cannot be fulfilled on configmaps "c": the object has been modified');
  });

  it('that changes nothing keeps the revision', () => {
    const rig = new Rig();
    const before = rig.ask('POST', CONFIG, { metadata: { name: 'c' }, data: { a: '1' } }).body;
    expect(rig.ask('PATCH', `${CONFIG}/c`, { data: { a: '1' } }, MERGE).body).toEqual(before);
    expect(rig.ask('PUT', `${CONFIG}/c`, { metadata: { name: 'c' }, data: { a: '1' } }).body).toEqual(before);
  });

  it('moves the generation where the spec changes', () => {
    const rig = new Rig();
    const path = '/apis/apps/v1/namespaces/lab/deployments';
    rig.ask('POST', path, MANIFESTS[path]!);
    const generation = (body: Json): Json => metadataOf(rig.ask('PATCH', `${path}/x`, body, MERGE).body)['generation']!;
    expect(generation({ metadata: { labels: { a: 'b' } } })).toBe(1);
    expect(generation({ status: { replicas: 3 } })).toBe(1);
    expect(generation({ spec: { replicas: 3 } })).toBe(2);
  });

  it('leaves no trace where it is refused or only tried', () => {
    const rig = new Rig();
    const before = rig.hash;
    expect(rig.ask('POST', `${PODS}?dryRun=All`, pod('a')).code).toBe(201);
    expect(rig.ask('POST', PODS, pod('Bad Name')).code).toBe(422);
    expect(rig.ask('POST', PODS, { spec: 1 }).code).toBe(400);
    expect(rig.ask('POST', '/api/v1/namespaces/gone/pods', pod('a')).code).toBe(404);
    expect(rig.hash).toBe(before);
  });

  it('makes up names', () => {
    const rig = new Rig();
    const { name } = metadataOf(rig.ask('POST', CONFIG, { metadata: { generateName: 'run-' } }).body);
    expect(name).toMatch(/^run-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('records its cause', () => {
    const rig = new Rig();
    rig.server.handle(
      { method: 'POST', path: CONFIG, body: { metadata: { name: 'c' } } },
      { actor: 'kubectl', input: 4 },
    );
    expect(rig.store.causes.row(rig.store.revision)).toMatchObject({
      actor: 'kubectl',
      input: 4,
      verb: 'create',
      key: 'lab/c',
    });
  });
});

describe('unknown fields', () => {
  const body = { metadata: { name: 'p' }, spec: { containers: [{ ...CONTAINER, imagee: 'x' }] } };

  it('are refused, told or ignored', () => {
    const rig = new Rig();
    expect(rig.say('POST', `${PODS}?fieldValidation=Strict`, body)).toBe(
      '400 Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].imagee"',
    );
    expect(rig.ask('POST', `${PODS}?dryRun=All`, body).warnings).toEqual(['unknown field "spec.containers[0].imagee"']);
    expect(rig.ask('POST', `${PODS}?dryRun=All&fieldValidation=Ignore`, body).warnings).toBeUndefined();
  });
});

describe('a body', () => {
  it('is refused where it is too large, too deep, or of an unknown type', () => {
    const rig = new Rig();
    const large = JSON.stringify({ metadata: { name: 'c' }, data: { a: 'x'.repeat(4 * 1024 * 1024) } });
    expect(rig.say('POST', CONFIG, large)).toBe('413 Request entity too large: limit is 3145728');
    const deep = `{"metadata":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    expect(rig.say('POST', CONFIG, deep)).toContain(
      '400 the object provided is unrecognized (must be of type ConfigMap)',
    );
    expect(rig.say('POST', CONFIG, '{}', 'text/plain')).toContain(
      '415 the body of the request was in an unknown format',
    );
    expect(rig.say('POST', CONFIG, '[]')).toContain(
      'json: cannot unmarshal array into Go value of type struct { APIVersion string',
    );
    expect(rig.say('POST', CONFIG, '{"a"')).toBe(
      '400 the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"a")',
    );
  });

  it('can be YAML', () => {
    const rig = new Rig();
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: "1"\n';
    expect(rig.ask('POST', CONFIG, yaml, 'application/yaml').body).toMatchObject({ data: { a: '1' } });
  });

  it('may have keys that every object inherits', () => {
    const rig = new Rig();
    rig.ask('POST', CONFIG, '{"metadata":{"name":"c"},"data":{"__proto__":"x","constructor":"y"},"__proto__":{"z":1}}');
    expect(JSON.stringify((rig.ask('GET', `${CONFIG}/c`).body as { data: Json }).data)).toBe(
      '{"__proto__":"x","constructor":"y"}',
    );
  });
});

describe('deletion', () => {
  it('of a Pod on a node waits for its kubelet', () => {
    const rig = new Rig();
    rig.ask('POST', PODS, pod('p', { nodeName: 'n1' }));
    const { body } = rig.ask('DELETE', `${PODS}/p`);
    expect(metadataOf(body)).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    });
    expect(metadataOf(rig.ask('DELETE', `${PODS}/p?gracePeriodSeconds=5`).body)['deletionTimestamp']).toBe(
      '2026-01-01T00:00:05Z',
    );
    rig.server.clientFor('kubelet/n1').remove('pods', 'lab', 'p', { gracePeriodSeconds: 0 });
    expect(rig.ask('GET', `${PODS}/p`).code).toBe(404);
  });

  it('of a Pod without a node is immediate', () => {
    const rig = new Rig();
    rig.ask('POST', PODS, pod('p'));
    expect(rig.ask('DELETE', `${PODS}/p`).code).toBe(200);
    expect(rig.ask('GET', `${PODS}/p`).code).toBe(404);
  });

  it.each([
    ['v1', 200],
    ['rbac.authorization.k8s.io/v1', 200],
    ['nosuch.example/v1', 400],
  ])('takes its options in whatever version the server has: %s', (apiVersion, code) => {
    const rig = new Rig();
    rig.ask('POST', CONFIG, { metadata: { name: 'c' } });
    const options = { apiVersion, kind: 'DeleteOptions', propagationPolicy: 'Background' };
    expect(rig.ask('DELETE', `${CONFIG}/c`, options).code).toBe(code);
  });

  it('waits for finalizers', () => {
    const rig = new Rig();
    rig.ask('POST', CONFIG, { metadata: { name: 'c', finalizers: ['example.com/keep'] } });
    expect(metadataOf(rig.ask('DELETE', `${CONFIG}/c`).body)['deletionTimestamp']).toBe('2026-01-01T00:00:00Z');
    expect(
      rig.say('PATCH', `${CONFIG}/c`, { metadata: { finalizers: ['example.com/keep', 'example.com/more'] } }, MERGE),
    ).toContain('no new finalizers can be added if the object is being deleted');
    rig.ask('PATCH', `${CONFIG}/c`, { metadata: { finalizers: null } }, MERGE);
    expect(rig.ask('GET', `${CONFIG}/c`).code).toBe(404);
  });

  it('of a Job says what becomes of its Pods', () => {
    const rig = new Rig();
    const path = '/apis/batch/v1/namespaces/lab/jobs';
    rig.ask('POST', path, MANIFESTS[path]!);
    const { body, warnings } = rig.ask('DELETE', `${path}/x`);
    expect(metadataOf(body)['finalizers']).toEqual(['orphan']);
    expect(warnings?.[0]).toContain('child pods are preserved by default when jobs are deleted');
  });

  it('of a namespace refuses new content', () => {
    const rig = new Rig();
    rig.ask('DELETE', '/api/v1/namespaces/lab');
    expect(rig.say('POST', CONFIG, { metadata: { name: 'c' } })).toBe(
      '403 configmaps "c" is forbidden: unable to create new content in namespace lab because it is being terminated',
    );
    expect(rig.say('DELETE', '/api/v1/namespaces/default')).toBe(
      '403 namespaces "default" is forbidden: this namespace may not be deleted',
    );
  });
});

describe('subresources of Pods', () => {
  it('bind and evict', () => {
    const rig = new Rig();
    rig.ask('POST', '/api/v1/nodes', { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'a' } } });
    rig.ask('POST', PODS, pod('p'));
    const binding = { target: { kind: 'Node', name: 'n1' } };
    expect(rig.ask('POST', `${PODS}/p/binding`, binding).code).toBe(201);
    const bound = rig.ask('GET', `${PODS}/p`).body as unknown as Pod;
    expect(bound.spec.nodeName).toBe('n1');
    expect(bound.metadata.labels).toEqual({ 'topology.kubernetes.io/zone': 'a' });
    expect(bound.status.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
    expect(rig.say('POST', `${PODS}/p/binding`, binding)).toContain('pod p is already assigned to node "n1"');
    expect(rig.ask('POST', `${PODS}/p/eviction`, { metadata: { name: 'p' } }).code).toBe(201);
    expect((rig.ask('GET', `${PODS}/p`).body as unknown as Pod).status.conditions).toContainEqual(
      expect.objectContaining({ type: 'DisruptionTarget', reason: 'EvictionByEvictionAPI' }),
    );
  });

  it('read logs where somebody keeps them', () => {
    const rig = new Rig();
    rig.server.logs = {
      read: (_namespace, name, container, previous) => (previous ? undefined : `${name}/${container}\n`),
    };
    rig.ask('POST', PODS, pod('p'));
    expect(rig.ask('GET', `${PODS}/p/log`).code).toBe(204);
    rig.ask('POST', PODS, pod('q', { nodeName: 'n1' }));
    expect(rig.ask('GET', `${PODS}/q/log`)).toMatchObject({ code: 200, body: 'q/main\n' });
    expect(rig.say('GET', `${PODS}/q/log?previous=true`)).toBe(
      '400 previous terminated container "main" in pod "q" not found',
    );
    expect(rig.say('GET', `${PODS}/q/log?container=nope`)).toBe('400 container nope is not valid for pod q');
  });

  it('scale a Deployment', () => {
    const rig = new Rig();
    const path = '/apis/apps/v1/namespaces/lab/deployments';
    rig.ask('POST', path, MANIFESTS[path]!);
    expect(rig.ask('GET', `${path}/x/scale`).body).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 1 },
      status: { selector: 'app=web' },
    });
    rig.ask('PUT', `${path}/x/scale`, { metadata: { name: 'x' }, spec: { replicas: 4 } });
    rig.ask('PATCH', `${path}/x/scale`, { spec: { replicas: 5 } }, MERGE);
    expect(rig.ask('GET', `${path}/x`).body).toMatchObject({ spec: { replicas: 5 }, metadata: { generation: 3 } });
    expect(rig.say('PUT', `${path}/x/scale`, { metadata: { name: 'x' }, spec: { replicas: -1 } })).toContain(
      'spec.replicas: Invalid value: -1',
    );
  });
});
