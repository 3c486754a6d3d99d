import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

const API = '/apis/flowcontrol.apiserver.k8s.io/v1';
const named = (name: string, spec: object): Json => ({ metadata: { name }, spec }) as Json;

describe('a FlowSchema', () => {
  const subject = { kind: 'User', user: { name: 'jane' } };
  const resources = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] };
  const whole = {
    priorityLevelConfiguration: { name: 'workload-low' },
    rules: [{ subjects: [subject], resourceRules: [resources] }],
  };
  const withRule = (rule: object): object => ({
    rules: [{ subjects: [subject], resourceRules: [resources], ...rule }],
  });
  const rule = 'spec.rules[0]';
  test.each<[spec: object, ...answers: string[]]>([
    [{}],
    [{ matchingPrecedence: 0 }],
    [{ matchingPrecedence: -1 }, 'spec.matchingPrecedence: Invalid value: -1: must be a positive value'],
    [{ matchingPrecedence: 10_001 }, 'spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
    [{ matchingPrecedence: 1 }, "only the schema named 'exempt' may have matchingPrecedence 1"],
    [{ distinguisherMethod: { type: 'x' } }, 'spec.distinguisherMethod.type: Unsupported value: {"Type":"x"}'],
    [{ priorityLevelConfiguration: {} }, 'priorityLevelConfiguration.name: Required value: must reference a priority'],
    [{ rules: [{}] }, `${rule}.subjects: Required value`, `${rule}: Required value: at least one of resourceRules`],
    [withRule({ subjects: [{ kind: 'Dog' }] }), `${rule}.subjects[0].kind: Unsupported value: "Dog"`],
    [withRule({ subjects: [{ kind: 'User' }] }), "user: Required value: user is required when subject kind is 'User'"],
    [
      withRule({ subjects: [{ ...subject, group: { name: 'g' } }] }),
      "subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
    ],
    [
      withRule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: 'a' } }] }),
      'serviceAccount.namespace: Required value: must specify namespace for service account',
    ],
    [withRule({ resourceRules: [{ ...resources, verbs: ['fly'] }] }), '.verbs: Unsupported value: ["fly"]'],
    [withRule({ resourceRules: [{ ...resources, verbs: ['*', 'get'] }] }), "if '*' is present, must not specify other"],
    [withRule({ resourceRules: [{ ...resources, namespaces: [] }] }), '.namespaces: Required value: resource rules'],
    [withRule({ resourceRules: [{ ...resources, namespaces: [], clusterScope: true }] })],
    [
      withRule({ resourceRules: [{ ...resources, namespaces: ['A'] }] }),
      "must be '*' or a DNS-1123 label; a lowercase",
    ],
    [withRule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/a/*', '/'] }] })],
    [withRule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['a'] }] }), 'must start with slash'],
    [withRule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/a*'] }] }), 'wildcard can only do suffix'],
  ])('with %j', (spec, ...answers) => {
    const said = new Rig().say('POST', `${API}/flowschemas`, named('mine', { ...whole, ...(spec as object) }));
    expect(said.slice(0, 3)).toBe(answers.length === 0 ? '201' : '422');
    for (const answer of answers) expect(said).toContain(answer);
  });
});

describe('a PriorityLevelConfiguration', () => {
  const queue = (queuing: object): object => ({ limited: { limitResponse: { type: 'Queue', queuing } } });
  test.each<[spec: object, answer: string]>([
    [{}, ''],
    [{ limited: { limitResponse: { type: 'Reject' } } }, ''],
    [{ type: 'Exempt' }, "type must be 'Exempt' if and only if name is 'exempt'"],
    [{ type: 'x' }, 'spec.type: Unsupported value: "x"'],
    [{ limited: null }, 'spec.limited: Required value: must not be empty when type is Limited'],
    [{ exempt: {} }, 'spec.exempt: Forbidden: must be nil if the type is Limited'],
    [
      { limited: { nominalConcurrencyShares: -1, limitResponse: { type: 'Reject' } } },
      'must be a non-negative integer',
    ],
    [{ limited: { lendablePercent: 101, limitResponse: { type: 'Reject' } } }, 'must be between 0 and 100, inclusive'],
    [{ limited: { limitResponse: { type: 'Queue' } } }, 'limitResponse.queuing: Required value'],
    [{ limited: { limitResponse: { type: 'Reject', queuing: {} } } }, 'limitResponse.queuing: Forbidden'],
    [queue({ queues: -1 }), 'queues: Invalid value: -1: must be positive'],
    [queue({ queues: 4 }), 'handSize: Invalid value: 8: should not be greater than queues (4)'],
  ])('with %j: %s', (spec, answer) => {
    const whole = { type: 'Limited', ...queue({}), ...spec };
    const said = new Rig().say('POST', `${API}/prioritylevelconfigurations`, named('mine', whole));
    expect(said.slice(0, 3)).toBe(answer === '' ? '201' : '422');
    expect(said).toContain(answer);
  });

  test('has the defaults of the server', () => {
    const { body } = new Rig().ask(
      'POST',
      `${API}/prioritylevelconfigurations`,
      named('mine', { type: 'Limited', ...queue({}) }),
    );
    expect(body).toMatchObject({
      spec: {
        limited: {
          nominalConcurrencyShares: 30,
          lendablePercent: 0,
          limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
      },
    });
  });
});

describe('what nobody may change', () => {
  const kinds = { FlowSchema: 'flowschemas', PriorityLevelConfiguration: 'prioritylevelconfigurations' } as const;
  const FIXED = 'must equal the fixed value';
  test.each<[kind: keyof typeof kinds, name: string, change: object, answer: string]>([
    ['FlowSchema', 'exempt', {}, ''],
    ['FlowSchema', 'catch-all', {}, ''],
    ['FlowSchema', 'global-default', { matchingPrecedence: 500 }, ''],
    ['FlowSchema', 'exempt', { matchingPrecedence: 2 }, `spec of 'exempt' ${FIXED}`],
    ['FlowSchema', 'catch-all', { rules: [] }, `spec of 'catch-all' ${FIXED}`],
    ['PriorityLevelConfiguration', 'exempt', { exempt: { nominalConcurrencyShares: 4 } }, ''],
    [
      'PriorityLevelConfiguration',
      'exempt',
      { limited: { limitResponse: { type: 'Reject' } } },
      `spec of 'exempt' except the 'spec.exempt' field ${FIXED}`,
    ],
    [
      'PriorityLevelConfiguration',
      'exempt',
      { exempt: { lendablePercent: 101 } },
      'must be between 0 and 100, inclusive',
    ],
    [
      'PriorityLevelConfiguration',
      'catch-all',
      { limited: { nominalConcurrencyShares: 6, limitResponse: { type: 'Reject' } } },
      `spec of 'catch-all' ${FIXED}`,
    ],
  ])('%s %s with %j: %s', (kind, name, change, answer) => {
    const rig = new Rig();
    const path = `${API}/${kinds[kind]}/${name}`;
    const stored = rig.ask('GET', path).body as unknown as { spec: object };
    const said = rig.say('PUT', path, { ...stored, spec: { ...stored.spec, ...change } } as unknown as Json);
    expect(said.slice(0, 3)).toBe(answer === '' ? '200' : '422');
    expect(said).toContain(answer);
  });

  test('is told once of each condition', () => {
    const rig = new Rig();
    const path = `${API}/flowschemas/exempt`;
    const conditions = [{ type: 'Dangling', status: 'True' }, { type: 'Dangling', status: 'True' }, { status: 'True' }];
    const stored = rig.ask('GET', path).body as object;
    const said = rig.say('PUT', `${path}/status`, { ...stored, status: { conditions } } as unknown as Json);
    expect(said).toContain('status.conditions[1].type: Duplicate value: "Dangling"');
    expect(said).toContain('status.conditions[2].type: Required value: must not be empty');
  });
});
