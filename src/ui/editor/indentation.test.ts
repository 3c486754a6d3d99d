import { describe, expect, it } from 'vitest';
import { nextIndent } from './indentation';

describe('nextIndent', () => {
  it.each<[string, number]>([
    ['kind: Job', 0],
    ['  name: x', 2],
    ['spec:', 2],
    ['  spec: # remark', 4],
    ['    - key: nvidia.com/gpu', 6],
    ['    - name:', 8],
    ['- a', 0],
    ['  - "a: b"', 2],
    ['  - {name: x}', 2],
    ['  # spec:', 2],
    ['', 0],
    ['    ', 4],
  ])('%j', (line, indent) => {
    expect(nextIndent(line)).toBe(indent);
  });
});
