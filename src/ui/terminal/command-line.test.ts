import { describe, expect, it } from 'vitest';
import { commonPrefix } from './command-line';

describe('commonPrefix', () => {
  it.each<[string[], string]>([
    [['train-sgd', 'train-wide'], 'train-'],
    [['a', 'b'], ''],
    [['pods'], 'pods'],
    [[], ''],
  ])('%j', (words, prefix) => {
    expect(commonPrefix(words)).toBe(prefix);
  });
});
