import { describe, expect, it, test } from 'vitest';
import type { JsonMap } from '../api/json';
import { Bridge } from './bridge';
import { asksSwaggerProtobuf, swaggerProtobuf } from './swagger-protobuf';

/** What gnostic's openapiv2 makes of this document; its keys stand in the order of the fields' numbers. */
const DOCUMENT = {
  swagger: '2.0',
  info: { title: 'Kubernetes', version: 'v1' },
  paths: {
    '/a/{name}': {
      get: {
        tags: ['t'],
        description: 'read',
        operationId: 'read',
        produces: ['application/json'],
        consumes: ['*/*'],
        parameters: [
          { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/A' } },
          { in: 'query', description: 'd', name: 'dryRun', type: 'string', uniqueItems: true },
        ],
        responses: { '200': { description: 'OK', schema: { $ref: '#/definitions/A' } } },
        schemes: ['https'],
      },
      parameters: [{ required: true, in: 'path', description: 'n', name: 'name', type: 'string', uniqueItems: true }],
    },
  },
  definitions: {
    A: {
      description: 'an A',
      required: ['b'],
      type: 'object',
      properties: {
        b: { type: 'array', items: { format: 'byte', type: 'string' } },
        c: { additionalProperties: { type: 'integer' }, type: 'object' },
      },
    },
  },
};
const GNOSTIC = [
  '0a03322e3012100a0a4b756265726e657465731202763142d70112d4010a092f612f7b6e616d657d12c601129f010a01741a',
  '04726561642a047265616432106170706c69636174696f6e2f6a736f6e3a032a2f2a42250a230a211204626f64791a04626f',
  '647920012a110a0f232f646566696e6974696f6e732f4142230a21121f1a1d120571756572791a0164220664727952756e32',
  '06737472696e67a001014a240a220a03323030121b0a190a024f4b12130a110a0f232f646566696e6974696f6e732f415205',
  '68747470734a220a20121e221c08011204706174681a016e22046e616d652a06737472696e679801014a690a670a01411262',
  '2204616e20419a010162b201080a066f626a656374ca014a0a250a01621220b201070a056172726179ba01130a1112046279',
  '7465b201080a06737472696e670a210a0163121caa010e0a0cb201090a07696e7465676572b201080a066f626a656374',
].join('');

test('a document is written as gnostic writes it', () => {
  expect(swaggerProtobuf(DOCUMENT).toString('hex')).toBe(GNOSTIC);
});

test('what Kubernetes adds is anything, as YAML', () => {
  const kinds = [{ group: '', kind: 'Pod', version: 'v1' }];
  const schema = { type: 'object', 'x-kubernetes-group-version-kind': kinds };
  const bytes = swaggerProtobuf({ definitions: { Pod: schema } });
  expect(bytes.toString('latin1')).toContain(JSON.stringify(kinds));
});

describe('/openapi/v2', () => {
  it.each([
    ['application/com.github.proto-openapi.spec.v2@v1.0+protobuf', true],
    ['application/com.github.proto-openapi.spec.v2.v1.0+protobuf', true],
    ['application/json', false],
    ['*/*', false],
  ])('for %s is protobuf: %j', (accept, wanted) => {
    expect(asksSwaggerProtobuf('/openapi/v2', accept)).toBe(wanted);
  });

  it('holds all versions in one, refers only to what it holds, and says what fields are', async () => {
    const bridge = new Bridge();
    await bridge.start({ preset: 'empty', seed: 1, speed: 0 });
    const port = await bridge.listen(0);
    const answer = await fetch(`http://127.0.0.1:${port}/openapi/v2`);
    const document = (await answer.json()) as { paths: JsonMap; definitions: Record<string, JsonMap> };
    bridge.close();
    for (const path of ['/api/v1/pods', '/apis/apps/v1/deployments', '/apis/autoscaling/v1/', '/apis/autoscaling/v2/'])
      expect(Object.keys(document.paths)).toContain(path);
    const used = [...JSON.stringify(document).matchAll(/"#\/([^"]+)"/g)].map(([, name]) => name!);
    expect(used.filter((name) => !Object.hasOwn(document.definitions, name.replace('definitions/', '')))).toEqual([]);
    const schemas = Object.values(document.definitions).flatMap((schema) => [
      schema,
      ...Object.values((schema['properties'] ?? {}) as Record<string, JsonMap>),
    ]);
    const strange = ['allOf', 'oneOf', 'default', 'nullable'];
    expect(schemas.filter((schema) => strange.some((key) => key in schema)).length).toBe(0);
    const pod = document.definitions['io.k8s.api.core.v1.Pod'] as { properties: Record<string, JsonMap> };
    expect(pod.properties['spec']).toMatchObject({ $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' });
    expect(pod.properties['spec']!['description']).toContain('pod');
    expect(document.definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
      type: 'string',
      format: 'int-or-string',
    });
  });
});
