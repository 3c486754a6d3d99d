import { describe, expect, it } from 'vitest';
import { formatMicroTime, formatTime, parseTime } from './time';

const AT = Date.UTC(2026, 0, 5, 9, 30, 59);

describe('times', () => {
  it.each([
    [AT, '2026-01-05T09:30:59Z', '2026-01-05T09:30:59.000000Z'],
    [AT + 7, '2026-01-05T09:30:59Z', '2026-01-05T09:30:59.007000Z'],
    [AT + 999.9, '2026-01-05T09:30:59Z', '2026-01-05T09:30:59.999000Z'],
    [AT + 1000, '2026-01-05T09:31:00Z', '2026-01-05T09:31:00.000000Z'],
  ])('%d is %s, and %s in full', (ms, seconds, full) => {
    expect(formatTime(ms)).toBe(seconds);
    expect(formatTime(ms)).toBe(seconds);
    expect(formatMicroTime(ms)).toBe(full);
  });

  it('are read again, and what is no time is not', () => {
    expect(parseTime('2026-01-05T09:30:59Z')).toBe(AT);
    expect(parseTime('2026-01-05T09:30:59Z')).toBe(AT);
    expect(parseTime('soon')).toBeNaN();
    expect(parseTime('soon')).toBeNaN();
  });
});
