import { describe, expect, it } from 'vitest';
import {
  gatesOf,
  hasKeyFor,
  keyPath,
  keyShape,
  keysOf,
  opens,
  plateTexts,
  taintText,
  type Taint,
  type Toleration,
} from './keys';

const taint = (key: string, value = '', effect = 'NoSchedule'): Taint => ({ key, value, effect });
const toleration = (key: string, operator: string, value = '', effect = ''): Toleration => ({
  key,
  operator,
  value,
  effect,
});

describe('key shapes', () => {
  it('differ for keys that meet on one node', () => {
    const together = [
      'nvidia.com/gpu',
      'dedicated',
      'node.kubernetes.io/unreachable',
      'node.kubernetes.io/unschedulable',
    ];
    expect(new Set(together.map(keyShape)).size).toBe(together.length);
  });

  it('are the same for the same key, and each has a path of its own', () => {
    expect(keyShape('nvidia.com/gpu')).toBe('triangle');
    expect(keyShape('dedicated')).toBe('circle');
    const shapes = ['triangle', 'circle', 'diamond', 'square', 'hexagon', 'half disc'] as const;
    expect(new Set(shapes.map((shape) => keyPath(shape, 10, 10, 4))).size).toBe(shapes.length);
  });
});

describe('a toleration opens a gate', () => {
  it.each<[string, Toleration, Taint, boolean]>([
    ['same key, Exists', toleration('a', 'Exists'), taint('a', 'x'), true],
    ['other key', toleration('b', 'Exists'), taint('a', 'x'), false],
    ['same value', toleration('a', 'Equal', 'x'), taint('a', 'x'), true],
    ['other value', toleration('a', 'Equal', 'y'), taint('a', 'x'), false],
    ['other effect', toleration('a', 'Exists', '', 'NoExecute'), taint('a', 'x'), false],
    ['any effect', toleration('a', 'Exists', '', ''), taint('a', 'x', 'NoExecute'), true],
    ['master key', toleration('', 'Exists'), taint('a', 'x'), true],
    ['no key and Equal', toleration('', 'Equal', 'x'), taint('a', 'x'), false],
  ])('%s', (_, key, gate, expected) => {
    expect(opens(key, gate)).toBe(expected);
    expect(hasKeyFor({ tolerations: [key] }, gate)).toBe(expected);
  });
});

describe('keys on a Pod', () => {
  it('are one a taint key, without the two that every Pod has', () => {
    const usual = { ...toleration('node.kubernetes.io/not-ready', 'Exists', '', 'NoExecute'), seconds: 300 };
    const keys = keysOf({
      tolerations: [toleration('a', 'Exists', '', 'NoSchedule'), toleration('a', 'Exists', '', 'NoExecute'), usual],
    });
    expect(keys.map((key) => key.key)).toEqual(['a']);
    expect(keysOf({ tolerations: [toleration('', 'Exists')] })[0]?.master).toBe(true);
  });
});

describe('plates', () => {
  it.each<[Taint, string[]]>([
    [taint('nvidia.com/gpu', 'present'), ['nvidia.com/gpu', 'gpu']],
    [taint('dedicated', 'vision'), ['dedicated=vision', 'dedicated']],
    [taint('node.kubernetes.io/unreachable', '', 'NoExecute'), ['unreachable']],
  ])('%o', (gate, texts) => {
    expect(plateTexts(gate)).toEqual(texts);
  });

  it('show a key once, with its strongest effect, and what puts Pods out first', () => {
    const gates = gatesOf([taint('gpu'), taint('lost'), taint('lost', '', 'NoExecute')]);
    expect(gates.map(taintText)).toEqual(['lost:NoExecute', 'gpu:NoSchedule']);
  });
});
