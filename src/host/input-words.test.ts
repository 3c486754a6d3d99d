import { describe, expect, it } from 'vitest';
import { parseFault, type Fault } from '../api/faults';
import { parseWorldChange } from '../api/world-change';
import { inputLabel } from './input-words';

const faults: [Fault, string][] = [
  [{ type: 'GpuFault', node: 'gpu-a100-1', device: 'nvidia0' }, 'Break nvidia0 of gpu-a100-1'],
  [{ type: 'GpuRepaired', node: 'gpu-a100-1', device: 'nvidia0' }, 'Repair nvidia0 of gpu-a100-1'],
  [{ type: 'DiskPressure', node: 'cpu-1', on: true }, 'Fill the disk of cpu-1'],
  [{ type: 'MemoryPressure', node: 'cpu-1', on: false }, 'Free the memory of cpu-1'],
  [{ type: 'RegistryDown' }, 'Stop the image registry'],
  [{ type: 'NetworkDelay', ms: 200, loss: 0.1, node: 'cpu-2' }, 'Delay the network of cpu-2 by 200 ms, losing 10 %'],
  [{ type: 'NetworkDelay', ms: 0, loss: 0 }, 'End the delay of the network'],
];

describe('words of inputs', () => {
  it.each(faults)('%j', (fault, label) => {
    expect(parseFault(fault)).toBe(fault);
    expect(inputLabel({ kind: 'fault', fault }).label).toBe(label);
  });

  it('tell how a pool may grow', () => {
    const change = parseWorldChange({ type: 'pool', pool: 'gpu-a100', min: 1, max: 5 });
    expect(change).toEqual({ type: 'pool', pool: 'gpu-a100', min: 1, max: 5, startSeconds: 90 });
    expect(inputLabel({ kind: 'world', change } as never).label).toBe('Let pool gpu-a100 have 1 to 5 nodes');
  });

  it.each([
    [{ type: 'pool', pool: 'cpu', min: 3, max: 2 }, 'min ≤ max'],
    [{ type: 'pool', pool: '', min: 0, max: 2 }, 'name'],
    [{ type: 'pool', pool: 'cpu', min: 0, max: 2, startSeconds: -1 }, 'startSeconds'],
    [{ type: 'bandwidth', megabytesPerSecond: 0 }, 'above 0'],
    [{ type: 'weather' }, 'there are bandwidth, pool'],
  ])('refuse %j', (value, why) => {
    expect((parseWorldChange(value) as { problem: string }).problem).toContain(why);
  });
});
