import { describe, expect, it } from 'vitest';
import { CronError, parseCron } from './cron';
import { nextDueMs } from './cron-next';
import { formatInZone, isTimeZone } from './time-zone';

/** What the parser says about a text, or `valid`. */
function verdict(text: string): string {
  try {
    parseCron(text);
    return 'valid';
  } catch (error) {
    if (error instanceof CronError) return error.message;
    throw error;
  }
}

describe('parseCron', () => {
  it.each([
    ['*/5 * * * *', 'valid'],
    ['0 9-17 * jan,JUL mon-fri', 'valid'],
    ['@hourly', 'valid'],
    ['@every 1h30m', 'valid'],
    ['? ? ? ? ?', 'valid'],
    ['TZ=Asia/Tokyo 0 0 * * *', 'valid'],
    ['', 'empty spec string'],
    ['0 0 0 * * *', 'expected exactly 5 fields, found 6: [0 0 0 * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['9-5 * * * *', 'beginning of range (9) beyond end of range (5): 9-5'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/2/3 * * * *', 'too many slashes: */2/3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@noon', 'unrecognized descriptor: @noon'],
    ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
    ['TZ=Mars/Base 0 0 * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
  ])('%s: %s', (text, expected) => expect(verdict(text)).toBe(expected));
});

describe('nextDueMs', () => {
  /** The first moments after a time, as its zone writes them. */
  function due(text: string, zone: string, after: string, count: number): string[] {
    const schedule = parseCron(text, zone);
    const times: string[] = [];
    let ms: number | undefined = Date.parse(after);
    while (times.length < count) {
      ms = nextDueMs(schedule, ms);
      if (ms === undefined) break;
      times.push(formatInZone(zone, ms));
    }
    return times;
  }

  it.each([
    ['*/15 * * * *', '2026-01-31T23:50:20Z', ['2026-02-01T00:00:00Z', '2026-02-01T00:15:00Z']],
    ['0 3 * * *', '2026-12-31T03:00:00Z', ['2027-01-01T03:00:00Z']],
    ['30 12 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T12:30:00Z']],
    ['0 0 13 * fri', '2026-01-01T00:00:00Z', ['2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-13T00:00:00Z']],
    ['0 0 */2 * mon', '2026-06-01T00:00:00Z', ['2026-06-03T00:00:00Z', '2026-06-05T00:00:00Z']],
    ['0 0 31 2 *', '2026-01-01T00:00:00Z', []],
    ['@every 90s', '2026-01-01T00:00:00.700Z', ['2026-01-01T00:01:30Z', '2026-01-01T00:03:00Z']],
  ] as const)('%s after %s', (text, after, expected) => {
    expect(due(text, 'UTC', after, Math.max(1, expected.length))).toEqual(expected);
  });

  it('skips an hour that the clock skips, and is due twice in one that it repeats', () => {
    expect(due('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T02:30:00+01:00',
      '2026-03-30T02:30:00+02:00',
    ]);
    expect(due('30 2 * * *', 'Europe/Berlin', '2026-10-24T22:00:00Z', 3)).toEqual([
      '2026-10-25T02:30:00+02:00',
      '2026-10-25T02:30:00+01:00',
      '2026-10-26T02:30:00+01:00',
    ]);
  });

  it('counts by the wall clock of its zone', () => {
    expect(due('0 9 * * *', 'Asia/Kolkata', '2026-06-15T00:00:00Z', 1)).toEqual(['2026-06-15T09:00:00+05:30']);
  });
});

describe('isTimeZone', () => {
  it.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['Asia/Calcutta', true],
    ['Mars/Base', false],
    ['europe/berlin', false],
    ['+01:00', false],
    ['', false],
  ])('%s: %s', (zone, expected) => expect(isTimeZone(zone)).toBe(expected));
});
