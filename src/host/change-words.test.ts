import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../api/client';
import type { Json } from '../api/objects';
import type { Input } from '../kernel/input';
import { changeName } from './change-words';

const JOBS = '/apis/batch/v1/namespaces/default/jobs';
const POD = '/api/v1/namespaces/default/pods/train-sgd-x7k2p';

function request(method: string, path: string, body?: Json, manager?: string): Extract<Input, { kind: 'request' }> {
  const query: ApiRequest['query'] = manager ? { fieldManager: manager } : {};
  return { atMs: 0, kind: 'request', client: 'test', request: { method, path, query, ...(body ? { body } : {}) } };
}

function job(spec: Record<string, Json>, image = 'podium/sgd:1.4', memory = '16Gi'): Json {
  const container = { name: 'trainer', image, resources: { limits: { memory }, requests: { memory } } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'train-sgd', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': image } },
    spec: { template: { spec: { containers: [container], ...spec } } },
    status: { active: memory },
  };
}

const TOLERATION = { key: 'nvidia.com/gpu', operator: 'Exists' };

describe('what a branch is called', () => {
  it.each<[string, Json, Json, string]>([
    ['a list that was not there', job({}), job({ tolerations: [TOLERATION] }), 'tolerations added'],
    ['an element more', job({ tolerations: [] }), job({ tolerations: [TOLERATION] }), 'tolerations added'],
    ['an element less', job({ tolerations: [TOLERATION] }), job({ tolerations: [] }), 'tolerations removed'],
    ['a number', { spec: { replicas: 3 } }, { spec: { replicas: 5 }, status: { replicas: 3 } }, 'replicas 3 → 5'],
    ['only the tag of an image', job({}), job({}, 'podium/sgd:1.5'), 'image 1.4 → 1.5'],
    ['a field that defaulting repeats, once', job({}), job({}, 'podium/sgd:1.4', '32Gi'), 'memory 16Gi → 32Gi'],
    ['several', job({}), job({ tolerations: [TOLERATION], priority: 1 }), 'tolerations added and 1 more'],
    [
      'a variable by its name',
      { spec: { env: [{ name: 'LR', value: '0.1' }] } },
      { spec: { env: [{ name: 'LR', value: '0.2' }] } },
      'LR 0.1 → 0.2',
    ],
    ['a long text', { data: { a: 'x'.repeat(40) } }, { data: { a: 'y' } }, 'a changed'],
    ['arguments', { spec: { args: ['a', 'b'] } }, { spec: { args: ['a'] } }, 'args changed'],
    ['a cordon', { spec: {} }, { spec: { unschedulable: true } }, 'cordoned'],
    [
      'keys that every object inherits',
      { data: {} },
      JSON.parse('{"data": {"constructor": "1", "__proto__": "2"}}') as Json,
      'constructor added and 1 more',
    ],
  ])('%s', (_what, before, after, name) => {
    const patch = request('PATCH', `${JOBS}/train-sgd`);
    expect(changeName(patch, { before, after, future: [] })).toEqual({ name, telling: true });
  });

  it('says what was done where nothing is compared', () => {
    const context = { future: [] };
    const names = [
      request('DELETE', POD),
      request('DELETE', JOBS),
      request('POST', `${POD}/eviction`, {}),
      request('POST', JOBS, job({})),
      request('POST', JOBS, job({}), 'kubectl-client-side-apply'),
      { atMs: 0, kind: 'fault', fault: { type: 'NodeDown', node: 'cpu-2' } } as const,
    ].map((input) => changeName(input, context).name);
    expect(names).toEqual([
      'delete pod train-sgd-x7k2p',
      'delete all jobs',
      'evict pod train-sgd-x7k2p',
      'create job train-sgd',
      'apply job train-sgd',
      'power off cpu-2',
    ]);
  });

  it('compares what is created with what was created later on the line that is left', () => {
    const future = [request('POST', '/api/v1/namespaces/default/configmaps', {}), request('POST', JOBS, job({}))];
    const other = request('POST', JOBS, job({ tolerations: [TOLERATION] }));
    expect(changeName(other, { future })).toEqual({ name: 'tolerations added', telling: true });
    expect(changeName(request('POST', JOBS, job({})), { future })).toEqual({
      name: 'create job train-sgd',
      telling: false,
    });
  });
});
