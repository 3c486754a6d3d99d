import { describe, expect, test } from 'vitest';
import type { DraftObject, Json } from '../../api/objects';
import { Rig } from './api-server.rig';

/** What the server is told of itself: policies and webhooks before a write, roles, levels, groups. */

const REGISTRATION = '/apis/admissionregistration.k8s.io/v1';
const CONFIG_MAPS = '/api/v1/namespaces/lab/configmaps';

const named = (name: string, rest: object): Json => ({ metadata: { name }, ...rest }) as Json;
const rule = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  resources: ['configmaps'],
};
const policy = (spec: object): Json => named('p', { spec: { matchConstraints: { resourceRules: [rule] }, ...spec } });
const binding = (spec: object = {}): Json =>
  named('b', { spec: { policyName: 'p', validationActions: ['Deny'], ...spec } });

function withPolicy(spec: object, bound: object = {}): Rig {
  const rig = new Rig();
  expect(rig.ask('POST', `${REGISTRATION}/validatingadmissionpolicies`, policy(spec)).code).toBe(201);
  expect(rig.ask('POST', `${REGISTRATION}/validatingadmissionpolicybindings`, binding(bound)).code).toBe(201);
  return rig;
}

const short = { expression: "object == null || object.data['rate'].size() < 4" };
const configMap = (rate: string): Json => named('x', { data: { rate } });
const DENIED = `configmaps "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request:`;

