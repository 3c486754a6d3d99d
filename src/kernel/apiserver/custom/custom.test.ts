import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

/** Definitions and their objects, asked for as clients ask. */

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const MINES = '/apis/dig.example.com/v1/namespaces/lab/mines';
const MERGE = 'application/merge-patch+json';

const SPEC = {
  type: 'object',
  required: ['depth'],
  properties: {
    depth: { type: 'integer', minimum: 1, maximum: 9 },
    ore: { type: 'string', enum: ['iron', 'gold'], default: 'iron' },
    tag: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 4 },
    shafts: {
      type: 'array',
      maxItems: 2,
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, size: { type: 'integer', default: 1 } },
      },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    port: { 'x-kubernetes-int-or-string': true },
    until: { type: 'string', format: 'date-time', nullable: true },
  },
  'x-kubernetes-validations': [
    { rule: "self.ore != 'gold' || self.depth > 3", message: 'gold lies deep' },
    { rule: 'self.depth >= oldSelf.depth', messageExpression: "'it was ' + string(oldSelf.depth) + ' deep'" },
  ],
};
const version = (name: string, fields: object = {}): object => ({
  name,
  served: true,
  storage: true,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: SPEC,
        status: { type: 'object', properties: { dug: { type: 'integer' }, sel: { type: 'string' } } },
      },
    },
  },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.depth', statusReplicasPath: '.status.dug', labelSelectorPath: '.status.sel' },
  },
  additionalPrinterColumns: [
    { name: 'Depth', type: 'integer', jsonPath: '.spec.depth' },
    { name: 'Shaft', type: 'string', jsonPath: '.spec.shafts[0].name' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  selectableFields: [{ jsonPath: '.spec.ore' }],
  ...fields,
});
const definition = (fields: object = {}): Json =>
  ({
    metadata: { name: 'mines.dig.example.com' },
    spec: {
      group: 'dig.example.com',
      scope: 'Namespaced',
      names: { plural: 'mines', kind: 'Mine', shortNames: ['mi'] },
      versions: [version('v1')],
      ...fields,
    },
  }) as Json;
const mine = (spec: object, name = 'm'): Json => ({ metadata: { name }, spec }) as Json;

function defined(): Rig {
  const rig = new Rig();
  expect(rig.ask('POST', DEFINITIONS, definition()).code).toBe(201);
  return rig;
}

const UNCHECKED =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

