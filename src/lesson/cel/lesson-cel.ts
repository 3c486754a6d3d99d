import type { Environment } from '@marcbachmann/cel-js';
import { assert } from '../../base/assert';
import { Cel, type CelExpression } from '../../api/cel/cel';
import { CelError, type CelValue } from '../../api/cel/values';
import { OBJECT_VIEWS, VARIABLES, VIEW_NAMES, type ObjectView, type ViewName } from '../views/names';
import { OBJECT_FUNCTIONS } from './object-functions';
import type { FactHistory, Reading } from './reading';
import { objectOf } from './viewed';

/** What an expression reads: when one of these has changed, or a moment has come, it may have another value. */
export interface Reads {
  readonly views: ReadonlySet<ViewName>;
  readonly gone: boolean;
  readonly before: boolean;
  readonly facts: ReadonlySet<string>;
  /** It speaks of `now`, which changes all the time: only a text may. */
  readonly now: boolean;
  /** After so long since these facts became so, it may have another value. */
  readonly after: readonly { readonly fact: string; readonly ms: number }[];
}

/** What one goal may cost: a lesson is anybody's text, and the page reads it. */
const COST_LIMIT = 100_000;
const FACT_FUNCTIONS = ['ever', 'since', 'heldFor', 'holds', 'count'];
const DURATION = 'google.protobuf.Duration';
const TIMESTAMP = 'google.protobuf.Timestamp';

/** The expressions of one lesson: compiled and evaluated. */
export class LessonCel {
  readonly #cel: Cel;
  readonly #reads = new WeakMap<CelExpression, Reads>();
  #reading: Reading | undefined;

  constructor() {
    const functions = (environment: Environment): void => this.#register(environment);
    this.#cel = new Cel({ variables: VARIABLES, functions, costLimit: COST_LIMIT });
  }

  compile(source: string): CelExpression {
    return this.#cel.compile(source);
  }

  /** Whether a function's argument names a fact. */
  isOfFact(name: string): boolean {
    return FACT_FUNCTIONS.includes(name);
  }

  /** Throws CelError where the expression has no value now. */
  evaluate(expression: CelExpression, reading: Reading): CelValue {
    const outer = this.#reading;
    this.#reading = reading;
    try {
      return expression.evaluate(scopeOf(expression, reading));
    } finally {
      this.#reading = outer;
    }
  }

  /** Whether it holds; an expression without a value does not. */
  holds(expression: CelExpression, reading: Reading): boolean {
    try {
      return this.evaluate(expression, reading) === true;
    } catch (error) {
      if (error instanceof CelError) return false;
      throw error;
    }
  }

  /** The text it gives; where it has none, why. */
  text(expression: CelExpression, reading: Reading): string {
    try {
      const value = this.evaluate(expression, reading);
      return typeof value === 'string' ? value : String(value);
    } catch (error) {
      if (error instanceof CelError) return '';
      throw error;
    }
  }

  readsOf(expression: CelExpression): Reads {
    let reads = this.#reads.get(expression);
    if (!reads) this.#reads.set(expression, (reads = readsOf(expression)));
    return reads;
  }

  #register(environment: Environment): void {
    const reading = (): Reading => {
      assert(this.#reading, 'a function of a lesson is called outside of an evaluation');
      return this.#reading;
    };
    for (const [signature, { run }] of Object.entries(OBJECT_FUNCTIONS))
      environment.registerFunction(signature, (...values: CelValue[]) => run(reading(), ...values), SYNC);
    this.#registerFacts(environment, reading);
    environment
      .registerFunction(
        'plural(int, string): string',
        (count: bigint, one: string) => plural(count, one, `${one}s`),
        SYNC,
      )
      .registerFunction('plural(int, string, string): string', plural, SYNC)
      .registerFunction('names(list): string', (objects: CelValue[]) => joined(objects.map(nameOf)), SYNC)
      .registerFunction(
        'clock(google.protobuf.Timestamp): string',
        (at: Date) => clock(at.getTime() - reading().epochMs),
        SYNC,
      )
      .registerFunction('words(google.protobuf.Duration): string', (span: object) => clock(Number(span)), SYNC);
  }

  #registerFacts(environment: Environment, reading: () => Reading): void {
    const fact = (id: string): FactHistory => reading().fact(id);
    environment
      .registerFunction('ever(string): bool', (id: string) => fact(id).count > 0, SYNC)
      .registerFunction('holds(string): bool', (id: string) => fact(id).holds, SYNC)
      .registerFunction('count(string): int', (id: string) => BigInt(fact(id).count), SYNC)
      .registerFunction(
        `since(string): ${TIMESTAMP}`,
        (id: string) => {
          const { sinceMs } = fact(id);
          if (sinceMs === undefined) throw new CelError(`${id} never was`);
          return new Date(reading().epochMs + sinceMs);
        },
        SYNC,
      )
      .registerFunction(
        `heldFor(string): ${DURATION}`,
        (id: string) => {
          const { holds, sinceMs = 0 } = fact(id);
          return durationOf(environment, holds ? reading().nowMs - sinceMs : 0);
        },
        SYNC,
      );
  }
}

const SYNC = { async: false } as never;

/** Durations are the library's own class, which it makes of text. */
function durationOf(environment: Environment, ms: number): unknown {
  return environment.evaluate(`duration('${Math.round(ms)}ms')`, {});
}

function scopeOf({ names }: CelExpression, reading: Reading): Record<string, CelValue> {
  const scope: Record<string, CelValue> = {};
  for (const name of names) {
    if (name === 'now') scope[name] = new Date(reading.epochMs + reading.nowMs);
    else if (name === 'gone')
      scope[name] = lazily(Object.keys(OBJECT_VIEWS), (view) => reading.gone(view as ObjectView));
    else if (name === 'before') scope[name] = lazily(VIEW_NAMES, (view) => reading.before(view as ViewName));
    else if ((VIEW_NAMES as readonly string[]).includes(name)) scope[name] = reading.view(name as ViewName);
  }
  return scope;
}

function lazily(names: readonly string[], of: (name: string) => CelValue): CelValue {
  const map = Object.create(null) as Record<string, CelValue>;
  for (const name of names) Object.defineProperty(map, name, { enumerable: true, get: () => of(name) });
  return map;
}

function readsOf({ names, functions, calls }: CelExpression): Reads {
  const views = new Set<ViewName>(VIEW_NAMES.filter((name) => names.has(name)));
  for (const [signature, { reads }] of Object.entries(OBJECT_FUNCTIONS))
    if (functions.has(signature.slice(0, signature.indexOf('(')))) for (const view of reads) views.add(view);
  const facts = new Set(calls.filter(([name]) => FACT_FUNCTIONS.includes(name)).map(([, id]) => id));
  const spans = calls.filter(([name]) => name === 'duration').map(([, text]) => durationMs(text));
  const held = calls.filter(([name]) => name === 'heldFor').map(([, id]) => id);
  return {
    views,
    facts,
    gone: names.has('gone'),
    before: names.has('before'),
    now: names.has('now'),
    after: held.flatMap((fact) => spans.map((ms) => ({ fact, ms }))),
  };
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

function durationMs(text: string): number {
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g);
  return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0);
}

const plural = (count: bigint, one: string, many: string): string => `${count} ${count === 1n ? one : many}`;

const nameOf = (value: CelValue): string =>
  typeof value === 'string' ? value : (objectOf<{ metadata?: { name?: string } }>(value).metadata?.name ?? '');

/** `a`, `a and b`, `a, b and c`. */
function joined(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Minutes and seconds, as the timeline says them: `2:14`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
