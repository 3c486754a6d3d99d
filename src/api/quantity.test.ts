import { describe, expect, it } from 'vitest';
import { canonicalQuantity, milliValue, parseQuantity, wholeValue } from './quantity';

describe('quantities', () => {
  it.each([
    ['1', '1', 1, 1000],
    ['0.5', '500m', 1, 500],
    ['100m', '100m', 1, 100],
    ['1500m', '1500m', 2, 1500],
    ['1000m', '1', 1, 1000],
    ['16Gi', '16Gi', 17_179_869_184, 17_179_869_184_000],
    ['1024Mi', '1Gi', 1_073_741_824, 1_073_741_824_000],
    ['0.5Gi', '512Mi', 536_870_912, 536_870_912_000],
    ['1e3', '1e3', 1000, 1_000_000],
    ['12000', '12k', 12_000, 12_000_000],
    ['-2', '-2', -2, -2000],
    ['0', '0', 0, 0],
    ['.5', '500m', 1, 500],
    ['1n', '1n', 1, 1],
  ])('reads %s as %s', (text, canonical, whole, milli) => {
    expect([canonicalQuantity(text), wholeValue(text), milliValue(text)]).toEqual([canonical, whole, milli]);
  });

  it.each(['', 'abc', '1.2.3', '1Gb', '--1', '1 Gi', 'Gi', '1e', 'NaN', '１'])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});
