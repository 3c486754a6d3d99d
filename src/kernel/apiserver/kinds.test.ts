import { describe, expect, test } from 'vitest';
import type { Json } from '../../api/objects';
import { Rig } from './api-server.rig';

/** What the small kinds refuse, fill in and show, as upstream's strategies and validations do. */

const NETWORKING = '/apis/networking.k8s.io/v1';
const INGRESSES = `${NETWORKING}/namespaces/lab/ingresses`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ROLES = `${RBAC}/namespaces/lab/roles`;
const BINDINGS = `${RBAC}/namespaces/lab/rolebindings`;
const STORAGE = '/apis/storage.k8s.io/v1';
const ENDPOINTS = '/api/v1/namespaces/lab/endpoints';
const CONTROLLERS = '/api/v1/namespaces/lab/replicationcontrollers';
const RUNTIMES = '/apis/node.k8s.io/v1/runtimeclasses';

const named = (fields: object): Json => ({ metadata: { name: 'x' }, ...fields }) as Json;
const web = { service: { name: 'web', port: { number: 80 } } };
const ingress = (path: object): Json => named({ spec: { rules: [{ http: { paths: [path] } }] } });
const host = (text: string): Json =>
  named({ spec: { rules: [{ host: text, http: { paths: [{ path: '/', pathType: 'Prefix', backend: web }] } }] } });
const address = (one: object): Json => named({ subsets: [{ addresses: [one] }] });
const pod = { containers: [{ name: 'main', image: 'x' }] };
const controller = (spec: object, podSpec: object = {}): Json =>
  named({ spec: { template: { metadata: { labels: { a: 'b' } }, spec: { ...pod, ...podSpec } }, ...spec } });

describe('refused', () => {
  test.each<[path: string, body: Json, why: string]>([
    [INGRESSES, host('*.*.com'), `a wildcard DNS-1123 subdomain must start with '*.'`],
    [INGRESSES, ingress({ path: '/', backend: web }), 'pathType: Required value: pathType must be specified'],
    [
      INGRESSES,
      ingress({ path: 'a', pathType: 'Any', backend: web }),
      'pathType: Unsupported value: "Any": supported values: "Exact", "ImplementationSpecific", "Prefix"',
    ],
    [INGRESSES, ingress({ path: 'a', pathType: 'Exact', backend: web }), '"a": must be an absolute path'],
    [INGRESSES, ingress({ path: '/a/..', pathType: 'Exact', backend: web }), `cannot end with '/..'`],
    [
      INGRESSES,
      named({
        metadata: { name: 'x', annotations: { 'kubernetes.io/ingress.class': 'a' } },
        spec: { ingressClassName: 'b', defaultBackend: web },
      }),
      'annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are specified',
    ],
    [`${NETWORKING}/ingressclasses`, named({ spec: {} }), 'spec.controller: Required value'],
    [
      `${NETWORKING}/ingressclasses`,
      named({ spec: { controller: 'plain' } }),
      'must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    [
      `${NETWORKING}/ingressclasses`,
      named({ spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n', scope: 'Namespace' } } }),
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ],
    [
      `${NETWORKING}/servicecidrs`,
      named({ spec: { cidrs: ['10.0.0.0/8', '11.0.0.0/8'] } }),
      'may specify no more than one IP for each IP family',
    ],
    [`${NETWORKING}/ipaddresses`, named({ spec: {} }), 'metadata.name: Invalid value: "x": must be a valid IP address'],
    [
      ROLES,
      named({ rules: [{ verbs: ['get'] }] }),
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    ],
    [
      ROLES,
      named({ rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] }),
      'namespaced rules cannot apply to non-resource URLs',
    ],
    [
      BINDINGS,
      named({ roleRef: { kind: 'Roll', name: 'r' } }),
      'roleRef.kind: Unsupported value: "Roll": supported values: "Role", "ClusterRole"',
    ],
    [
      BINDINGS,
      named({ roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'Robot', name: 'r' }] }),
      'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"',
    ],
    [
      `${RBAC}/clusterrolebindings`,
      named({ roleRef: { kind: 'ClusterRole', name: 'r' }, subjects: [{ kind: 'ServiceAccount', name: 'd' }] }),
      'subjects[0].namespace: Required value',
    ],
    [
      `${STORAGE}/csidrivers`,
      named({ spec: { fsGroupPolicy: 'Some' } }),
      'spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", "ReadWriteOnceWithFSType"',
    ],
    [
      `${STORAGE}/csidrivers`,
      named({ spec: { tokenRequests: [{ audience: 'a', expirationSeconds: 1 }] } }),
      'may not specify a duration less than 10 minutes',
    ],
    [
      `${STORAGE}/namespaces/lab/csistoragecapacities`,
      named({ storageClassName: 'c', capacity: '-1Gi' }),
      'capacity: Invalid value: "-1Gi": must be greater than or equal to 0',
    ],
    [
      `${STORAGE}/volumeattributesclasses`,
      named({ driverName: 'd' }),
      'parameters: Required value: must contain at least one key/value pair',
    ],
    [RUNTIMES, named({ handler: 'Bad' }), 'handler: Invalid value: "Bad": a lowercase RFC 1123 label'],
    [
      ENDPOINTS,
      named({ subsets: [{}] }),
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    ],
    [ENDPOINTS, address({ ip: '::1' }), 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    [CONTROLLERS, controller({ selector: { c: 'd' } }), '`selector` does not match template `labels`'],
    [
      CONTROLLERS,
      controller({}, { activeDeadlineSeconds: 5 }),
      'activeDeadlineSeconds: Invalid value: 5: must not be specified',
    ],
  ])('%s %j', (path, body, why) => {
    const rig = new Rig();
    const before = rig.hash;
    expect(rig.say('POST', path, body)).toContain(why);
    expect(rig.hash).toBe(before);
  });
});

