import { describe, expect, it } from 'vitest';
import { amount, clockText, counted, fitText, nameForms, podNameForms, sansWidth } from './lettering';

describe('names', () => {
  it.each([
    ['infer-6b8f7c9d5-b2xkq', 'infer', ['infer-6b8f7c9d5-b2xkq', 'infer-b2xkq', 'infer']],
    ['train-sgd-x7k2p', 'train-sgd', ['train-sgd-x7k2p', 'train-sgd']],
    ['alone', 'alone', ['alone']],
  ])('of %s get shorter by whole words', (name, owner, forms) => {
    expect(podNameForms(name, owner)).toEqual(forms);
  });

  it('are cut between words only', () => {
    expect(nameForms('model-store-a')).toEqual(['model-store-a', 'model-store-…', 'model-…', '']);
  });

  it('take the longest form that fits', () => {
    expect(fitText(['long name', 'name'], 4, (text) => text.length)).toBe('name');
    expect(fitText(['long name'], 4, (text) => text.length)).toBe('');
  });
});

describe('numbers', () => {
  it.each([
    [0.25, '0.25'],
    [2.5, '2.5'],
    [16.4, '16'],
    [0, '0'],
  ])('%d is written %s', (value, text) => expect(amount(value)).toBe(text));

  it.each([
    [374_000, '6:14'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
  ])('%d ms is %s', (ms, text) => expect(clockText(ms)).toBe(text));

  it('say one Pod and two Pods', () => {
    expect([counted(1, 'Pod'), counted(2, 'Pod')]).toEqual(['1 Pod', '2 Pods']);
  });

  it('measure wider text as wider', () => {
    expect(sansWidth('mm', 12)).toBeGreaterThan(sansWidth('ii', 12));
  });
});