describe('an object is refused', () => {
  test.each<[spec: object, why: string]>([
    [{}, `[spec.depth: Required value, ${UNCHECKED}]`],
    [
      { depth: 'x' },
      `[spec.depth: Invalid value: "string": spec.depth in body must be of type integer: "string", ${UNCHECKED}]`,
    ],
    [{ depth: 0 }, 'spec.depth: Invalid value: 0: spec.depth in body should be greater than or equal to 1'],
    [{ depth: 10 }, 'spec.depth: Invalid value: 10: spec.depth in body should be less than or equal to 9'],
    [{ depth: 1, ore: 'tin' }, `[spec.ore: Unsupported value: "tin": supported values: "iron", "gold", ${UNCHECKED}]`],
    [{ depth: 1, tag: 'A1' }, `spec.tag: Invalid value: "A1": spec.tag in body should match '^[a-z]+$'`],
    [{ depth: 1, tag: 'a' }, 'spec.tag: Invalid value: "a": spec.tag in body should be at least 2 chars long'],
    [{ depth: 1, tag: 'abcde' }, `[spec.tag: Too long: may not be more than 4 bytes, ${UNCHECKED}]`],
    [
      { depth: 1, port: true },
      `[spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean", ${UNCHECKED}]`,
    ],
    [
      { depth: 1, until: 'soon' },
      `[spec.until: Invalid value: "soon": spec.until in body must be of type date-time: "soon", ${UNCHECKED}]`,
    ],
    [{ depth: 1, shafts: [{ name: 'a' }, { name: 'a' }] }, 'spec.shafts[1]: Duplicate value: {"name":"a"}'],
    [
      { depth: 1, shafts: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      `[spec.shafts: Too many: 3: must have at most 2 items, ${UNCHECKED}]`,
    ],
    [{ depth: 2, ore: 'gold' }, 'spec: Invalid value: gold lies deep'],
  ])('%j', (spec, why) => {
    const rig = defined();
    const before = rig.hash;
    expect(rig.say('POST', MINES, mine(spec))).toBe(`422 Mine.dig.example.com "m" is invalid: ${why}`);
    expect(rig.hash).toBe(before);
  });

  test('for a change that its rules forbid', () => {
    const rig = defined();
    rig.ask('POST', MINES, mine({ depth: 5 }));
    const why = '422 Mine.dig.example.com "m" is invalid: spec: Invalid value: it was 5 deep';
    expect(rig.say('PATCH', `${MINES}/m`, { spec: { depth: 4 } }, MERGE)).toBe(why);
  });
});

test('what a schema does not know is told and dropped, what it does is filled in', () => {
  const rig = defined();
  const { body, warnings } = rig.ask(
    'POST',
    MINES,
    mine({ depth: 1, nope: 1, until: null, free: { any: 1 }, shafts: [{ name: 'a', far: 2 }] }),
  );
  expect(warnings).toEqual(['unknown field "spec.nope"', 'unknown field "spec.shafts[0].far"']);
  expect((body as { spec: Json }).spec).toEqual({
    depth: 1,
    until: null,
    free: { any: 1 },
    shafts: [{ name: 'a', size: 1 }],
    ore: 'iron',
  });
  expect(rig.say('POST', `${MINES}?fieldValidation=Strict`, mine({ depth: 1, nope: 1 }, 'n'))).toContain(
    'strict decoding error: unknown field "spec.nope"',
  );
});

test.each([
  [
    '[]',
    "400 the object provided is unrecognized (must be of type Mine): couldn't get version/kind; json parse error: json: cannot unmarshal array",
  ],
  [
    '{"metadata":{"labels":1}}',
    '400 Mine in version "v1" cannot be handled as a Mine: json: cannot unmarshal number into Go struct field ObjectMeta.labels',
  ],
  [
    '{"apiVersion":"dig.example.com/v2","spec":{}}',
    '400 the API version in the data (dig.example.com/v2) does not match the expected API version (dig.example.com/v1)',
  ],
])('a body that says %s is refused', (body, answer) => {
  expect(defined().say('POST', MINES, body)).toContain(answer);
});

test('spec and status are written apart, and counted', () => {
  const rig = defined();
  const status = { dug: 2, sel: 'a=b' };
  expect(rig.ask('POST', MINES, { ...(mine({ depth: 1 }) as object), status } as Json).body).not.toHaveProperty(
    'status',
  );
  rig.ask(
    'PATCH',
    `${MINES}/m/status`,
    { metadata: { labels: { a: 'b' } }, spec: { depth: 9 }, status } as Json,
    MERGE,
  );
  rig.ask('PATCH', `${MINES}/m`, { spec: { depth: 3 }, status: { dug: 7 } }, MERGE);
  expect(rig.ask('GET', `${MINES}/m`).body).toMatchObject({ metadata: { generation: 2 }, spec: { depth: 3 }, status });
  expect(rig.ask('GET', `${MINES}/m`).body).not.toHaveProperty('metadata.labels');
  expect(rig.ask('PATCH', `${MINES}/m/scale`, { spec: { replicas: 4 } }, MERGE).body).toMatchObject({
    spec: { replicas: 4 },
    status: { replicas: 2, selector: 'a=b' },
  });
  expect(rig.ask('GET', `${MINES}/m`).body).toMatchObject({ metadata: { generation: 3 }, spec: { depth: 4 } });
});

test('lists are selected by declared fields and shown in declared columns', () => {
  const rig = defined();
  rig.ask('POST', MINES, mine({ depth: 1, shafts: [{ name: 'north' }] }));
  rig.ask('POST', MINES, mine({ depth: 4, ore: 'gold' }, 'n'));
  const { body } = rig.ask('GET', `${MINES}?fieldSelector=spec.ore%3Dgold`);
  expect(body).toMatchObject({
    kind: 'MineList',
    metadata: { continue: '' },
    items: [{ kind: 'Mine', metadata: { name: 'n' } }],
  });
  expect(rig.say('GET', `${MINES}?fieldSelector=spec.depth%3D1`)).toBe('400 field label not supported: spec.depth');
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const table = rig.server.handle({ method: 'GET', path: MINES, headers }, { actor: 'test' }).body;
  expect((table as { rows: { cells: Json[] }[] }).rows.map(({ cells }) => cells)).toEqual([
    ['m', 1, 'north', '0s'],
    ['n', 4, null, '0s'],
  ]);
});

test('a strategic patch has no strategies here', () => {
  const rig = defined();
  rig.ask('POST', MINES, mine({ depth: 1 }));
  expect(rig.say('PATCH', `${MINES}/m`, {}, 'application/strategic-merge-patch+json')).toContain(
    '415 the body of the request was in an unknown format',
  );
});

test('a definition is served until it is deleted, and its objects go with it', () => {
  const rig = defined();
  expect(rig.ask('GET', '/apis/dig.example.com/v1').body).toMatchObject({
    resources: [{ name: 'mines', shortNames: ['mi'] }, { name: 'mines/status' }, { name: 'mines/scale' }],
  });
  const { body } = rig.ask('POST', MINES, {
    ...(mine({ depth: 1 }) as object),
    metadata: { name: 'm', finalizers: ['example.com/f'] },
  } as Json);
  expect(rig.ask('DELETE', `${DEFINITIONS}/mines.dig.example.com`).body).toMatchObject({
    metadata: { finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
  });
  expect(rig.ask('GET', `${DEFINITIONS}/mines.dig.example.com`).code).toBe(200);
  rig.ask('PATCH', `${MINES}/m`, { metadata: { finalizers: [] } }, MERGE);
  expect(
    rig.store.get('mines.dig.example.com', `lab/${(body as { metadata: { name: string } }).metadata.name}`),
  ).toBeUndefined();
  expect([rig.ask('GET', `${DEFINITIONS}/mines.dig.example.com`).code, rig.ask('GET', MINES).code]).toEqual([404, 404]);
});

test('a name that is taken is not accepted, and nothing is served by it', () => {
  const rig = defined();
  const names = { plural: 'pits', kind: 'Mine' };
  rig.ask('POST', DEFINITIONS, {
    ...(definition({ names }) as object),
    metadata: { name: 'pits.dig.example.com' },
  } as Json);
  expect(rig.ask('GET', `${DEFINITIONS}/pits.dig.example.com`).body).toMatchObject({
    status: {
      conditions: [
        { type: 'NamesAccepted', status: 'False' },
        { type: 'Established', status: 'False' },
      ],
    },
  });
  expect(rig.ask('GET', '/apis/dig.example.com/v1/namespaces/lab/pits').code).toBe(404);
});

describe('a definition is refused', () => {
  const schema = (spec: object): object => ({ schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } });
  const path = 'spec.validation.openAPIV3Schema.properties[spec]';
  test.each<[fields: object, why: string]>([
    [{ group: 'example' }, 'spec.group: Invalid value: "example": should be a domain with at least one dot'],
    [{ scope: 'Galaxy' }, 'spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"'],
    [{ versions: [] }, 'spec.versions: Invalid value: []: must have exactly one version marked as storage version'],
    [{ versions: [version('v1'), version('v1', { storage: false })] }, 'must contain unique version names'],
    [{ versions: [version('v1', { schema: {} })] }, 'spec.versions[0].schema.openAPIV3Schema: Required value'],
    [
      { versions: [version('v1', schema({}))] },
      `${path}.type: Required value: must not be empty for specified object fields`,
    ],
    [
      { versions: [version('v1', schema({ type: 'integer', default: 'x' }))] },
      `${path}.default: Invalid value: "string":  in body must be of type integer: "string"`,
    ],
    [
      {
        versions: [
          version('v1', schema({ type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'map' })),
        ],
      },
      `${path}.x-kubernetes-list-map-keys: Required value`,
    ],
    [
      { versions: [version('v1', { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: '.a' }] })] },
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
    ],
    [
      { names: { plural: 'mines', kind: 'Mine', listKind: 'Mine' } },
      'spec.names.listKind: Invalid value: "Mine": kind and listKind may not be the same',
    ],
  ])('%j', (fields, why) => {
    expect(new Rig().say('POST', DEFINITIONS, definition(fields))).toContain(why);
  });
});

