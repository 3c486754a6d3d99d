import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

/** Each row changes one thing of an object that is right; the answer has to have all the words. */

const API = '/apis/admissionregistration.k8s.io/v1';
type Row = [change: object, ...why: string[]];

const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const named = (rest: object): Json => ({ metadata: { name: 'it' }, ...rest }) as Json;

function answers(resource: string, body: Json, why: readonly string[]): void {
  const said = new Rig().say('POST', `${API}/${resource}`, body);
  expect(said.slice(0, 3)).toBe(why.length === 0 ? '201' : '422');
  for (const words of why) expect(said).toContain(words);
}

describe('rules', () => {
  const at = 'webhooks[0].rules[0]';
  test.each<Row>([
    [{}],
    [{ resources: ['*', 'pods/log'] }],
    [{ operations: [] }, `${at}.operations: Required value`],
    [{ operations: ['*', 'CREATE'] }, `${at}.operations: Invalid value: ["*","CREATE"]: if '*' is present, must not`],
    [{ operations: ['READ'] }, `${at}.operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT"`],
    [{ apiGroups: [] }, `${at}.apiGroups: Required value`],
    [{ apiGroups: ['*', 'apps'] }, "if '*' is present, must not specify other API groups"],
    [{ apiVersions: [] }, `${at}.apiVersions: Required value`],
    [{ apiVersions: [''] }, `${at}.apiVersions[0]: Required value`],
    [{ apiVersions: ['v1', '*'] }, "if '*' is present, must not specify other API versions"],
    [{ resources: [] }, `${at}.resources: Required value`],
    [{ resources: [''] }, `${at}.resources[0]: Required value`],
    [{ resources: ['*/*', 'a'] }, "if '*/*' is present, must not specify other resources"],
    [{ resources: ['*', 'a'] }, "if '*' is present, must not specify other resources without subresources"],
    [
      { resources: ['a/*', 'a/b'] },
      `${at}.resources[1]: Invalid value: "a/b": if 'a/*' is present, must not specify a/b`,
    ],
    [{ resources: ['*/b', 'a/b'] }, `if '*/b' is present, must not specify a/b`],
    [{ scope: 'World' }, `${at}.scope: Unsupported value: "World": supported values: "*", "Cluster", "Namespaced"`],
  ])('with %j', (change, ...why) => {
    const webhooks = [{ ...hook, rules: [{ ...rule, ...change }] }];
    answers('validatingwebhookconfigurations', named({ webhooks }), why);
  });
});

const hook = {
  name: 'a.b.c',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  rules: [rule],
  clientConfig: { url: 'https://a.b/c' },
};

