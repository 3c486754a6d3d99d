import { describe, expect, it } from 'vitest';
import type { Mark } from '../../protocol/frame';
import { storyOf } from './cause-words';
import type { CauseLink } from '../../protocol/control';

const link = (
  revision: number,
  actor: string,
  verb: CauseLink['verb'],
  resource: string,
  key: string,
  more: Partial<CauseLink> = {},
): CauseLink => ({ revision, atMs: revision * 100, actor, verb, resource, key, ...more });
const fault = (atMs: number, label: string, subject: string): Mark => ({ atMs, kind: 'fault', label, subject });

describe('storyOf', () => {
  it('tells writes and the faults that hit them, oldest first', () => {
    const links = [
      link(9, 'kubelet/gpu-1', 'update', 'pods', 'default/train-x', { node: 'gpu-1' }),
      link(8, 'taint-eviction-controller', 'update', 'pods', 'default/train-w', {
        changes: [{ path: ['metadata', 'deletionTimestamp'], after: 'then' }],
      }),
      link(5, 'job-controller', 'create', 'pods', 'default/train-x'),
      link(3, 'kubectl/v1.36', 'create', 'jobs', 'default/train'),
      link(7, 'something-new', 'update', 'widgets', 'w'),
    ];
    const marks = [fault(600, 'Power off gpu-1', 'nodes gpu-1'), fault(650, 'Cut cpu-3', 'nodes cpu-3')];
    expect(storyOf(links, marks, 'pods default/train-x').map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'you: You created Job train',
      'component: The Job controller created this Pod',
      'fault: You: Power off gpu-1',
      'component: something-new changed widgets w',
      'component: Taint eviction marked Pod train-w for deletion',
      'component: The kubelet on gpu-1 changed this Pod',
    ]);
  });

  it('has a key for each step', () => {
    const steps = storyOf(
      [link(1, 'a', 'create', 'pods', 'p')],
      [fault(1, 'x', 'pods p'), fault(2, 'x', 'pods p')],
      'pods p',
    );
    expect(new Set(steps.map((step) => step.key)).size).toBe(3);
  });
});
