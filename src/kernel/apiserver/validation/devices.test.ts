import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

/** Each row changes one thing of an object that is right; the answer has to have all the words. */

const API = '/apis/resource.k8s.io/v1';
type Row = [change: object, ...why: string[]];
const named = (rest: object): Json => ({ metadata: { name: 'it' }, ...rest }) as Json;

function answers(path: string, body: Json, why: readonly string[]): void {
  const said = new Rig().say('POST', `${API}/${path}`, body);
  expect(said.slice(0, 3)).toBe(why.length === 0 ? '201' : '422');
  for (const words of why) expect(said).toContain(words);
}

const exactly = { deviceClassName: 'gpu.example.com' };
const requests = (...rest: object[]): object => ({ requests: rest.map((one) => ({ name: 'gpu', exactly, ...one })) });
const wanted = (rest: object): object => requests({ exactly: { ...exactly, ...rest } });
const R = 'spec.devices.requests[0]';
const cel = (expression: string): object => wanted({ selectors: [{ cel: { expression } }] });

describe('a ResourceClaim', () => {
  test.each<Row>([
    [requests({})],
    [cel("device.driver == 'a' && device.attributes['a.b'].size > 3")],
    [requests({ name: '' }), `${R}.name: Invalid value: "": a lowercase RFC 1123 label`],
    [requests({}, {}), 'spec.devices.requests[1]: Duplicate value: "gpu"'],
    [requests({ exactly: null }), `${R}: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required`],
    [
      requests({ firstAvailable: [{ name: 'a', ...exactly }] }),
      `${R}: Invalid value: null: exactly one of \`exactly\` or \`firstAvailable\` is required, but multiple fields`,
    ],
    [
      requests({
        exactly: null,
        firstAvailable: [
          { name: 'a', ...exactly },
          { name: 'a', ...exactly },
        ],
      }),
      `${R}.firstAvailable[1]: Duplicate value: "a"`,
    ],
    [wanted({ deviceClassName: '' }), `${R}.exactly.deviceClassName: Required value`],
    [wanted({ deviceClassName: 'A' }), `${R}.exactly.deviceClassName: Invalid value: "A": a lowercase RFC 1123 sub`],
    [
      wanted({ allocationMode: 'Some' }),
      'allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"',
    ],
    [
      wanted({ allocationMode: 'All', count: 1 }),
      "Invalid value: 1: must not be specified when allocationMode is 'All'",
    ],
    [wanted({ count: -1 }), `${R}.exactly.count: Invalid value: -1: must be greater than zero`],
    [wanted({ selectors: [{}] }), `${R}.exactly.selectors[0].cel: Required value`],
    [
      cel('device.x ='),
      `${R}.exactly.selectors[0].cel.expression: Invalid value`,
      'compilation failed: ERROR: <input>:1:10',
    ],
    [cel('1'), 'must evaluate to bool or the unknown type, not int'],
    [cel('node.x'), "undeclared reference to 'node' (in container '')"],
    [wanted({ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }), 'must be empty for operator `Exists`'],
    [wanted({ tolerations: [{ key: '-', operator: 'In' }] }), '.key: Invalid value: "-"', 'values: "Equal", "Exists"'],
    [wanted({ tolerations: [{ effect: 'No' }] }), 'values: "NoExecute", "NoSchedule", "None"'],
    [
      { ...requests({}), constraints: [{ requests: ['cpu'], matchAttribute: 'a' }] },
      'constraints[0].requests[0]: Invalid value: "cpu": must be the name of a request in the claim or the name of',
      'constraints[0].matchAttribute: Invalid value: "a": a fully qualified name must be a domain and a name',
    ],
    [{ ...requests({}), constraints: [{}] }, 'constraints[0]: Required value: exactly one of "matchAttribute" or'],
    [
      { ...requests({}), config: [{ requests: ['gpu', 'gpu'] }] },
      'config[0].requests[1]: Duplicate value: "gpu"',
      'config[0].opaque: Required value',
    ],
    [
      { ...requests({}), config: [{ opaque: { driver: '', parameters: 1 } }] },
      'config[0].opaque.driver: Required value',
      'opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
    ],
    [
      requests(...Array.from({ length: 33 }, (_, at) => ({ name: `r${at}` }))),
      'Too many: 33: must have at most 32 items',
    ],
  ])('with %j', (devices, ...why) => {
    answers('namespaces/lab/resourceclaims', named({ spec: { devices } }), why);
    const inTemplate = why.map((words) => words.replaceAll('spec.devices', 'spec.spec.devices'));
    answers('namespaces/lab/resourceclaimtemplates', named({ spec: { spec: { devices } } }), inTemplate);
  });

  const CLAIM = `${API}/namespaces/lab/resourceclaims`;
  const claim = { devices: wanted({ tolerations: [{ key: 'a', effect: 'NoSchedule', value: 'b' }] }) };
  const results = [{ request: 'gpu', driver: 'd', pool: 'p', device: 'x' }];
  const consumer = { resource: 'pods', name: 'a', uid: 'u' };

  test('wants one device, and stays what it is', () => {
    const rig = new Rig();
    expect(rig.ask('POST', CLAIM, named({ spec: claim })).body).toMatchObject({
      spec: {
        devices: {
          requests: [{ exactly: { allocationMode: 'ExactCount', count: 1, tolerations: [{ operator: 'Equal' }] } }],
        },
      },
    });
    const said = rig.say('PUT', `${CLAIM}/it`, named({ spec: { devices: requests({}) } }));
    expect(said).toContain('spec: Invalid value: {"Devices":{"Requests":[{"Name":"gpu"');
    expect(said).toContain(': field is immutable');
  });

  test.each<[about: string, status: object, ...why: string[]]>([
    ['allocated', { allocation: { devices: { results } }, reservedFor: [consumer] }],
    ['reserved for somebody', { reservedFor: [consumer] }, 'status.reservedFor: Forbidden: may not be specified when'],
    [
      'reserved for nobody',
      { allocation: { devices: { results } }, reservedFor: [{}] },
      'status.reservedFor[0].resource: Required value',
      'status.reservedFor[0].uid: Required value',
    ],
    [
      'of a device that is none',
      { allocation: { devices: { results: [{ request: 'cpu', driver: 'D/', pool: '', device: 'X' }] } } },
      'results[0].request: Invalid value: "cpu": must be the name of a request in the claim',
      'results[0].driver: Invalid value: "D/"',
      'results[0].pool: Required value',
      'results[0].device: Invalid value: "X"',
    ],
    [
      'of another device',
      { allocation: { devices: { results } }, devices: [{ driver: 'd', pool: 'p', device: 'y' }] },
      'status.devices[0]: Invalid value: "d/p/y": must be an allocated device in the claim',
    ],
    [
      'with half a condition',
      {
        allocation: { devices: { results } },
        devices: [{ ...results[0], conditions: [{ type: 'Ready', status: 'Yes', reason: '1' }] }],
      },
      'status.devices[0].conditions[0].status: Unsupported value: "Yes"',
      'conditions[0].lastTransitionTime: Required value',
      'conditions[0].reason: Invalid value: "1": a condition reason must start with alphabetic character',
    ],
  ])('%s', (_about, status, ...why) => {
    const rig = new Rig();
    rig.ask('POST', CLAIM, named({ spec: claim }));
    const said = rig.say('PUT', `${CLAIM}/it/status`, named({ spec: claim, status }));
    expect(said.slice(0, 3)).toBe(why.length === 0 ? '200' : '422');
    for (const words of why) expect(said).toContain(words);
  });

  test('is allocated once', () => {
    const rig = new Rig();
    rig.ask('POST', CLAIM, named({ spec: claim }));
    const allocated = (device: string): Json =>
      named({ spec: claim, status: { allocation: { devices: { results: [{ ...results[0], device }] } } } });
    expect(rig.say('PUT', `${CLAIM}/it/status`, allocated('x'))).toMatch(/^200/);
    expect(rig.say('PUT', `${CLAIM}/it/status`, allocated('y'))).toContain(': field is immutable');
  });
});