describe('a webhook', () => {
  const at = 'webhooks[0]';
  const service = (rest: object): object => ({ clientConfig: { service: { name: 'a', namespace: 'b', ...rest } } });
  const url = (text: string): object => ({ clientConfig: { url: text } });
  test.each<Row>([
    [{}],
    [service({ path: '/a/b' })],
    [{ name: '' }, `${at}.name: Required value`],
    [{ name: 'A.b.c' }, `${at}.name: Invalid value: "A.b.c": a lowercase RFC 1123 subdomain`],
    [{ name: 'a.b' }, `${at}.name: Invalid value: "a.b": should be a domain with at least three segments`],
    [{ admissionReviewVersions: [] }, `${at}.admissionReviewVersions: Required value: must specify one of v1, v1beta1`],
    [
      { admissionReviewVersions: ['v1', 'v1'] },
      `${at}.admissionReviewVersions[1]: Invalid value: "v1": duplicate version`,
    ],
    [{ admissionReviewVersions: ['v2'] }, `["v2"]: must include at least one of v1, v1beta1`],
    [{ admissionReviewVersions: ['v1', '1'] }, `admissionReviewVersions[1]: Invalid value: "1": a DNS-1035 label`],
    [{ sideEffects: null }, `${at}.sideEffects: Required value: must specify one of None, NoneOnDryRun`],
    [{ sideEffects: 'Some' }, `${at}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`],
    [{ failurePolicy: 'Cry' }, `${at}.failurePolicy: Unsupported value: "Cry": supported values: "Fail", "Ignore"`],
    [{ matchPolicy: 'No' }, `${at}.matchPolicy: Unsupported value: "No": supported values: "Equivalent", "Exact"`],
    [{ timeoutSeconds: 31 }, `${at}.timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30`],
    [{ objectSelector: { matchLabels: { a: '-' } } }, `${at}.objectSelector.matchLabels: Invalid value: "-"`],
    [
      { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
      `matchExpressions[0].values: Required`,
    ],
    [{ clientConfig: {} }, `${at}.clientConfig: Required value: exactly one of url or service is required`],
    [url('http://a/b'), `${at}.clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme`],
    [url('https:///b'), `Invalid value: "": host must be specified; desired format: https://host[/path]`],
    [url('https://me@a/b'), `"me": user information is not permitted in the URL`],
    [url('https://a/b?c=d'), `"c=d": query parameters are not permitted in the URL`],
    [url('https://a/b#c'), `"c": fragments are not permitted in the URL`],
    [service({ name: '' }), `${at}.clientConfig.service.namespace: Required value`],
    [
      service({ port: 0 }),
      `${at}.clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and`,
    ],
    [service({ path: 'a' }), `"a": must start with a '/'`],
    [service({ path: '//' }), `"//": segment[0] may not be empty`],
    [service({ path: '/a//b' }), `"/a//b": segment[1] may not be empty`],
    [service({ path: '/A' }), `"/A": segment[0]: a lowercase RFC 1123 subdomain`],
    [{ matchConditions: [{ name: '', expression: '' }] }, '[0].expression: Required value', '[0].name: Required value'],
    [
      { matchConditions: [{ name: 'a', expression: '1' }] },
      `${at}.matchConditions[0].expression: Invalid value: "1": must evaluate to bool but got int`,
    ],
    [
      { matchConditions: [{ name: 'a', expression: 'params == 1' }] },
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params == 1\n | ^",
    ],
    [
      { matchConditions: ['a', 'a'].map((name) => ({ name, expression: 'true' })) },
      `${at}.matchConditions[1].name: Duplicate value: "a"`,
    ],
  ])('with %j', (change, ...why) => {
    answers('validatingwebhookconfigurations', named({ webhooks: [{ ...hook, ...change }] }), why);
  });

  test('has a name of its own, and may be called again', () => {
    answers('mutatingwebhookconfigurations', named({ webhooks: [hook, hook] }), ['webhooks[1].name: Duplicate value']);
    const why = `webhooks[0].reinvocationPolicy: Unsupported value: "Often": supported values: "IfNeeded", "Never"`;
    answers('mutatingwebhookconfigurations', named({ webhooks: [{ ...hook, reinvocationPolicy: 'Often' }] }), [why]);
  });
});

const matchConstraints = { resourceRules: [rule] };

describe('a ValidatingAdmissionPolicy', () => {
  const policy = { matchConstraints, validations: [{ expression: 'true' }] };
  const validation = (rest: object): object => ({ validations: [{ expression: 'true', ...rest }] });
  const audit = (rest: object): object => ({ auditAnnotations: [{ key: 'k', valueExpression: "'v'", ...rest }] });
  test.each<Row>([
    [{}],
    [{ failurePolicy: 'Cry' }, 'spec.failurePolicy: Unsupported value: "Cry": supported values: "Fail", "Ignore"'],
    [{ matchConstraints: null }, 'spec.matchConstraints: Required value'],
    [{ matchConstraints: {} }, 'spec.matchConstraints.resourceRules: Required value'],
    [
      { matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['a', 'a', 'b/c'] }] } },
      'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"',
      'resourceNames[2]: Invalid value: "b/c": may not contain \'/\'',
    ],
    [{ paramKind: {} }, 'spec.paramKind.apiVersion: Required value', 'spec.paramKind.kind: Required value'],
    [{ paramKind: { apiVersion: 'a/b/c', kind: 'K' } }, '"a/b/c": unexpected GroupVersion string: a/b/c'],
    [{ paramKind: { apiVersion: 'a/', kind: 'K' } }, '"a/": version must be specified'],
    [
      { paramKind: { apiVersion: 'v1', kind: 'K_' } },
      '"K_": may have mixed case, but should otherwise match: a DNS-1035',
    ],
    [
      { variables: [{ name: 'for', expression: '1' }] },
      'spec.variables[0].name: Invalid value: "for": must be a valid CEL',
    ],
    [{ variables: [{}] }, 'name: Required value: name is not specified', 'Required value: expression is not specified'],
    [
      { validations: [] },
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must',
    ],
    [validation({ expression: ' ' }), 'spec.validations[0].expression: Required value: expression is not specified'],
    [
      validation({ expression: '1 +' }),
      "compilation failed: ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>'",
    ],
    [validation({ expression: 'object.spec' }), '"object.spec": must evaluate to bool but got dyn'],
    [validation({ expression: 'variables.x' }), "undeclared reference to 'variables'"],
    [{ variables: [{ name: 'x', expression: 'true' }], ...validation({ expression: 'variables.x' }) }],
    [validation({ message: ' ' }), 'spec.validations[0].message: Invalid value: " ": must be non-empty if specified'],
    [
      validation({ message: 'a\nb' }),
      'spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks',
    ],
    [
      validation({ messageExpression: '1' }),
      'messageExpression: Invalid value: "1": must evaluate to string but got int',
    ],
    [validation({ messageExpression: ' ' }), 'messageExpression: Invalid value: " ": must be non-empty if specified'],
    [
      validation({ reason: 'Because' }),
      'reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid"',
    ],
    [audit({})],
    [audit({ key: '' }), 'spec.auditAnnotations[0].key: Invalid value: "it/": name part must be non-empty'],
    [audit({ valueExpression: '' }), '[0].valueExpression: Required value: valueExpression is not specified'],
    [audit({ valueExpression: '1' }), 'must evaluate to one of [string null_type] but got int'],
    [{ auditAnnotations: ['k', 'k'].map((key) => ({ key, valueExpression: "'v'" })) }, '[1].key: Duplicate value: "k"'],
  ])('with %j', (change, ...why) => {
    answers('validatingadmissionpolicies', named({ spec: { ...policy, ...change } }), why);
  });
});

