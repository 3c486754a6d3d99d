import { describe, expect, it } from 'vitest';
import { hasWish, isWished, wishText } from './wishes';

const node = (name: string, labels: Record<string, string> = {}): { name: string; labels: Record<string, string> } => ({
  name,
  labels,
});
const term = (key: string, operator: string, values: string[] = []) => ({
  matchExpressions: [{ key, operator: operator as 'In', values }],
});

describe('what a Pod requires of its node', () => {
  it('is nothing by default', () => {
    const any = { nodeSelector: {}, nodeTerms: [] };
    expect(hasWish(any)).toBe(false);
    expect(isWished(any, node('a'))).toBe(true);
    expect(wishText(any)).toBe('');
  });

  it('is every label of its nodeSelector', () => {
    const both = { nodeSelector: { zone: 'a', disk: 'ssd' }, nodeTerms: [] };
    expect(hasWish(both)).toBe(true);
    expect(isWished(both, node('a', { zone: 'a', disk: 'ssd', other: '1' }))).toBe(true);
    expect(isWished(both, node('a', { zone: 'a' }))).toBe(false);
    expect(wishText(both)).toBe('zone=a, disk=ssd');
  });

  it('is one of its terms as well', () => {
    const either = {
      nodeSelector: { zone: 'a' },
      nodeTerms: [term('disk', 'In', ['ssd', 'nvme']), term('gpu', 'Exists')],
    };
    expect(isWished(either, node('a', { zone: 'a', disk: 'nvme' }))).toBe(true);
    expect(isWished(either, node('a', { zone: 'a', gpu: '' }))).toBe(true);
    expect(isWished(either, node('a', { zone: 'a', disk: 'hdd' }))).toBe(false);
    expect(isWished(either, node('a', { zone: 'b', gpu: '' }))).toBe(false);
    expect(wishText(either)).toBe('zone=a, disk in (ssd, nvme) or gpu');
  });

  it.each([
    ['NotIn', ['a'], 'k≠a'],
    ['NotIn', ['a', 'b'], 'k not in (a, b)'],
    ['DoesNotExist', [], 'no k'],
    ['Gt', ['3'], 'k > 3'],
    ['Lt', ['3'], 'k < 3'],
  ])('is said in words: %s %j', (operator, values, text) => {
    expect(wishText({ nodeSelector: {}, nodeTerms: [term('k', operator, values)] })).toBe(text);
  });
});
