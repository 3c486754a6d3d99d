import { nextBetween, seedRandom } from '../../base/random';
import { emptyMap } from '../../base/shared-map';
import { NODE } from './core';
import type { KubeletState } from './state';

/** What a kubelet begins with on a machine that has never run. */
export function emptyState(seed: number, name: string): KubeletState {
  const random = seedRandom(seed, name);
  return {
    random,
    node: NODE.initial,
    nodeTaken: 0,
    startedMs: 0,
    relistPhaseMs: Math.floor(nextBetween(random, 0, 1000)),
    tickPhaseMs: Math.floor(nextBetween(random, 0, 1000)),
    pods: new Map(),
    dirty: new Set(),
    memoryBytes: 0,
    pressure: { observedMs: new Map(), leaving: null },
    pulls: [],
    pullBackOff: new Map(),
    duties: new Map(),
    plugins: new Map(),
    devices: new Map(),
    hostFiles: emptyMap(),
    nextIp: 0,
    hostIp: '',
    registered: false,
    reportedReady: false,
    knownUnschedulable: false,
    reportedMs: 0,
    statusWanted: false,
    relistWanted: false,
    events: [],
  };
}