describe('a MutatingAdmissionPolicy', () => {
  const apply = (expression: string): object => ({
    patchType: 'ApplyConfiguration',
    applyConfiguration: { expression },
  });
  const patch = (expression: string): object => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
  const policy = { matchConstraints, mutations: [apply('Object{}')], reinvocationPolicy: 'Never' };
  test.each<Row>([
    [{}],
    [{ mutations: [patch("[JSONPatch{op: 'remove', path: '/a'}]")] }],
    [{ variables: [{ name: 'x', expression: '1' }], mutations: [apply('Object{a: variables.x}')] }],
    [
      { matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } },
      'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "CREATE", "UPDATE"',
    ],
    [{ mutations: [] }, 'spec.mutations: Required value: mutations must contain at least one item'],
    [{ mutations: [{}] }, 'spec.mutations[0].patchType: Required value'],
    [
      { mutations: [{ patchType: 'Merge' }] },
      'Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"',
    ],
    [
      { mutations: [{ patchType: 'JSONPatch' }] },
      'jsonPatch: Required value: must be specified when patchType is JSONPatch',
    ],
    [
      { mutations: [{ ...patch('[]'), ...apply('Object{}'), patchType: 'JSONPatch' }] },
      'applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
    ],
    [{ mutations: [apply(' ')] }, 'spec.mutations[0].applyConfiguration.expression: Required value'],
    [{ mutations: [apply("{'a': 1}")] }, 'must evaluate to Object but got map(string, int)'],
    [{ mutations: [patch("'x'")] }, 'must evaluate to list(JSONPatch) but got string'],
    [{ mutations: [apply('Object{a: params.x}')] }, "undeclared reference to 'params'"],
    [{ reinvocationPolicy: null }, 'spec.reinvocationPolicy: Required value'],
    [{ reinvocationPolicy: 'Often' }, 'spec.reinvocationPolicy: Unsupported value: "Often"'],
  ])('with %j', (change, ...why) => {
    answers('mutatingadmissionpolicies', named({ spec: { ...policy, ...change } }), why);
  });
});

