// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { ApiClient, ApiResponse } from '../../api/client';
import type { Json } from '../../api/objects';
import { ClusterCheck, pathOfField, problemsOf } from './cluster-check';
import { readManifest } from './manifest';
import { isImmutable, shortReason, type RefusedWrite } from './recording-client';

const TEXT = `apiVersion: batch/v1
kind: Job
metadata:
  name: train
spec:
  backoffLimit: four
  template:
    spec:
      tolerationz: []
      containers:
      - name: trainer
        image: x
        resources:
          limits:
            memory: 16GiB
`;

const [document] = readManifest(TEXT).documents;
const refused = (code: number, body: Json): ApiResponse => ({ code, headers: {}, body });
const found = (response: ApiResponse): string[] =>
  problemsOf(document!, response).map(({ line, message }) => `${line}: ${message}`);

describe('problemsOf', () => {
  it('puts each cause on the line of its field', () => {
    const body = {
      reason: 'Invalid',
      message: 'Job.batch "train" is invalid',
      details: {
        causes: [
          { field: 'spec.template.spec.containers[0].image', message: 'Required value' },
          { field: 'spec.template.spec.restartPolicy', message: 'Required value: valid values: "OnFailure", "Never"' },
        ],
      },
    };
    expect(found(refused(422, body))).toEqual([
      '12: spec.template.spec.containers[0].image: Required value',
      '8: spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ]);
  });

  it('finds unknown fields, wrong types and bad quantities', () => {
    expect(
      found(refused(400, { message: 'strict decoding error: unknown field "spec.template.spec.tolerationz"' })),
    ).toEqual(['9: unknown field "spec.template.spec.tolerationz"']);
    const typed =
      'Job in version "v1" cannot be handled as a Job: json: cannot unmarshal string into Go struct field JobSpec.spec.backoffLimit of type int32';
    expect(found(refused(400, { message: typed }))[0]).toMatch(/^6: json: cannot unmarshal string/);
    const inList =
      'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.image of type string';
    expect(found(refused(400, { message: inList }))[0]).toMatch(/^12: /);
    expect(found(refused(400, { message: "quantities must match the regular expression '^x$'" }))[0]).toMatch(
      /^15: memory: quantities must match/,
    );
  });

  it.each([201, 409, 503])('sees no problem in %d', (code) => {
    expect(found(refused(code, { message: 'x' }))).toEqual([]);
  });
});

describe('ClusterCheck', () => {
  const client = (served: boolean): ApiClient => ({
    request: (request) =>
      Promise.resolve(
        request.path === '/apis/batch/v1'
          ? refused(200, {
              resources: served
                ? [
                    { name: 'jobs', kind: 'Job', namespaced: true },
                    { name: 'jobs/status', kind: 'Job', namespaced: true },
                  ]
                : [],
            })
          : refused(request.method === 'POST' && request.query?.['dryRun'] === 'All' ? 201 : 404, {}),
      ),
    watch: () => () => {},
    stream: () => () => {},
    channel: () => ({ send: () => {}, endInput: () => {}, close: () => {} }),
  });

  it('says that a kind is not served, in kubectl’s words', async () => {
    expect(await new ClusterCheck(client(false)).problems(document!)).toEqual([
      { line: 2, severity: 'error', message: 'no matches for kind "Job" in version "batch/v1"' },
    ]);
    expect(await new ClusterCheck(client(true)).problems(document!)).toEqual([]);
    expect(await new ClusterCheck(client(true)).live(document!)).toBeUndefined();
  });

  it('says nothing of kinds while nobody answers, and asks again', async () => {
    let code = 503;
    const starting: ApiClient = {
      ...client(true),
      request: (request) =>
        code === 503 ? Promise.resolve(refused(code, { kind: 'Status', code })) : client(true).request(request),
    };
    const check = new ClusterCheck(starting);
    expect(await check.problems(document!)).toEqual([]);
    expect(await check.live(document!)).toBeUndefined();
    code = 200;
    expect(await check.resource(document!)).toEqual({ resource: 'jobs', namespaced: true });
  });
});

describe('pathOfField', () => {
  it.each<[string, (string | number)[]]>([
    ['spec.template', ['spec', 'template']],
    [
      'spec.containers[2].resources.limits[nvidia.com/gpu]',
      ['spec', 'containers', 2, 'resources', 'limits', 'nvidia.com/gpu'],
    ],
    ['metadata.labels', ['metadata', 'labels']],
  ])('%s', (field, path) => {
    expect(pathOfField(field)).toEqual(path);
  });
});

describe('a refused write', () => {
  const immutable: RefusedWrite = {
    request: { method: 'PATCH', path: '/apis/batch/v1/namespaces/default/jobs/train' },
    status: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code: 422,
      reason: 'Invalid',
      message:
        'Job.batch "train" is invalid: spec.template: Invalid value: {"metadata":{"a":"b: c"}}: field is immutable',
      details: {
        name: 'train',
        kind: 'Job',
        causes: [{ field: 'spec.template', message: 'Invalid value: {"metadata":{"a":"b: c"}}: field is immutable' }],
      },
    },
  };

  it('is told in one line, without the dump of the value', () => {
    expect(isImmutable(immutable)).toBe(true);
    expect(shortReason(immutable)).toBe('Job train: spec.template: field is immutable');
  });

  it('is no matter of replacing when a value is wrong', () => {
    const causes = [{ field: 'spec.replicas', message: 'Invalid value: -1: must be greater than or equal to 0' }];
    const wrong = { ...immutable, status: { ...immutable.status, message: '', details: { causes } } };
    expect(isImmutable(wrong)).toBe(false);
    expect(shortReason(wrong)).toBe('spec.replicas: must be greater than or equal to 0');
  });
});
