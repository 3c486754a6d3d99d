import { describe, expect, it } from 'vitest';
import type { Pod } from '../../api/objects';
import { formatTime } from '../../api/time';
import { inOrderOfDeletion, leastAdvancedFirst } from './pods';

const NOW_MS = Date.UTC(2026, 0, 5, 12);

interface About {
  /** Seconds since it was made, and since it was ready; not ready where there is none. */
  readonly age?: number;
  readonly ready?: number;
  readonly node?: string;
  readonly phase?: string;
  readonly cost?: string;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
}

function podOf(uid: string, about: About): Pod {
  const { age = 1000, ready, node = 'cpu-1', phase = 'Running', cost, restarts = 0, sidecarRestarts = 0 } = about;
  const at = (seconds: number): string => formatTime(NOW_MS - seconds * 1000);
  const conditions = ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: at(ready) }];
  return {
    metadata: {
      name: uid,
      uid,
      creationTimestamp: at(age),
      annotations: cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost },
    },
    spec: { nodeName: node, containers: [], initContainers: [{ name: 'side', restartPolicy: 'Always' }] },
    status: {
      phase,
      conditions,
      containerStatuses: [{ name: 'main', restartCount: restarts }],
      initContainerStatuses: [{ name: 'side', restartCount: sidecarRestarts }],
    },
  } as unknown as Pod;
}

/** Which of two Pods, a and b, a ReplicaSet gives up first, and which a Job. */
const CASES: readonly [why: string, a: About, b: About, set: 'a' | 'b', job: 'a' | 'b'][] = [
  ['it is on no node', { ready: 10 }, { node: '' }, 'b', 'b'],
  ['it is pending', { ready: 10 }, { phase: 'Pending' }, 'b', 'b'],
  ['it is not ready', { ready: 10 }, {}, 'b', 'b'],
  ['it is cheaper, which Jobs do not ask', { ready: 500 }, { ready: 700, cost: '-1' }, 'b', 'a'],
  ['it has been ready for much less', { ready: 900 }, { ready: 10 }, 'b', 'b'],
  ['of about as long the uid decides, but for Jobs', { ready: 900 }, { ready: 700 }, 'a', 'b'],
  ['and not its restarts', { ready: 900 }, { ready: 900.5, restarts: 9 }, 'a', 'a'],
  ['it restarted more often', { ready: 900 }, { ready: 900, restarts: 1 }, 'b', 'b'],
  ['its sidecar did', { ready: 900 }, { ready: 900, sidecarRestarts: 1 }, 'b', 'b'],
  ['its containers count before', { ready: 9, restarts: 1 }, { ready: 9, sidecarRestarts: 5 }, 'a', 'a'],
  ['it is much younger', { age: 5000 }, { age: 10 }, 'b', 'b'],
  ['it is a little younger', { age: 900 }, { age: 700 }, 'a', 'b'],
];

describe('of two Pods one goes first', () => {
  it.each(CASES)('because %s', (_, a, b, set, job) => {
    const pods = [podOf('b', b), podOf('a', a)];
    expect(inOrderOfDeletion(pods, NOW_MS, new Map())[0]!.metadata.name).toBe(set);
    expect(leastAdvancedFirst(pods)[0]!.metadata.name).toBe(job);
  });

  it('because more of its kind are on its node', () => {
    const pods = [podOf('a', { ready: 9 }), podOf('b', { ready: 9000, node: 'cpu-2' })];
    const neighbours = new Map(Object.entries({ 'cpu-1': 1, 'cpu-2': 2 }));
    expect(inOrderOfDeletion(pods, NOW_MS, neighbours)[0]!.metadata.name).toBe('b');
  });
});
