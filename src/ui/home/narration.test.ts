import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Narration } from './narration.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('shows the first sentence at once and every other for a second, in order', () => {
  const narration = new Narration();
  for (const sentence of ['one', 'one', 'two', 'three']) narration.tell(sentence);
  const shown = [narration.text];
  for (let second = 0; second < 3; second++) {
    vi.advanceTimersByTime(1_000);
    shown.push(narration.text);
  }
  expect(shown).toEqual(['one', 'two', 'three', 'three']);
  narration.tell('four');
  expect(narration.text).toBe('four');
});

it('lets the oldest go where too many wait', () => {
  const narration = new Narration();
  for (let index = 0; index < 10; index++) narration.tell(String(index));
  vi.advanceTimersByTime(1_000);
  expect(narration.text).toBe('6');
});