describe('a binding', () => {
  const binding = { policyName: 'p', validationActions: ['Deny'] };
  const ref = (paramRef: object): object => ({ paramRef: { name: 'a', parameterNotFoundAction: 'Deny', ...paramRef } });
  test.each<Row>([
    [{}],
    [ref({})],
    [{ policyName: '' }, 'spec.policyName: Required value'],
    [{ policyName: 'P' }, 'spec.policyName: Invalid value: "P": a lowercase RFC 1123 subdomain'],
    [{ validationActions: [] }, 'spec.validationActions: Required value: at least one validation action is required'],
    [
      { validationActions: ['No'] },
      'spec.validationActions[0]: Unsupported value: "No": supported values: "Audit", "Deny"',
    ],
    [{ validationActions: ['Deny', 'Deny'] }, 'spec.validationActions[1]: Duplicate value: "Deny"'],
    [{ validationActions: ['Deny', 'Warn'] }, 'Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn'],
    [ref({ name: '' }), 'spec.paramRef: Required value: one of name or selector must be specified'],
    [ref({ name: 'a/b' }), `spec.paramRef.name: Invalid value: "a/b": may not contain '/'`],
    [ref({ selector: {} }), 'paramRef.name: Forbidden: name and selector are mutually', 'paramRef.selector: Forbidden'],
    [ref({ parameterNotFoundAction: null }), 'spec.paramRef.parameterNotFoundAction: Required value'],
    [ref({ parameterNotFoundAction: 'Cry' }), 'Unsupported value: "Cry": supported values: "Deny", "Allow"'],
    [{ matchResources: { matchPolicy: 'No' } }, 'spec.matchResources.matchPolicy: Unsupported value: "No"'],
  ])('with %j', (change, ...why) => {
    answers('validatingadmissionpolicybindings', named({ spec: { ...binding, ...change } }), why);
  });

  test('of a mutating policy is about creating and updating', () => {
    const spec = { policyName: 'p', matchResources: { resourceRules: [{ ...rule, operations: ['CONNECT'] }] } };
    answers('mutatingadmissionpolicybindings', named({ spec }), [
      'spec.matchResources.resourceRules.operations: Unsupported value: "CONNECT": supported values: "CREATE", "UPDATE"',
    ]);
  });
});

describe('an APIService', () => {
  const REGISTRATION = '/apis/apiregistration.k8s.io/v1/apiservices';
  const whole = { group: 'a.b', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10 };
  const service = (rest: object): object => ({ service: { name: 'a', namespace: 'b', ...rest } });
  test.each<Row>([
    [{}],
    [service({})],
    [{ group: 'c.d' }, 'metadata.name: Invalid value: "v1.a.b": must be `spec.version+"."+spec.group`: "v1.c.d"'],
    [
      { version: 'v2', group: '' },
      'spec.group: Required value: only v1 may have an empty group and it better be legacy',
    ],
    [{ group: 'A' }, 'spec.group: Invalid value: "A": a lowercase RFC 1123 subdomain'],
    [{ version: '1' }, 'spec.version: Invalid value: "1": a DNS-1035 label'],
    [{ groupPriorityMinimum: 0 }, 'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000'],
    [{ versionPriority: 1001 }, 'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000'],
    [{ caBundle: btoa('abc') }, 'spec.caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle'],
    [{ insecureSkipTLSVerify: true }, 'Invalid value: true: local APIServices may not have insecureSkipTLSVerify'],
    [
      service({ name: '', namespace: '' }),
      'spec.service.namespace: Required value',
      'spec.service.name: Required value',
    ],
    [service({ port: -1 }), 'spec.service.port: Invalid value: -1: port is not valid: must be between 1 and 65535'],
    [
      { ...service({}), insecureSkipTLSVerify: true, caBundle: btoa('abc') },
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ])('with %j', (change, ...why) => {
    const said = new Rig().say('POST', REGISTRATION, {
      metadata: { name: 'v1.a.b' },
      spec: { ...whole, ...change },
    } as Json);
    expect(said.slice(0, 3)).toBe(why.length === 0 ? '201' : '422');
    for (const words of why) expect(said).toContain(words);
  });

  test('is available where the server has it in itself', () => {
    const rig = new Rig();
    const sent = (spec: object): Json => ({ metadata: { name: 'v1.a.b' }, spec: { ...whole, ...spec } }) as Json;
    expect(rig.ask('POST', REGISTRATION, sent({})).body).toMatchObject({
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    });
    const remote = new Rig().ask('POST', REGISTRATION, sent(service({}))).body;
    expect(remote).toMatchObject({ spec: { service: { port: 443 } }, status: {} });
    const status = { status: { conditions: [{ type: 'Available', status: 'Perhaps' }] } };
    expect(rig.say('PUT', `${REGISTRATION}/v1.a.b/status`, { ...(sent({}) as object), ...status } as Json)).toContain(
      'status.conditions[0].status: Unsupported value: "Perhaps": supported values: "True", "False", "Unknown"',
    );
  });
});