describe('ValidatingAdmissionPolicy', () => {
  test.each<[about: string, spec: object, bound: object, answer: string]>([
    ['what holds', { validations: [short] }, {}, '422 DENIED failed expression: EXPRESSION'],
    ['its own words', { validations: [{ ...short, message: 'too long' }] }, {}, '422 DENIED too long'],
    [
      'words that are worked out',
      { validations: [{ ...short, messageExpression: "'not ' + object.data['rate']" }] },
      {},
      '422 DENIED not 0.001',
    ],
    [
      'its own reason',
      { validations: [{ ...short, reason: 'Forbidden' }] },
      {},
      '403 DENIED failed expression: EXPRESSION',
    ],
    [
      'an expression without a value',
      { validations: [{ expression: "object.data['none'] == ''" }] },
      {},
      "422 DENIED expression 'object.data['none'] == ''' resulted in error: no such key: none",
    ],
    [
      'a variable',
      {
        variables: [{ name: 'r', expression: "object.data['rate']" }],
        validations: [{ expression: "variables.r == ''" }],
      },
      {},
      "422 DENIED failed expression: variables.r == ''",
    ],
  ])('refuses by %s', (_about, spec, bound, answer) => {
    const rig = withPolicy(spec, bound);
    const before = rig.hash;
    const wanted = answer.replace('DENIED', DENIED).replace('EXPRESSION', short.expression);
    expect(rig.say('POST', CONFIG_MAPS, configMap('0.001'))).toBe(wanted);
    expect(rig.hash).toBe(before);
  });

  test.each<[about: string, spec: object, bound: object]>([
    ['fails open', { validations: [{ expression: "object.data['none'] == ''" }], failurePolicy: 'Ignore' }, {}],
    [
      'does not hold for this request',
      { validations: [short], matchConditions: [{ name: 'm', expression: 'false' }] },
      {},
    ],
    [
      'holds for other labels',
      { validations: [short] },
      { matchResources: { objectSelector: { matchLabels: { a: 'b' } } } },
    ],
    [
      'holds in other namespaces',
      { validations: [short] },
      { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } },
    ],
    ['is bound by nobody', { validations: [short] }, { policyName: 'q' }],
    ['is only noted', { validations: [short] }, { validationActions: ['Audit'] }],
  ])('lets through what it %s', (_about, spec, bound) => {
    expect(withPolicy(spec, bound).ask('POST', CONFIG_MAPS, configMap('0.001')).code).toBe(201);
  });

  test('warns where it does not deny, and looks at updates', () => {
    const rig = withPolicy({ validations: [short] }, { validationActions: ['Warn'] });
    const { code, warnings } = rig.ask('POST', CONFIG_MAPS, configMap('0.001'));
    expect([code, warnings]).toEqual([
      201,
      [`Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed expression: ${short.expression}`],
    ]);
    expect(rig.ask('PUT', `${CONFIG_MAPS}/x`, configMap('0.1')).warnings).toBeUndefined();
  });

  test.each<[about: string, ref: object, answer: string]>([
    [
      'by name',
      { name: 'limits', namespace: 'lab', parameterNotFoundAction: 'Deny' },
      `422 ${DENIED} failed expression: object.data['rate'] == params.data['rate']`,
    ],
    [
      'that are not there',
      { name: 'none', parameterNotFoundAction: 'Deny' },
      `422 ${DENIED} failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
    ],
    ['that need not be there', { name: 'none', parameterNotFoundAction: 'Allow' }, '201 ConfigMap'],
  ])('takes parameters %s', (_about, paramRef, answer) => {
    const rig = new Rig();
    rig.ask('POST', CONFIG_MAPS, named('limits', { data: { rate: '1' } }));
    const expression = "object.data['rate'] == params.data['rate']";
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    rig.ask(
      'POST',
      `${REGISTRATION}/validatingadmissionpolicies`,
      policy({ paramKind, validations: [{ expression }] }),
    );
    rig.ask('POST', `${REGISTRATION}/validatingadmissionpolicybindings`, binding({ paramRef }));
    expect(rig.say('POST', CONFIG_MAPS, configMap('2'))).toBe(answer);
  });

  test('is not asked about itself', () => {
    const everything = { ...rule, apiGroups: ['*'], resources: ['*'] };
    const rig = withPolicy({
      matchConstraints: { resourceRules: [everything] },
      validations: [{ expression: 'false' }],
    });
    expect(rig.ask('DELETE', `${REGISTRATION}/validatingadmissionpolicies/p`).code).toBe(200);
  });
});

describe('a webhook that cannot be reached', () => {
  const hook = (rest: object): Json =>
    named('w', {
      webhooks: [
        {
          name: 'a.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          rules: [rule],
          clientConfig: { service: { name: 'web', namespace: 'lab', path: '/check' } },
          ...rest,
        },
      ],
    });
  const FAILED = '500 Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post';

  test.each<[kind: string, rest: object, answer: string]>([
    ['validating', {}, `${FAILED} "https://web.lab.svc:443/check?timeout=10s": service "web" not found`],
    [
      'mutating',
      { timeoutSeconds: 3 },
      `${FAILED} "https://web.lab.svc:443/check?timeout=3s": service "web" not found`,
    ],
    [
      'validating',
      { clientConfig: { url: 'https://a.b/c' } },
      `${FAILED} "https://a.b/c?timeout=10s": dial tcp: lookup a.b: no such host`,
    ],
    ['validating', { failurePolicy: 'Ignore' }, '201 ConfigMap'],
    ['validating', { rules: [{ ...rule, resources: ['secrets'] }] }, '201 ConfigMap'],
  ])('%s %j', (kind, rest, answer) => {
    const rig = new Rig();
    expect(rig.ask('POST', `${REGISTRATION}/${kind}webhookconfigurations`, hook(rest)).code).toBe(201);
    expect(rig.say('POST', CONFIG_MAPS, configMap('1'))).toBe(answer);
  });
});

describe('every cluster has', () => {
  const listed = (path: string): Record<string, { [key: string]: unknown }> => {
    const { items } = new Rig().ask('GET', path).body as unknown as { items: { metadata: { name: string } }[] };
    return Object.fromEntries(items.map((item) => [item.metadata.name, item]));
  };

  test.each(['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'])(
    'default %s that are valid',
    (resource) => {
      const rig = new Rig();
      const group = '/apis/rbac.authorization.k8s.io/v1';
      const { items } = rig.ask('GET', `${group}/${resource}`).body as unknown as { items: DraftObject[] };
      expect(items.length).toBeGreaterThan(3);
      for (const item of items) {
        const { name, namespace } = item.metadata;
        const path = namespace === undefined ? resource : `namespaces/${namespace}/${resource}`;
        expect(rig.ask('PUT', `${group}/${path}/${name}`, item as never).code).toBe(200);
      }
    },
  );

  test('the default roles, and what gathers them has their rules', () => {
    const roles = listed('/apis/rbac.authorization.k8s.io/v1/clusterroles');
    expect(roles['cluster-admin']).toMatchObject({
      rules: [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ],
    });
    const rulesOf = (name: string): unknown[] => roles[name]!['rules'] as unknown[];
    expect(rulesOf('admin')).toEqual(
      expect.arrayContaining([...rulesOf('edit'), ...rulesOf('system:aggregate-to-admin')]),
    );
    expect(rulesOf('edit')).toEqual(expect.arrayContaining(rulesOf('view')));
    expect(listed('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings')['cluster-admin']).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'Group', name: 'system:masters' }],
    });
  });

  test('an available APIService for each version, levels, and schemas that lead to them', () => {
    const services = listed('/apis/apiregistration.k8s.io/v1/apiservices');
    expect(services['v1.apps']).toMatchObject({
      spec: { group: 'apps', version: 'v1' },
      status: { conditions: [{ type: 'Available', status: 'True' }] },
    });
    expect(Object.keys(services)).toContain('v1.');
    const levels = listed('/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations');
    expect(levels).toMatchObject({
      'global-default': { spec: { limited: { nominalConcurrencyShares: 20, lendablePercent: 50 } } },
      'leader-election': { spec: { limited: { nominalConcurrencyShares: 10, lendablePercent: 0 } } },
      'workload-low': { spec: { limited: { nominalConcurrencyShares: 100, lendablePercent: 90 } } },
    });
    for (const schema of Object.values(listed('/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'))) {
      const { spec, status } = schema as unknown as {
        spec: { priorityLevelConfiguration: { name: string } };
        status: Json;
      };
      expect(levels).toHaveProperty([spec.priorityLevelConfiguration.name]);
      expect(status).toMatchObject({ conditions: [{ type: 'Dangling', status: 'False' }] });
    }
  });
});
