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
  /** Whether the fields below have been set to their least. */
  #moved = false;

  constructor(schedule: CronFields, utcMs: number) {
    this.#schedule = schedule;
    this.#utcMs = utcMs;
  }

  /** The wall clock's fields, read as those of UTC. */
  get #wall(): Date {
    return new Date(this.#utcMs + zoneOffsetMs(this.#schedule.zone, this.#utcMs));
  }

  run(): number | undefined {
    const lastYear = this.#wall.getUTCFullYear() + YEARS_AHEAD;
    const steps = [
      () => this.#month(),
      () => this.#day(),
      () => this.#hour(),
      () => this.#minute(),
      () => this.#second(),
    ];
    while (this.#wall.getUTCFullYear() <= lastYear) {
      if (steps.every((settles) => settles())) return this.#utcMs;
    }
    return undefined;
  }

  #setWall(year: number, month: number, day = 1, hour = 0): void {
    this.#utcMs = fromWallMs(this.#schedule.zone, Date.UTC(year, month, day, hour));
    this.#moved = true;
  }

  /** Each of these moves on until its field fits; false where that reached the next larger field, so that all is to be seen anew. */
  #month(): boolean {
    let wall = this.#wall;
    while (!this.#schedule.months.has(wall.getUTCMonth() + 1)) {
      this.#setWall(wall.getUTCFullYear(), wall.getUTCMonth() + 1);
      wall = this.#wall;
      if (wall.getUTCMonth() === 0) return false;
    }
    return true;
  }

  #day(): boolean {
    let wall = this.#wall;
    while (!this.#dayFits(wall)) {
      this.#setWall(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate() + 1);
      wall = this.#wall;
      const hour = wall.getUTCHours();
      if (hour !== 0) this.#utcMs += hour > 12 ? DAY_MS - hour * HOUR_MS : -hour * HOUR_MS;
      wall = this.#wall;
      if (wall.getUTCDate() === 1) return false;
    }
    return true;
  }

  /** Of two restrictions of the day, one is enough; a star restricts nothing. */
  #dayFits(wall: Date): boolean {
    const { days, weekdays, anyDay, anyWeekday } = this.#schedule;
    const [day, weekday] = [days.has(wall.getUTCDate()), weekdays.has(wall.getUTCDay())];
    return anyDay || anyWeekday ? day && weekday : day || weekday;
  }

  #hour(): boolean {
    let wall = this.#wall;
    while (!this.#schedule.hours.has(wall.getUTCHours())) {
      if (!this.#moved) this.#setWall(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), wall.getUTCHours());
      this.#utcMs += HOUR_MS;
      wall = this.#wall;
      if (wall.getUTCHours() === 0) return false;
    }
    return true;
  }

  #minute(): boolean {
    let wall = this.#wall;
    while (!this.#schedule.minutes.has(wall.getUTCMinutes())) {
      if (!this.#moved) this.#utcMs = Math.floor(this.#utcMs / MINUTE_MS) * MINUTE_MS;
      this.#moved = true;
      this.#utcMs += MINUTE_MS;
      wall = this.#wall;
      if (wall.getUTCMinutes() === 0) return false;
    }
    return true;
  }

  #second(): boolean {
    if (this.#utcMs % MINUTE_MS === 0) return true;
    this.#utcMs = (Math.floor(this.#utcMs / MINUTE_MS) + 1) * MINUTE_MS;
    this.#moved = true;
    return false;
  }
}
