import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

const REGISTRATION = '/apis/admissionregistration.k8s.io/v1';
const CONFIG_MAPS = '/api/v1/namespaces/lab/configmaps';
const PODS = '/api/v1/namespaces/lab/pods';

const named = (name: string, rest: object): Json => ({ metadata: { name }, ...rest }) as Json;
const rule = (resource: string): object => ({
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: [resource],
});
const apply = (expression: string): object => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patch = (expression: string): object => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

function add(rig: Rig, name: string, resource: string, spec: object, bound: object = {}): void {
  const whole = { matchConstraints: { resourceRules: [rule(resource)] }, reinvocationPolicy: 'Never', ...spec };
  expect(rig.say('POST', `${REGISTRATION}/mutatingadmissionpolicies`, named(name, { spec: whole }))).toMatch(/^201/);
  const binding = named(name, { spec: { policyName: name, ...bound } });
  expect(rig.say('POST', `${REGISTRATION}/mutatingadmissionpolicybindings`, binding)).toMatch(/^201/);
}

function withPolicy(resource: string, spec: object, bound: object = {}): Rig {
  const rig = new Rig();
  add(rig, 'p', resource, spec, bound);
  return rig;
}

const made = (rig: Rig, path: string, body: Json): Record<string, unknown> =>
  rig.ask('POST', path, body).body as unknown as Record<string, unknown>;
const map = (data: object = { a: '1' }): Json => named('x', { data });
const pod = named('x', { spec: { containers: [{ name: 'main', image: 'nginx' }] } });
const DENIED = "policy 'p' with binding 'p' denied request:";

describe('ApplyConfiguration', () => {
  test('is laid over the object, part by part, and defaulted', () => {
    const sidecar = "Object.spec.initContainers{name: 'mesh', image: 'mesh:1', restartPolicy: 'Always'}";
    const mutations = [
      apply(
        `Object{metadata: Object.metadata{labels: {'team': request.namespace}}, spec: Object.spec{initContainers: [${sidecar}]}}`,
      ),
      apply(
        "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'main', image: object.spec.containers[0].image + ':1.27'}]}}",
      ),
    ];
    expect(made(withPolicy('pods', { mutations }), PODS, pod)).toMatchObject({
      metadata: { name: 'x', labels: { team: 'lab' } },
      spec: {
        initContainers: [{ name: 'mesh', restartPolicy: 'Always', imagePullPolicy: 'IfNotPresent' }],
        containers: [{ name: 'main', image: 'nginx:1.27', terminationMessagePath: '/dev/termination-log' }],
      },
    });
  });

  test.each<[expression: string, why: string]>([
    [
      'Object{spec: Object.spec{bogus: 1}}',
      'error applying patch: failed to convert patch object to typed object: .spec.bogus: field not declared in schema',
    ],
    [
      "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'main', command: ['a']}]}}",
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.containers[0].command',
    ],
    [
      'Object{spec: Object.wrong{}}',
      'type mismatch: unexpected type name "Object.wrong", expected "Object.spec", which matches field name path from root Object type',
    ],
    [
      "Object{metadata: Object.metadata{labels: {'a': object.spec.none}}}",
      "expression 'Object{metadata: Object.metadata{labels: {'a': object.spec.none}}}' resulted in error: no such key: none",
    ],
  ])('%s is refused', (expression, why) => {
    const rig = withPolicy('pods', { mutations: [apply(expression)] });
    const before = rig.hash;
    const { code, body } = rig.ask('POST', PODS, pod);
    const message = `${DENIED} ${why}`;
    expect([code, body]).toEqual([403, expect.objectContaining({ message, reason: 'Invalid' })]);
    expect(body).toMatchObject({ details: { name: 'x', kind: 'pods', causes: [{ message }] } });
    expect(rig.hash).toBe(before);
    const ignoring = withPolicy('pods', { mutations: [apply(expression)], failurePolicy: 'Ignore' });
    expect(ignoring.ask('POST', PODS, pod).code).toBe(201);
  });
});

