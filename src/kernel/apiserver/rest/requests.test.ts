import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { UNBROKEN } from '../reach';
import { Rig } from '../api-server.rig';

/** Requests that are answered and not kept: reviews, tokens, connections, the health of components. */

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const AUTHENTICATION = '/apis/authentication.k8s.io/v1';
const LOCAL = `${AUTHORIZATION}/namespaces/lab/localsubjectaccessreviews`;
const TOKEN = '/api/v1/namespaces/lab/serviceaccounts/default/token';
const PODS = '/api/v1/namespaces/lab/pods';
const get = { resourceAttributes: { verb: 'get', resource: 'pods' } };
const container = { name: 'main', image: 'x', resources: { requests: { cpu: '100m' } } };

test.each<[path: string, spec: object, status: object]>([
  [`${AUTHORIZATION}/selfsubjectaccessreviews`, get, { allowed: true }],
  [`${AUTHORIZATION}/subjectaccessreviews`, { ...get, user: 'u' }, { allowed: true }],
  [LOCAL, { resourceAttributes: { namespace: 'lab' }, user: 'u' }, { allowed: true }],
  [
    `${AUTHORIZATION}/selfsubjectrulesreviews`,
    { namespace: 'lab' },
    { incomplete: false, nonResourceRules: [{ verbs: ['*'] }] },
  ],
  [`${AUTHENTICATION}/selfsubjectreviews`, {}, { userInfo: { username: 'kubernetes-admin' } }],
  [`${AUTHENTICATION}/tokenreviews`, { token: 'made.up.text' }, { error: '[invalid bearer token]' }],
])('%s %j is answered', (path, spec, status) => {
  const rig = new Rig();
  const before = rig.hash;
  expect(rig.ask('POST', path, { spec } as Json)).toMatchObject({ code: 201, body: { status } });
  expect(rig.hash).toBe(before);
});

test.each<[method: string, path: string, body: Json, answer: string]>([
  [
    'POST',
    `${AUTHORIZATION}/selfsubjectaccessreviews`,
    { spec: {} },
    '422 SelfSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
  ],
  [
    'POST',
    `${AUTHORIZATION}/subjectaccessreviews`,
    { spec: get } as Json,
    '422 SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
  ],
  [
    'POST',
    `${AUTHORIZATION}/subjectaccessreviews`,
    { metadata: { name: 'n' }, spec: { ...get, user: 'u' } } as Json,
    '422 SubjectAccessReview.authorization.k8s.io "" is invalid: metadata: Invalid value: {"name":"n"}: must be empty',
  ],
  [
    'POST',
    LOCAL,
    { spec: { ...get, user: 'u' } } as Json,
    '422 LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace',
  ],
  ['POST', `${AUTHORIZATION}/selfsubjectrulesreviews`, { spec: {} }, '400 no namespace on request'],
  [
    'GET',
    `${AUTHORIZATION}/selfsubjectaccessreviews`,
    null,
    '405 the server does not allow this method on the requested resource',
  ],
  [
    'POST',
    `${AUTHORIZATION}/localsubjectaccessreviews`,
    { spec: {} },
    '405 the server does not allow this method on the requested resource',
  ],
  ['POST', TOKEN.replace('default', 'ghost'), { spec: {} }, '404 serviceaccounts "ghost" not found'],
  [
    'POST',
    TOKEN,
    { spec: { expirationSeconds: 5 } },
    '422 TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
  ],
  [
    'POST',
    TOKEN,
    { spec: { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'ghost' } } },
    '404 pods "ghost" not found',
  ],
  ['POST', '/api/v1/componentstatuses', {}, '405 the server does not allow this method on the requested resource'],
])('%s %s %j is refused', (method, path, body, answer) => {
  expect(new Rig().say(method, path, body ?? undefined)).toBe(answer);
});

test('a token speaks for its account until its time is over', () => {
  const rig = new Rig();
  const { body } = rig.ask('POST', TOKEN, { spec: { expirationSeconds: 600 } });
  const { status } = body as { status: { token: string; expirationTimestamp: string } };
  expect(status.expirationTimestamp).toBe('2026-01-01T00:10:00Z');
  const ask = (): Json => rig.ask('POST', `${AUTHENTICATION}/tokenreviews`, { spec: { token: status.token } }).body;
  const user = { username: 'system:serviceaccount:lab:default' };
  expect(ask()).toMatchObject({ status: { authenticated: true, user } });
  rig.clock.after(600_000, 'test', 'late', '');
  rig.clock.take(600_000);
  expect(ask()).toMatchObject({ status: { error: '[invalid bearer token]' } });
});

