import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../api/scheduling';
import { countReasons, cutForEvent, fitErrorMessage } from './fit-error';

const verdict = (...reasons: string[]): Verdict => ({ plugin: 'p', code: 'Unschedulable', reasons });

const CASES: [about: string, nodes: number, verdicts: Verdict[], message: string][] = [
  ['no reasons', 2, [], '0/2 nodes are available'],
  ['one reason', 1, [verdict('Insufficient cpu')], '0/1 nodes are available: 1 Insufficient cpu.'],
  [
    'every reason of a node counts by itself',
    3,
    [verdict('Insufficient cpu', 'Insufficient memory'), verdict('Insufficient cpu'), verdict('Too many pods')],
    '0/3 nodes are available: 1 Insufficient memory, 1 Too many pods, 2 Insufficient cpu.',
  ],
  [
    'entries are sorted as text: 10 comes before 2',
    12,
    [...Array<Verdict>(10).fill(verdict('b')), ...Array<Verdict>(2).fill(verdict('a'))],
    '0/12 nodes are available: 10 b, 2 a.',
  ],
];

describe('what a Pod that fits nowhere is told', () => {
  test.each(CASES)('%s', (_, nodes, verdicts, message) => {
    expect(fitErrorMessage(nodes, countReasons(verdicts))).toBe(message);
  });

  test('a refusal by PreFilter is given as it is', () => {
    expect(fitErrorMessage(4, new Map(), 'pod has unbound immediate PersistentVolumeClaims')).toBe(
      '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
    );
  });

  test('an Event holds at most 1024 bytes', () => {
    expect(cutForEvent('x'.repeat(1024))).toBe('x'.repeat(1024));
    expect(cutForEvent('x'.repeat(1025))).toBe(`${'x'.repeat(1020)} ...`);
    expect(new TextEncoder().encode(cutForEvent('é'.repeat(600))).length).toBeLessThanOrEqual(1026);
  });
});
