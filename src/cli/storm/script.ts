import type { Fault } from '../../api/faults';
import type { Json } from '../../api/objects';
import { nextBelow, nextBetween, seedRandom, type RandomState } from '../../base/random';
import { between, pick } from './dice';
import { workloadOf } from './workloads';

/** One thing that somebody does or that breaks. What it is about is found when it is done: the n-th Pod or workload. */
export type Deed =
  | { do: 'create'; resource: string; object: Json }
  | { do: 'scale'; which: number; count: number }
  | { do: 'image'; which: number; image: string }
  | { do: 'restart' | 'pause' | 'suspend' | 'orphan' | 'remove' | 'removeForeground'; which: number }
  | { do: 'deletePod'; which: number; graceSeconds: number }
  | { do: 'crash' | 'outOfMemory'; which: number }
  | { do: 'cordon' | 'drain' | 'taint'; node: string; on: boolean }
  | { do: 'fault'; fault: Fault };

export interface Step {
  readonly atMs: number;
  readonly deed: Deed;
}

/** All that a seed stands for. Each fault of `steps` is over at `calmMs`. */
export interface Script {
  readonly seed: number;
  readonly preset: string;
  readonly steps: readonly Step[];
}

export const CALM_MS = 18 * 60_000;
export const END_MS = 30 * 60_000;
const STEPS: readonly [number, number] = [15, 45];
const WORKLOADS: readonly [number, number] = [2, 7];
const FIRST_MS = 60_000;

const NODES: Readonly<Record<string, readonly string[]>> = {
  ml: ['cpu-1', 'cpu-2', 'cpu-3', 'gpu-a100-1', 'gpu-a100-2', 'gpu-t4-1'],
  'pool:5xcpu': ['cpu-1', 'cpu-2', 'cpu-3', 'cpu-4', 'cpu-5'],
};

/** The script of a seed. */
export function scriptOf(seed: number): Script {
  const random = seedRandom(seed, 'storm');
  const preset = pick(random, ['ml', 'ml', 'pool:5xcpu']);
  const steps: Step[] = [];
  const workloads = between(random, ...WORKLOADS);
  for (let index = 0; index < workloads; index++) {
    const late = nextBelow(random, 3) === 0;
    const deed: Deed = { do: 'create', ...workloadOf(random, index) };
    steps.push({ atMs: Math.floor(nextBetween(random, 0, late ? CALM_MS : FIRST_MS)), deed });
  }
  const count = between(random, ...STEPS);
  for (let index = 0; index < count; index++) {
    steps.push({ atMs: Math.floor(nextBetween(random, FIRST_MS / 2, CALM_MS)), deed: deedOf(random, NODES[preset]!) });
  }
  steps.sort((a, b) => a.atMs - b.atMs);
  return { seed, preset, steps };
}

function deedOf(random: RandomState, nodes: readonly string[]): Deed {
  const kind = pick(random, ['operator', 'operator', 'pod', 'node', 'fault', 'fault', 'fault']);
  if (kind === 'operator') return operatorDeed(random);
  if (kind === 'pod') return podDeed(random);
  const node = pick(random, nodes);
  if (kind === 'node')
    return { do: pick(random, ['cordon', 'cordon', 'drain', 'taint']), node, on: nextBelow(random, 2) === 0 };
  return { do: 'fault', fault: faultOf(random, node) };
}

function operatorDeed(random: RandomState): Deed {
  const which = nextBelow(random, 100);
  const kind = pick(random, [
    'scale',
    'scale',
    'image',
    'image',
    'restart',
    'pause',
    'suspend',
    'orphan',
    'remove',
    'removeForeground',
  ]);
  if (kind === 'scale') return { do: kind, which, count: nextBelow(random, 9) };
  if (kind === 'image')
    return { do: kind, which, image: pick(random, ['nginx:1.27', 'nginx:1.28', 'redis:7', 'nginx:nope']) };
  return { do: kind, which };
}

function podDeed(random: RandomState): Deed {
  const which = nextBelow(random, 100);
  const kind = pick(random, ['deletePod', 'deletePod', 'crash', 'outOfMemory']);
  return kind === 'deletePod' ? { do: kind, which, graceSeconds: pick(random, [0, 1, 30]) } : { do: kind, which };
}

const COMPONENTS = ['kube-scheduler', 'kube-controller-manager'];

function faultOf(random: RandomState, node: string): Fault {
  const kind = nextBelow(random, 9);
  const on = nextBelow(random, 3) > 0;
  switch (kind) {
    case 0:
    case 1:
      return { type: on ? 'NodeDown' : 'NodeUp', node };
    case 2:
      return { type: on ? 'NodeNetworkDown' : 'NodeNetworkUp', node };
    case 3:
      return { type: on ? 'ComponentDown' : 'ComponentUp', component: 'kubelet', node };
    case 4:
      return { type: on ? 'ComponentDown' : 'ComponentUp', component: pick(random, COMPONENTS) };
    case 5:
      return { type: 'DiskPressure', node, on };
    case 6:
      return { type: 'MemoryPressure', node, on };
    case 7:
      return { type: on ? 'RegistryDown' : 'RegistryUp' };
    default:
      return { type: on ? 'GpuFault' : 'GpuRepaired', node, device: `nvidia${nextBelow(random, 2)}` };
  }
}

/** What ends every fault that a script may begin. */
export function endOfFaults({ preset }: Script): Fault[] {
  const nodes = NODES[preset]!;
  return [
    ...nodes.flatMap((node): Fault[] => [
      { type: 'NodeUp', node },
      { type: 'NodeNetworkUp', node },
      { type: 'DiskPressure', node, on: false },
      { type: 'MemoryPressure', node, on: false },
      { type: 'GpuRepaired', node, device: 'nvidia0' },
      { type: 'GpuRepaired', node, device: 'nvidia1' },
    ]),
    ...['kubelet', ...COMPONENTS].map((component): Fault => ({ type: 'ComponentUp', component })),
    { type: 'RegistryUp' },
  ];
}