describe('a connection', () => {
  test.each<[spec: object, target: string, answer: string]>([
    [{}, 'exec?command=ls', '400 pod p does not have a host assigned'],
    [{ nodeName: 'n' }, 'exec?command=ls', '400 Upgrade request required'],
    [{ nodeName: 'n' }, 'attach?container=two', '400 container two is not valid for pod p'],
    [{ nodeName: 'n' }, 'portforward', '400 Upgrade request required'],
    [
      { nodeName: 'n', containers: [container, { ...container, name: 'two' }] },
      'exec',
      '400 a container name must be specified for pod p, choose one of: [main two]',
    ],
  ])('to a Pod with %j: %s', (spec, target, answer) => {
    const rig = new Rig();
    rig.ask('POST', PODS, { metadata: { name: 'p' }, spec: { containers: [container], ...spec } } as Json);
    expect(rig.say('POST', `${PODS}/p/${target}`)).toBe(answer);
  });
});

test('components that do not answer are unhealthy', () => {
  const rig = new Rig();
  rig.server.reach = { ...UNBROKEN, isHealthy: (component) => component !== 'kube-scheduler' };
  expect(rig.ask('GET', '/api/v1/componentstatuses/scheduler')).toMatchObject({
    warnings: ['v1 ComponentStatus is deprecated in v1.19+'],
    body: {
      conditions: [
        {
          status: 'False',
          message: expect.stringContaining('dial tcp 127.0.0.1:10259: connect: connection refused') as string,
        },
      ],
    },
  });
  expect(rig.ask('GET', '/api/v1/componentstatuses').body).toMatchObject({
    items: [
      { metadata: { name: 'controller-manager' } },
      { metadata: { name: 'etcd-0' } },
      { metadata: { name: 'scheduler' } },
    ],
  });
});

describe('resize of a bound Pod', () => {
  const node = {
    metadata: { name: 'n', labels: { 'kubernetes.io/os': 'linux' } },
    status: { capacity: { cpu: '1', memory: '1Gi', pods: '9' } },
  };
  const resize = (resources: object): Json =>
    ({ spec: { containers: [{ name: 'main', image: 'other', resources }] } }) as Json;
  test.each<[resources: object, answer: string]>([
    [{ requests: { cpu: '200m' } }, '200 Pod'],
    [
      { requests: { cpu: '2' } },
      `403 pods "p" is forbidden: Node didn't have enough allocatable resources: cpu, requested: 2000, allocatable: 1000`,
    ],
    [
      { requests: { cpu: '200m', 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '1' } },
      '422 Pod "p" is invalid: spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      { requests: { cpu: '200m', memory: '1Gi' }, limits: { cpu: '200m', memory: '1Gi' } },
      '422 Pod "p" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    [
      { requests: { memory: '1Mi' } },
      '422 Pod "p" is invalid: spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
  ])('to %j: %s', (resources, answer) => {
    const rig = new Rig();
    rig.ask('POST', '/api/v1/nodes', node);
    rig.ask('POST', PODS, { metadata: { name: 'p' }, spec: { containers: [container], nodeName: 'n' } } as Json);
    expect(rig.say('PATCH', `${PODS}/p/resize`, resize(resources), 'application/merge-patch+json')).toBe(answer);
    expect(rig.ask('GET', `${PODS}/p`).body).toMatchObject({ spec: { containers: [{ image: 'x' }] } });
  });

  const sidecar = { name: 'side', image: 'x', restartPolicy: 'Always', resources: { requests: { cpu: '1m' } } };
  const once = { name: 'once', image: 'x', resources: { requests: { cpu: '1m' } } };
  test.each<[spec: object, init: object, answer: string]>([
    [{ initContainers: [sidecar] }, { name: 'side', resources: { requests: { cpu: '2m' } } }, '200 Pod'],
    [
      { initContainers: [sidecar] },
      { name: 'side', resources: {} },
      '422 Pod "p" is invalid: spec.initContainers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      { initContainers: [once] },
      { name: 'once', resources: { requests: { cpu: '2m' } } },
      '422 Pod "p" is invalid: spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [{ os: { name: 'windows' } }, once, '422 Pod "p" is invalid: : Forbidden: windows pods cannot be resized'],
  ])('%j with %j: %s', (spec, init, answer) => {
    const rig = new Rig();
    rig.ask('POST', '/api/v1/nodes', node);
    const pod = { metadata: { name: 'p' }, spec: { containers: [container], nodeName: 'n', ...spec } };
    rig.ask('POST', PODS, pod as Json);
    const changed = {
      spec: { containers: [{ ...container, resources: { requests: { cpu: '200m' } } }], initContainers: [init] },
    };
    expect(rig.say('PATCH', `${PODS}/p/resize`, changed as Json, 'application/merge-patch+json')).toBe(answer);
  });

  test('waits for no node that is not there', () => {
    const rig = new Rig();
    rig.ask('POST', PODS, { metadata: { name: 'p' }, spec: { containers: [container], nodeName: 'n' } } as Json);
    const path = `${PODS}/p/resize`;
    expect(rig.say('PATCH', path, resize({ requests: { cpu: '200m' } }), 'application/merge-patch+json')).toBe(
      '403 pods "p" is forbidden: node "n" not found',
    );
  });
});