test('what is served is published, with schemas that lead to one another', () => {
  const rig = defined();
  type Document = {
    components: { schemas: Record<string, { properties?: Record<string, Json> }> };
    paths: Record<string, Json>;
  };
  const of = (version: string): Document => rig.ask('GET', `/openapi/v3/${version}`).body as unknown as Document;
  const own = of('apis/dig.example.com/v1');
  expect(own.components.schemas['com.example.dig.v1.Mine']).toMatchObject({
    properties: { kind: { type: 'string' }, spec: { required: ['depth'] } },
    'x-kubernetes-group-version-kind': [{ group: 'dig.example.com', version: 'v1', kind: 'Mine' }],
  });
  expect(own.paths).toHaveProperty(
    ['/apis/dig.example.com/v1/namespaces/{namespace}/mines/{name}', 'get', 'x-kubernetes-action'],
    'get',
  );
  const { schemas } = of('apis/apps/v1').components;
  const references = [...JSON.stringify(schemas).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name!);
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter((name) => !Object.hasOwn(schemas, name))).toEqual([]);
  expect(rig.ask('GET', '/openapi/v3/apis/nope.io/v1').code).toBe(404);
});

test('a dry run defines nothing', () => {
  const rig = new Rig();
  const before = rig.hash;
  expect(rig.ask('POST', `${DEFINITIONS}?dryRun=All`, definition()).code).toBe(201);
  expect([rig.hash, rig.ask('GET', MINES).code]).toEqual([before, 404]);
});