test.each<[path: string, body: Json, stored: object]>([
  [
    `${NETWORKING}/ingressclasses`,
    named({ spec: { controller: 'a.b/c', parameters: { kind: 'K', name: 'n' } } }),
    { spec: { parameters: { scope: 'Cluster' } } },
  ],
  [
    BINDINGS,
    named({ roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }] }),
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io' }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }] },
  ],
  [
    `${STORAGE}/csidrivers`,
    named({ spec: {} }),
    { metadata: { generation: 1 }, spec: { attachRequired: true, volumeLifecycleModes: ['Persistent'] } },
  ],
  [
    CONTROLLERS,
    controller({}),
    { metadata: { labels: { a: 'b' } }, spec: { replicas: 1, selector: { a: 'b' } }, status: { replicas: 0 } },
  ],
])('%s %j is completed', (path, body, stored) => {
  expect(new Rig().ask('POST', path, body)).toMatchObject({ code: 201, body: stored });
});

describe('an update', () => {
  test.each<[path: string, body: Json, patch: Json, why: string]>([
    [
      BINDINGS,
      named({ roleRef: { kind: 'Role', name: 'r' } }),
      { roleRef: { name: 's' } },
      'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"s"}: cannot change roleRef',
    ],
    [RUNTIMES, named({ handler: 'a' }), { handler: 'b' }, 'handler: Invalid value: "b": field is immutable'],
    [
      `${NETWORKING}/servicecidrs`,
      named({ spec: { cidrs: ['10.0.0.0/8'] } }),
      { spec: { cidrs: ['11.0.0.0/8'] } },
      'spec.cidrs[0]: Invalid value: "11.0.0.0/8": field is immutable',
    ],
    [
      ENDPOINTS,
      address({ ip: '10.0.0.1', nodeName: 'a' }),
      { subsets: [{ addresses: [{ ip: '10.0.0.1', nodeName: 'b' }] }] },
      'subsets[0].addresses[0].nodeName: Forbidden: Cannot change NodeName for 10.0.0.1 to b',
    ],
  ])('%s %j is refused', (path, body, patch, why) => {
    const rig = new Rig();
    rig.ask('POST', path, body);
    expect(rig.say('PATCH', `${path}/x`, patch, 'application/merge-patch+json')).toContain(why);
  });

  test('of a kind that has to be read first names the revision that was read', () => {
    const rig = new Rig();
    rig.ask('POST', RUNTIMES, named({ handler: 'a' }));
    expect(rig.say('PUT', `${RUNTIMES}/x`, named({ handler: 'a' }))).toBe(
      '422 runtimeclasses.node.k8s.io "x" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    );
  });
});

test.each<[path: string, body: Json, cells: Json[]]>([
  [
    INGRESSES,
    named({ spec: { defaultBackend: web, tls: [{ hosts: ['a.b'] }] } }),
    ['x', '<none>', '*', '', '80, 443', '0s'],
  ],
  [
    BINDINGS,
    named({
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [{ kind: 'ServiceAccount', name: 'd', namespace: 'lab' }],
    }),
    ['x', 'Role/r', '0s', '', '', 'lab/d'],
  ],
  [`${STORAGE}/csidrivers`, named({ spec: {} }), ['x', true, false, false, '<unset>', false, 'Persistent', '0s']],
  [
    ENDPOINTS,
    named({ subsets: [{ addresses: [{ ip: '2001:db8::1' }], ports: [{ port: 80 }] }] }),
    ['x', '[2001:db8::1]:80', '0s'],
  ],
])('%s %j as a row', (path, body, cells) => {
  const rig = new Rig();
  rig.ask('POST', path, body);
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const { body: table } = rig.server.handle({ method: 'GET', path: `${path}/x`, headers }, { actor: 'test' });
  expect((table as { rows: { cells: Json[] }[] }).rows[0]!.cells).toEqual(cells);
});

test.each([
  ['/apis/apps/v1/namespaces/lab/deployments', true],
  ['/apis/apps/v1/namespaces/lab/daemonsets', false],
  [CONTROLLERS, true],
])('a template at %s is warned of as a Pod is', (path, named) => {
  const env = [
    { name: 'A', value: '1' },
    { name: 'A', value: '2' },
  ];
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'main', image: 'x', env }] } };
  const selector = path === CONTROLLERS ? {} : { selector: { matchLabels: { a: 'b' } } };
  const body = { metadata: { name: 'a.b' }, spec: { template, ...selector } } as Json;
  const rig = new Rig();
  expect(rig.ask('POST', path, body).warnings).toEqual([
    ...(named ? [expect.stringContaining('this is used in Pod names and hostnames')] : []),
    'spec.template.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
  ]);
  const labels = { metadata: { labels: { c: 'd' } } };
  expect(rig.ask('PATCH', `${path}/a.b`, labels, 'application/merge-patch+json').warnings).toBeUndefined();
});

test('who uses Endpoints is told of what came after them, also where there are none', () => {
  const { code, warnings } = new Rig().ask('GET', `${ENDPOINTS}/ghost`);
  expect([code, warnings]).toEqual([
    404,
    ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  ]);
});

test.each([
  ['application/merge-patch+json', '{', '400 error decoding patch: unexpected end of JSON input'],
  ['application/strategic-merge-patch+json', '{', '400 unexpected end of JSON input'],
  [
    'application/strategic-merge-patch+json',
    '{"spec":{"replicas":"x"}}',
    '422  "" is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32',
  ],
  [
    'application/strategic-merge-patch+json',
    '{"spec":{"replicas":1.5}}',
    '422  "" is invalid: patch: Invalid value: "map[spec:map[replicas:1.5]]": cannot convert float64 to int32',
  ],
])('a patch of type %s that says %s is refused', (type, body, answer) => {
  const rig = new Rig();
  rig.ask('POST', CONTROLLERS, controller({}));
  expect(rig.say('PATCH', `${CONTROLLERS}/x`, body, type)).toBe(answer);
});