describe('JSONPatch', () => {
  test.each<[expression: string, data: object]>([
    ["[JSONPatch{op: 'add', path: '/data/b', value: object.data.a + '2'}]", { a: '1', b: '12' }],
    ["[JSONPatch{op: 'replace', path: '/data', value: {'c': '3'}}]", { c: '3' }],
    ["[JSONPatch{op: 'move', from: '/data/a', path: '/data/d'}]", { d: '1' }],
    ["[JSONPatch{op: 'add', path: '/data/' + jsonpatch.escapeKey('e.f'), value: ''}]", { a: '1', 'e.f': '' }],
    ["[JSONPatch{op: 'test', path: '/data/a', value: '2'}, JSONPatch{op: 'remove', path: '/data/a'}]", { a: '1' }],
    ["object.data.a == '1' ? [JSONPatch{op: 'remove', path: '/data/a'}] : []", {}],
  ])('%s', (expression, data) => {
    const rig = withPolicy('configmaps', { mutations: [patch(expression)] });
    expect((made(rig, CONFIG_MAPS, map())['data'] ?? {}) as object).toEqual(data);
  });

  test.each<[expression: string, answer: string]>([
    ["[JSONPatch{op: 'remove', path: '/data/none'}]", `403 ${DENIED} JSON Patch: `],
    ["[JSONPatch{op: 'add', path: '/data/b', value: 1}]", '500 Internal error occurred: json: cannot unmarshal number'],
    [
      "[JSONPatch{op: 'add', path: '/bogus', value: 1}]",
      '500 Internal error occurred: strict decoding error: unknown field "bogus"',
    ],
  ])('%s is refused', (expression, answer) => {
    const rig = withPolicy('configmaps', { mutations: [patch(expression)] });
    expect(rig.say('POST', CONFIG_MAPS, map())).toContain(answer);
  });

  test('cannot make another object of it', () => {
    const expression =
      "[JSONPatch{op: 'replace', path: '/metadata/name', value: 'other'}, JSONPatch{op: 'replace', path: '/metadata/uid', value: 'u'}, JSONPatch{op: 'replace', path: '/kind', value: 'Secret'}]";
    const object = made(withPolicy('configmaps', { mutations: [patch(expression)] }), CONFIG_MAPS, map());
    expect(object).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'x' } });
    expect((object['metadata'] as { uid: string }).uid).not.toBe('u');
  });
});

const count = "[JSONPatch{op: 'replace', path: '/data/a', value: object.data.a + 'P'}]";

describe('who is changed', () => {
  test.each<[about: string, spec: object, bound: object, changed: boolean]>([
    ['a condition that holds', { matchConditions: [{ name: 'c', expression: "object.data.a == '1'" }] }, {}, true],
    ['one that does not', { matchConditions: [{ name: 'c', expression: "request.operation == 'UPDATE'" }] }, {}, false],
    ['other labels', {}, { matchResources: { objectSelector: { matchLabels: { a: 'b' } } } }, false],
    ['other namespaces', {}, { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } }, false],
    ['another policy', {}, { policyName: 'q' }, false],
    [
      'a variable',
      {
        variables: [{ name: 'v', expression: 'object.data.a' }],
        mutations: [patch(count.replace('object.data.a', 'variables.v'))],
      },
      {},
      true,
    ],
  ])('%s', (_about, spec, bound, changed) => {
    const rig = withPolicy('configmaps', { mutations: [patch(count)], ...spec }, bound);
    expect(made(rig, CONFIG_MAPS, map())['data']).toEqual({ a: changed ? '1P' : '1' });
  });

  test('updates and patches too, dry or not, and what the validating see', () => {
    const rig = withPolicy('configmaps', { mutations: [patch(count)] });
    const validation = { expression: "object.data.a.endsWith('P')" };
    const spec = { matchConstraints: { resourceRules: [rule('configmaps')] }, validations: [validation] };
    rig.ask('POST', `${REGISTRATION}/validatingadmissionpolicies`, named('v', { spec }));
    const bound = { policyName: 'v', validationActions: ['Deny'] };
    rig.ask('POST', `${REGISTRATION}/validatingadmissionpolicybindings`, named('v', { spec: bound }));
    rig.ask('POST', CONFIG_MAPS, map());
    expect(rig.ask('PUT', `${CONFIG_MAPS}/x?dryRun=All`, map({ a: '3' })).body).toMatchObject({ data: { a: '3P' } });
    expect(rig.ask('PUT', `${CONFIG_MAPS}/x`, map({ a: '2' })).body).toMatchObject({ data: { a: '2P' } });
    const merged = rig.ask('PATCH', `${CONFIG_MAPS}/x`, { data: { b: '1' } }, 'application/merge-patch+json');
    expect(merged.body).toMatchObject({ data: { a: '2PP', b: '1' } });
  });

  test('not what says who is changed', () => {
    const rig = withPolicy('*', { mutations: [patch("[JSONPatch{op: 'remove', path: '/spec'}]")] });
    expect(rig.ask('DELETE', `${REGISTRATION}/mutatingadmissionpolicies/p`).code).toBe(200);
  });
});

