import type { CronFields, CronSchedule } from './cron';
import { fromWallMs, zoneOffsetMs } from './time-zone';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A schedule that is not due within so many years never is. */
const YEARS_AHEAD = 5;

/**
 * The first moment after another at which a schedule is due, or `undefined` if it never is. Milliseconds since the Unix
 * epoch. Models github.com/robfig/cron SpecSchedule.Next: hours that a change of the clock skips are not due, and those
 * that it repeats are due twice.
 */
export function nextDueMs(schedule: CronSchedule, afterMs: number): number | undefined {
  const startMs = Math.floor(afterMs / 1000) * 1000;
  if (schedule.kind === 'interval') return startMs + schedule.everyMs;
  return new Search(schedule, startMs + 1000).run();
}

/** Goes forward from a moment: by months, days, hours and minutes, until all of them fit. */
class Search {
  readonly #schedule: CronFields;
  #utcMs: number;
  /** What the wall clock shows at that moment, read as if it were UTC; zones are dear to ask. */
  #wall: Date;
  /** Whether the fields below have been set to their least. */
  #moved = false;

  constructor(schedule: CronFields, utcMs: number) {
    this.#schedule = schedule;
    this.#utcMs = utcMs;
    this.#wall = this.#wallAt(utcMs);
  }

  #wallAt(utcMs: number): Date {
    return new Date(utcMs + zoneOffsetMs(this.#schedule.zone, utcMs));
  }

  #goTo(utcMs: number): void {
    this.#utcMs = utcMs;
    this.#wall = this.#wallAt(utcMs);
    this.#moved = true;
  }

  #goToWall(year: number, month: number, day = 1, hour = 0): void {
    this.#goTo(fromWallMs(this.#schedule.zone, Date.UTC(year, month, day, hour)));
  }

  run(): number | undefined {
    const lastYear = this.#wall.getUTCFullYear() + YEARS_AHEAD;
    while (this.#wall.getUTCFullYear() <= lastYear) {
      if (this.#month() && this.#day() && this.#hour() && this.#minute() && this.#second()) return this.#utcMs;
    }
    return undefined;
  }

  /** Each of these moves on until its field fits; false where that reached the next larger field, so that all is to be seen anew. */
  #month(): boolean {
    while (!this.#schedule.months.has(this.#wall.getUTCMonth() + 1)) {
      this.#goToWall(this.#wall.getUTCFullYear(), this.#wall.getUTCMonth() + 1);
      if (this.#wall.getUTCMonth() === 0) return false;
    }
    return true;
  }

  #day(): boolean {
    while (!this.#dayFits()) {
      this.#goToWall(this.#wall.getUTCFullYear(), this.#wall.getUTCMonth(), this.#wall.getUTCDate() + 1);
      const hour = this.#wall.getUTCHours();
      if (hour !== 0) this.#goTo(this.#utcMs + (hour > 12 ? DAY_MS - hour * HOUR_MS : -hour * HOUR_MS));
      if (this.#wall.getUTCDate() === 1) return false;
    }
    return true;
  }

  /** Of two restrictions of the day, one is enough; a star restricts nothing. */
  #dayFits(): boolean {
    const { days, weekdays, anyDay, anyWeekday } = this.#schedule;
    const [day, weekday] = [days.has(this.#wall.getUTCDate()), weekdays.has(this.#wall.getUTCDay())];
    return anyDay || anyWeekday ? day && weekday : day || weekday;
  }

  #hour(): boolean {
    while (!this.#schedule.hours.has(this.#wall.getUTCHours())) {
      if (!this.#moved) {
        const wall = this.#wall;
        this.#goToWall(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), wall.getUTCHours());
      }
      this.#goTo(this.#utcMs + HOUR_MS);
      if (this.#wall.getUTCHours() === 0) return false;
    }
    return true;
  }

  #minute(): boolean {
    while (!this.#schedule.minutes.has(this.#wall.getUTCMinutes())) {
      const fromMs = this.#moved ? this.#utcMs : Math.floor(this.#utcMs / MINUTE_MS) * MINUTE_MS;
      this.#goTo(fromMs + MINUTE_MS);
      if (this.#wall.getUTCMinutes() === 0) return false;
    }
    return true;
  }

  #second(): boolean {
    if (this.#utcMs % MINUTE_MS === 0) return true;
    this.#goTo((Math.floor(this.#utcMs / MINUTE_MS) + 1) * MINUTE_MS);
    return false;
  }
}
