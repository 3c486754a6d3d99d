import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../api/json';
import type { SchedulingRecord } from '../../api/scheduling';
import { factsOf } from './facts';
import { sentenceOf } from './sentences';
import { subjectOf } from './subjects';

const placed = {
  outcome: 'Scheduled',
  feasible: 2,
  nodes: 6,
  node: 'gpu-1',
  scores: [
    { node: 'gpu-1', total: 474 },
    { node: 'gpu-2', total: 455 },
  ],
} as unknown as SchedulingRecord;
const tied = { ...placed, scores: [placed.scores[0]!, { ...placed.scores[1]!, total: 474 }] };
const refused = { outcome: 'Unschedulable', feasible: 0, nodes: 6, scores: [] } as unknown as SchedulingRecord;
const ready = [{ type: 'Ready', status: 'True' }];

const CASES: [resource: string, object: JsonMap | undefined, attempts: SchedulingRecord[], sentence: string][] = [
  [
    'pods',
    { spec: { nodeName: 'gpu-1' }, status: { phase: 'Running', conditions: ready } },
    [placed],
    'Running on gpu-1: 2 of 6 nodes fit, and this one scored 474 against 455.',
  ],
  [
    'pods',
    { spec: { nodeName: 'gpu-1' }, status: { phase: 'Running', conditions: ready } },
    [tied],
    'Running on gpu-1: 2 of 6 nodes fit, and this one is as good as gpu-2, at 474.',
  ],
  ['pods', { spec: {}, status: { phase: 'Pending' } }, [refused], 'Pending. 0 of 6 nodes fit.'],
  ['pods', { spec: {}, status: { phase: 'Pending' } }, [], 'Pending. The scheduler has not looked at it yet.'],
  ['pods', { spec: { nodeName: 'a' }, status: { phase: 'Succeeded' } }, [], 'Finished on a with exit code 0.'],
  [
    'pods',
    { metadata: { deletionTimestamp: 't', deletionGracePeriodSeconds: 30 } },
    [],
    'Being deleted; has 30 s of grace.',
  ],
  ['pods', undefined, [], 'It is not in the cluster at this moment.'],
  [
    'nodes',
    { spec: { taints: [{}, {}] }, status: { conditions: ready } },
    [],
    'Ready; 2 taints keep out Pods that do not tolerate them.',
  ],
  [
    'nodes',
    { spec: { unschedulable: true }, status: { conditions: ready } },
    [],
    'Ready, but cordoned: it takes no new Pods.',
  ],
  ['jobs', { spec: { parallelism: 1 }, status: { active: 1 } }, [], 'Wants 1 Pod at work, has 1.'],
  [
    'jobs',
    { status: { conditions: [{ type: 'Complete', status: 'True' }] } },
    [],
    'Complete: as many Pods have succeeded as it wanted.',
  ],
  ['deployments', { spec: { replicas: 3 }, status: { readyReplicas: 2 } }, [], 'Wants 3 Pods; 2 are Ready.'],
  ['persistentvolumeclaims', { spec: {}, status: { phase: 'Pending' } }, [], 'Pending: no volume is bound to it yet.'],
];

describe('sentenceOf', () => {
  it.each(CASES)('%s %#', (resource, object, attempts, sentence) => {
    expect(sentenceOf({ resource, namespace: 'default', name: 'x' }, object, attempts)).toBe(sentence);
  });
});

describe('factsOf', () => {
  it('links to what an object refers to', () => {
    const object: JsonMap = {
      metadata: { ownerReferences: [{ kind: 'Job', name: 'train', controller: true }] },
      spec: {
        nodeName: 'gpu-1',
        containers: [
          {
            image: 'a:1',
            resources: { requests: { cpu: '4', memory: '16Gi', 'nvidia.com/gpu': '1' } },
            volumeMounts: [{ name: 'v', mountPath: '/ckpt' }],
          },
        ],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'ckpt' } }],
      },
      status: {
        containerStatuses: [{ restartCount: 2, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
      },
    };
    const facts = factsOf({ resource: 'pods', namespace: 'default', name: 'x' }, object);
    const shown = Object.fromEntries(
      facts.map(({ label, parts }) => [
        label,
        parts.map((part) => (part.subject ? `[${part.subject.resource} ${part.text}]` : part.text)).join(''),
      ]),
    );
    expect(shown).toEqual({
      Node: '[nodes gpu-1]',
      Owner: 'Job [jobs train]',
      Image: 'a:1',
      'Asks for': '4 CPU, 16Gi, 1 × nvidia.com/gpu',
      Volumes: '[persistentvolumeclaims ckpt] at /ckpt',
      Restarts: '2',
      'Last exit': '137 (OOMKilled)',
    });
  });

  it('does not fall over objects that are not as they should be', () => {
    for (const resource of ['pods', 'nodes', 'jobs', 'deployments', 'services', 'persistentvolumeclaims', 'events']) {
      for (const object of [
        {},
        { spec: null, status: 3 },
        { spec: { containers: 'x', taints: [1, null] }, metadata: [] },
      ] as JsonMap[]) {
        expect(() => factsOf({ resource, namespace: '', name: 'x' }, object)).not.toThrow();
        expect(() => sentenceOf({ resource, namespace: '', name: 'x' }, object, [])).not.toThrow();
      }
    }
  });
});

describe('subjectOf', () => {
  it.each([
    ['po', 'pods'],
    ['pod', 'pods'],
    ['Pod', 'pods'],
    ['job.batch', 'jobs'],
    ['deploy', 'deployments'],
    ['pvc', 'persistentvolumeclaims'],
  ])('%s', (word, resource) => {
    expect(subjectOf(word, 'x', 'ns')).toEqual({ resource, namespace: 'ns', name: 'x' });
  });

  it('knows that nodes have no namespace', () => {
    expect(subjectOf('no', 'cpu-1', 'ns')).toEqual({ resource: 'nodes', namespace: '', name: 'cpu-1' });
    expect(subjectOf('widgets', 'x', 'ns')).toBeUndefined();
  });
});