test('parameters are given to each, of kinds that the cluster defines too', () => {
  const rig = new Rig();
  const schema = { openAPIV3Schema: { type: 'object', properties: { suffix: { type: 'string' } } } };
  rig.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'marks.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'marks', singular: 'mark', kind: 'Mark', listKind: 'MarkList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  });
  for (const suffix of ['A', 'B'])
    rig.ask('POST', '/apis/example.com/v1/namespaces/lab/marks', {
      apiVersion: 'example.com/v1',
      kind: 'Mark',
      metadata: { name: suffix.toLowerCase(), labels: { mine: 'yes' } },
      suffix,
    });
  const paramKind = { apiVersion: 'example.com/v1', kind: 'Mark' };
  const mutations = [patch(count.replace("'P'", 'params.suffix'))];
  const selector = { matchLabels: { mine: 'yes' } };
  add(rig, 'p', 'configmaps', { paramKind, mutations }, { paramRef: { selector, parameterNotFoundAction: 'Deny' } });
  expect(made(rig, CONFIG_MAPS, map())['data']).toEqual({ a: '1AB' });
  const missing = rig.say('POST', '/api/v1/namespaces/default/configmaps', map());
  expect(missing).toBe(
    `403 ${DENIED} failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
  );
});

describe('reinvocation', () => {
  const second = "[JSONPatch{op: 'replace', path: '/data/a', value: object.data.a + 'Q'}]";

  test.each<[first: string, then: string, result: string]>([
    ['Never', 'Never', '1PQ'],
    ['IfNeeded', 'Never', '1PQP'],
    ['IfNeeded', 'IfNeeded', '1PQPQ'],
  ])('%s, %s: %s', (first, then, result) => {
    const rig = new Rig();
    add(rig, 'a', 'configmaps', { mutations: [patch(count)], reinvocationPolicy: first });
    add(rig, 'b', 'configmaps', { mutations: [patch(second)], reinvocationPolicy: then });
    expect(made(rig, CONFIG_MAPS, map())['data']).toEqual({ a: result });
  });

  test('other plugins see what policies have made', () => {
    const mutations = [apply("Object{spec: Object.spec{priorityClassName: 'high'}}")];
    const rig = withPolicy('pods', { mutations });
    rig.ask('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', named('high', { value: 7 }));
    expect(rig.say('POST', PODS, pod)).toMatch(/^403 .*the integer value of priority \(0\) must not be provided/);
    const limits = [{ type: 'Container', default: { cpu: '100m' } }];
    const other = withPolicy('pods', {
      mutations: [apply("Object{spec: Object.spec{containers: [Object.spec.containers{name: 'more', image: 'a'}]}}")],
    });
    other.ask('POST', '/api/v1/namespaces/lab/limitranges', named('l', { spec: { limits } }));
    const { containers } = made(other, PODS, pod)['spec'] as { containers: { name: string; resources: object }[] };
    expect(containers.map(({ name, resources }) => [name, resources])).toEqual(
      ['main', 'more'].map((name) => [name, { limits: { cpu: '100m' }, requests: { cpu: '100m' } }]),
    );
  });
});