describe('a DeviceClass', () => {
  test.each<Row>([
    [{}],
    [{ extendedResourceName: 'example.com/gpu' }],
    [
      { extendedResourceName: 'cpu' },
      'spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource',
    ],
    [{ selectors: [{ cel: { expression: "'a'" } }] }, 'must evaluate to bool or the unknown type, not string'],
    [{ config: [{}] }, 'spec.config[0].opaque: Required value'],
  ])('with %j', (spec, ...why) => answers('deviceclasses', named({ spec }), why));
});

describe('a ResourceSlice', () => {
  const pool = { name: 'p', generation: 1, resourceSliceCount: 1 };
  const slice = { driver: 'gpu.example.com', pool, nodeName: 'n', devices: [{ name: 'a' }] };
  const device = (rest: object): object => ({ devices: [{ name: 'a', ...rest }] });
  const capacity = (requestPolicy: object): object =>
    device({ allowMultipleAllocations: true, capacity: { memory: { value: '10', requestPolicy } } });
  const D = 'spec.devices[0]';
  test.each<Row>([
    [{}],
    [device({ attributes: { 'a.b/c': { version: '1.2.3' }, d: { int: 4 } }, capacity: { memory: { value: '1Gi' } } })],
    [{ driver: '' }, 'spec.driver: Required value', 'spec.driver: Invalid value: "": a lowercase RFC 1123 subdomain'],
    [{ pool: { ...pool, name: '' } }, 'spec.pool.name: Required value'],
    [{ pool: { ...pool, name: 'a/B' } }, 'spec.pool.name: Invalid value: "B"'],
    [
      { pool: { ...pool, resourceSliceCount: 0 } },
      'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
    ],
    [
      { pool: { ...pool, generation: -1 } },
      'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
    ],
    [{ nodeName: null }, 'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNode'],
    [
      { allNodes: true },
      'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of',
      'but multiple fields are set',
    ],
    [{ allNodes: false }, 'spec.allNodes: Invalid value: false: must be either unset or set to true'],
    [{ nodeName: '' }, 'spec.nodeName: Invalid value: "": must be either unset or set to a non-empty string'],
    [
      { nodeName: null, nodeSelector: { nodeSelectorTerms: [] } },
      'spec.nodeSelector.nodeSelectorTerms: Required value: must have at least one node selector term',
      'spec.nodeSelector.nodeSelectorTerms: Invalid value: []: must have exactly one node selector term',
    ],
    [
      { sharedCounters: [{ name: 'a', counters: { b: { value: '1' } } }] },
      'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed',
    ],
    [
      { devices: null, sharedCounters: [{ name: '', counters: {} }] },
      'spec.sharedCounters[0].name: Required value',
      'spec.sharedCounters[0].counters: Required value',
    ],
    [{ devices: [{ name: 'a' }, { name: 'a' }] }, 'spec.devices[1]: Duplicate value: "a"'],
    [device({ name: 'A' }), `${D}.name: Invalid value: "A": a lowercase RFC 1123 label`],
    [
      device({ attributes: { '1': { int: 1 } } }),
      `${D}.attributes[1]: Invalid value: "1": a valid C identifier must start`,
    ],
    [
      device({ attributes: { '/a': { int: 1 } } }),
      `${D}.attributes[/a]: Invalid value: "": the domain must not be empty`,
    ],
    [device({ attributes: { a: {} } }), `${D}.attributes[a]: Invalid value: "": exactly one value must be specified`],
    [device({ attributes: { a: { version: '1' } } }), 'must be a string compatible with semver.org spec 2.0.0'],
    [
      device({ attributes: { a: { string: 'x'.repeat(65) } } }),
      `${D}.attributes[a].string: Too long: may not be more than 64`,
    ],
    [device({ taints: [{ key: 'a' }] }), `${D}.taints[0].effect: Required value`],
    [device({ taints: [{ key: 'a', effect: 'No' }] }), 'values: "NoExecute", "NoSchedule", "None"'],
    [
      device({ consumesCounters: [{}] }),
      'consumesCounters[0].counterSet: Required',
      'consumesCounters[0].counters: Required',
    ],
    [
      device({ nodeName: 'n' }),
      `${D}: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set`,
    ],
    [
      { nodeName: null, perDeviceNodeSelection: true },
      `${D}: Required value: exactly one of \`nodeName\`, \`nodeSelector\`, or`,
    ],
    [
      device({ bindingConditions: ['a'] }),
      'Invalid value: null: bindingFailureConditions are required to use bindingConditions',
    ],
    [
      device({ bindingConditions: ['a'], bindingFailureConditions: ['a'] }),
      'bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions',
    ],
    [
      device({ capacity: { m: { value: '1', requestPolicy: {} } } }),
      'requestPolicy: Forbidden: allowMultipleAllocations must',
    ],
    [
      capacity({ validValues: ['1'], validRange: {} }),
      'cannot specify "validValues" and "validRange" at the same time',
    ],
    [capacity({ validValues: ['1'] }), '.default: Required value: required when validValues is defined'],
    [
      capacity({ default: '1', validValues: ['2', '1'] }),
      '[1]: Invalid value: "1": values must be sorted in ascending',
    ],
    [capacity({ default: '3', validValues: ['2'] }), 'Invalid value: "3": default value is not valid according to the'],
    [capacity({ default: '1', validValues: ['1', '11'] }), '"11": option is larger than capacity value: 10'],
    [capacity({ default: '1', validRange: {} }), 'validRange.min: Required value: required when validRange is defined'],
    [
      capacity({ default: '1', validRange: { min: '2', max: '11' } }),
      '"1": default is less than min: 2',
      '"11": max is larger',
    ],
    [
      capacity({ default: '3', validRange: { min: '2', step: '2' } }),
      '"3": value is not a multiple of a given step (2) from (2)',
    ],
  ])('with %j', (change, ...why) => answers('resourceslices', named({ spec: { ...slice, ...change } }), why));

  test('keeps its driver, pool and node, and its taints have times', () => {
    const rig = new Rig();
    const tainted = device({ taints: [{ key: 'a', effect: 'None' }] });
    expect(rig.ask('POST', `${API}/resourceslices`, named({ spec: { ...slice, ...tainted } })).body).toMatchObject({
      spec: { devices: [{ taints: [{ timeAdded: rig.clock.time }] }] },
    });
    const said = rig.say(
      'PUT',
      `${API}/resourceslices/it`,
      named({ spec: { ...slice, driver: 'other.b', nodeName: 'm' } }),
    );
    expect(said).toContain('spec.driver: Invalid value: "other.b": field is immutable');
    expect(said).toContain('spec.nodeName: Invalid value: "m": field is immutable');
    const listed = (selector: string): unknown =>
      (rig.ask('GET', `${API}/resourceslices?fieldSelector=${selector}`).body as unknown as { items: unknown[] }).items
        .length;
    expect([listed('spec.nodeName=n'), listed('spec.driver=other')]).toEqual([1, 0]);
  });
});
