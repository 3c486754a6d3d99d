import { assert, present } from '../../base/assert';
import type { CelExpression } from '../../api/cel/cel';
import type { CelValue } from '../../api/cel/values';
import type { LessonCel, Reads } from '../cel/lesson-cel';
import type { Reading } from '../cel/reading';
import type { Goal, Lesson, Prediction } from '../format/lesson';
import type { ViewName } from '../views/names';
import type { Change } from './change';
import { Facts } from './facts';
import type { GoalState, LessonState, PredictionState } from './state';
import { Views } from './views';

/** What has changed since expressions were last looked at. */
interface News {
  /** The lesson begins: all is news. */
  readonly all: boolean;
  readonly views: Set<ViewName>;
  readonly facts: Set<string>;
  gone: boolean;
  before: boolean;
}

/** A cluster boots before its time 0. */
const BEFORE_ALL_MS = Number.NEGATIVE_INFINITY;

/** A page is opened at a moment, after so many changes of that moment; at the beginning after all that are known. */
interface Opening {
  readonly page: number;
  readonly atMs: number;
  after: number;
}

/** What of a lesson that goes on is not in its cluster: when it began, what was opened, and what was predicted. */
export interface LessonPast {
  readonly beganMs: number;
  readonly openings: readonly Readonly<Opening>[];
  readonly answers: Readonly<Record<string, { readonly choice: string; readonly atMs: number }>>;
}

interface Outcome {
  readonly atMs: number;
  readonly choices: readonly string[];
  readonly because: string;
}

interface Failing {
  readonly sinceMs: number;
  readonly goodMs: number;
}

/**
 * Watches the goals of a lesson: a function of what happened, in its order, and of the pages that were opened. An
 * expression is evaluated when something that it reads has changed, after each single change, so that moments do not
 * depend on how changes came in batches. It knows neither a cluster nor a clock.
 */
export class GoalWatcher {
  #views: Views;
  #facts = new Facts();
  #news: News = noNews();
  #nowMs = BEFORE_ALL_MS;
  /** How many changes of this very moment have been taken in. */
  #taken = 0;
  #begun = false;
  #lastDeedMs = -1;
  #metMs = new Map<string, number>();
  #holding = new Map<string, boolean>();
  #failing = new Map<string, Failing>();
  #outcomes = new Map<string, Outcome>();
  #before: ReadonlyMap<ViewName, readonly CelValue[]> | undefined;
  #nextOpening = 0;
  /** Pages in the order in which they were opened; the learner's, so it stays when history is read anew. */
  readonly #openings: Opening[] = [];
  readonly #answers = new Map<string, { readonly choice: string; readonly atMs: number }>();

  /**
   * `epochMs` is the cluster's start on its calendar; `beganMs` the virtual moment at which the lesson begins: what was
   * before is no history.
   */
  constructor(
    readonly lesson: Lesson,
    private readonly cel: LessonCel,
    readonly epochMs: number,
    readonly beganMs: number,
  ) {
    this.#views = new Views(epochMs);
    this.#openings.push({ page: 1, atMs: beganMs, after: Infinity });
  }

  /** The past of this run, for one that goes on where it is left; `resume` takes it in before anything is told. */
  get past(): LessonPast {
    const openings = this.#openings.map((opening) => ({ ...opening }));
    return { beganMs: this.beganMs, openings, answers: Object.fromEntries(this.#answers) };
  }

  resume({ openings, answers }: LessonPast): void {
    const known = openings.filter(({ page }) => this.lesson.pages[page - 1] !== undefined);
    if (known.length > 0) this.#openings.splice(0, Infinity, ...known.map((opening) => ({ ...opening })));
    for (const [id, answer] of Object.entries(answers)) this.#answers.set(id, answer);
  }

  /** When the page that is open was opened. */
  get openedMs(): number {
    return this.#openings.at(-1)!.atMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Forgets what happened: another history is told, from its start. Pages and answers stay. */
  restart(): void {
    this.#views = new Views(this.epochMs);
    this.#facts = new Facts();
    this.#news = noNews();
    this.#nowMs = BEFORE_ALL_MS;
    this.#taken = 0;
    this.#begun = false;
    this.#lastDeedMs = -1;
    this.#metMs = new Map();
    this.#holding = new Map();
    this.#failing = new Map();
    this.#outcomes = new Map();
    this.#before = undefined;
    this.#nextOpening = 0;
  }

  /** What happened, in order, until `nowMs`. */
  take(changes: readonly Change[], nowMs: number): void {
    for (const change of changes) {
      assert(change.atMs >= this.#nowMs, 'changes come in their order');
      this.#pass(change.atMs, false);
      this.#apply(change);
      this.#taken += 1;
    }
    this.#pass(nowMs, true);
  }

  /** The learner opens a page: how things are now is `before`. */
  openPage(page: number): void {
    if (this.page === page) return;
    const atMs = Math.max(this.#nowMs, this.beganMs);
    this.#openings.splice(this.#nextOpening, Infinity, { page, atMs, after: atMs === this.#nowMs ? this.#taken : 0 });
    if (this.#begun) this.#pass(this.#nowMs, true);
  }

  get page(): number {
    return this.#openings.at(-1)!.page;
  }

  /** The learner answers a prediction; an answer that stands cannot be changed. */
  predict(id: string, choice: string): void {
    if (!this.#answers.has(id)) this.#answers.set(id, { choice, atMs: this.#nowMs });
  }

  /**
   * Time passes: the lesson begins, pages were opened, and facts have held for long enough. Of what happens in one
   * moment, a page was opened `after` so many changes; `whole`: no more changes are known of it.
   */
  #pass(untilMs: number, whole: boolean): void {
    for (;;) {
      const opening = this.#openings[this.#nextOpening];
      const taken = opening?.atMs === this.#nowMs ? this.#taken : 0;
      const waits = opening !== undefined && !whole && opening.atMs === untilMs && taken < opening.after;
      const openMs = opening && !waits ? opening.atMs : Infinity;
      const dueMs = Math.min(openMs, this.#begun ? this.#dueMs() : Infinity);
      if (dueMs > untilMs) break;
      this.#goTo(dueMs);
      if (dueMs === openMs) this.#open();
      this.#evaluate(dueMs);
    }
    this.#goTo(untilMs);
  }

  #goTo(atMs: number): void {
    if (atMs <= this.#nowMs) return;
    this.#nowMs = atMs;
    this.#taken = 0;
  }

  #open(): void {
    const opening = this.#openings[this.#nextOpening]!;
    if (opening.after === Infinity) opening.after = opening.atMs === this.#nowMs ? this.#taken : 0;
    this.#nextOpening += 1;
    this.#before = this.#views.snapshot();
    this.#news.before = true;
    if (this.#begun) return;
    this.#begun = true;
    this.#news = noNews(true);
  }

  #apply(change: Change): void {
    if (change.kind === 'deed') {
      this.#lastDeedMs = change.atMs;
      return;
    }
    this.#views.take(change, this.#begun);
    if (!this.#begun) return;
    this.#news.views.add(change.view);
    if (change.kind === 'gone') this.#news.gone = true;
    this.#evaluate();
  }

  /** The next moment at which some fact has held for as long as an expression asks. */
  #dueMs(): number {
    let dueMs = Infinity;
    for (const { reads } of this.#watched()) {
      for (const { fact, ms } of reads.after) {
        const { holds, sinceMs = 0 } = this.#facts.of(fact);
        if (holds && sinceMs + ms > this.#nowMs) dueMs = Math.min(dueMs, sinceMs + ms);
      }
    }
    return dueMs;
  }

  *#watched(): Iterable<{ reads: Reads }> {
    const { facts, goals, predictions } = this.lesson;
    for (const { when } of [...facts, ...predictions]) yield { reads: this.cel.readsOf(when) };
    for (const { check, fails } of goals) {
      yield { reads: this.cel.readsOf(check) };
      if (fails) yield { reads: this.cel.readsOf(fails.check) };
    }
  }

  /** Looks at every expression that may have another value; `dueMs`: a moment that some have waited for. */
  #evaluate(dueMs?: number): void {
    const news = this.#news;
    const reading = this.reading();
    for (let round = 0; round <= this.lesson.facts.length; round++) {
      const changed = this.lesson.facts.filter(
        ({ id, when }) =>
          this.#concerns(when, news, dueMs) && this.#facts.note(id, this.cel.holds(when, reading), this.#nowMs),
      );
      if (changed.length === 0) break;
      for (const { id } of changed) news.facts.add(id);
    }
    for (const goal of this.lesson.goals) this.#evaluateGoal(goal, news, reading, dueMs);
    for (const prediction of this.lesson.predictions) this.#evaluatePrediction(prediction, news, reading, dueMs);
    this.#news = noNews();
  }

  #concerns(expression: CelExpression, news: News, dueMs: number | undefined): boolean {
    const reads = this.cel.readsOf(expression);
    if (news.all) return true;
    if ((reads.gone && news.gone) || (reads.before && news.before)) return true;
    for (const view of reads.views) if (news.views.has(view)) return true;
    for (const fact of reads.facts) if (news.facts.has(fact)) return true;
    return (
      dueMs !== undefined && reads.after.some(({ fact, ms }) => (this.#facts.of(fact).sinceMs ?? NaN) + ms === dueMs)
    );
  }

  #evaluateGoal(goal: Goal, news: News, reading: Reading, dueMs: number | undefined): void {
    const { id, check, fails, hold } = goal;
    const met = this.#metMs.has(id);
    if ((!met || hold) && this.#concerns(check, news, dueMs)) {
      const holds = this.cel.holds(check, reading);
      this.#holding.set(id, holds);
      if (holds && !met) this.#metMs.set(id, this.#nowMs);
    }
    if (!fails || !this.#concerns(fails.check, news, dueMs)) return;
    if (!this.cel.holds(fails.check, reading)) this.#failing.delete(id);
    else if (!this.#failing.has(id)) this.#failing.set(id, { sinceMs: this.#nowMs, goodMs: this.#goodMs() });
  }

  /** The last moment before what the learner did last. */
  #goodMs(): number {
    const culpritMs = this.#lastDeedMs >= this.beganMs ? this.#lastDeedMs : this.#nowMs;
    return Math.max(this.beganMs, culpritMs - 1);
  }

  #evaluatePrediction(prediction: Prediction, news: News, reading: Reading, dueMs: number | undefined): void {
    const { id, when, form, because } = prediction;
    if (this.#outcomes.has(id) || !this.#concerns(when, news, dueMs) || !this.cel.holds(when, reading)) return;
    const choices =
      form.kind === 'node'
        ? [this.cel.text(form.outcome, reading)]
        : form.choices.filter(({ check }) => this.cel.holds(check, reading)).map((choice) => choice.id);
    this.#outcomes.set(id, { atMs: this.#nowMs, choices, because: this.cel.text(because, reading) });
  }

  /** What expressions are read against now. */
  reading(): Reading {
    const views = this.#views;
    return {
      nowMs: this.#nowMs,
      epochMs: this.epochMs,
      view: (name) => views.list(name),
      gone: (name) => views.gone(name),
      before: (name) => this.#before?.get(name) ?? views.list(name),
      fact: (id) => this.#facts.of(id),
    };
  }

  /** What a page shows now. */
  state(): LessonState {
    const reading = this.reading();
    const goals = this.lesson.goals.map((goal) => this.#goalState(goal, reading));
    const moments = this.lesson.recap.moments.flatMap(({ fact, label }) => {
      const atMs = this.#facts.firstMs(fact);
      return atMs === undefined ? [] : [{ label, atMs }];
    });
    return {
      atMs: this.#nowMs,
      beganMs: this.beganMs,
      page: present(this.lesson.pages[this.page - 1], 'the page that is open'),
      goals,
      predictions: this.lesson.predictions.map((prediction) => this.#predictionState(prediction)),
      done: this.#begun && goals.every(({ met }) => met),
      moments: moments.sort((left, right) => left.atMs - right.atMs),
    };
  }

  #goalState(goal: Goal, reading: Reading): GoalState {
    const { id, title, page, hold, hints, fails } = goal;
    const metAtMs = this.#metMs.get(id);
    const met = hold ? this.#holding.get(id) === true : metAtMs !== undefined;
    const failing = met ? undefined : this.#failing.get(id);
    return {
      id,
      title,
      page,
      hold,
      hints,
      metAtMs,
      met,
      because: met || !this.#begun ? '' : this.cel.text(goal.because, reading),
      fails: failing && fails ? { words: fails.words, ...failing } : undefined,
    };
  }

  #predictionState(prediction: Prediction): PredictionState {
    const answer = this.#answers.get(prediction.id);
    const outcome = this.#outcomes.get(prediction.id);
    const right = answer && outcome && outcome.choices.includes(answer.choice);
    const { form } = prediction;
    const believed =
      form.kind === 'node' ? form.misconception : form.choices.find(({ id }) => id === answer?.choice)?.misconception;
    return { prediction, answer, outcome, right, misconception: right === false ? (believed ?? '') : '' };
  }
}

const noNews = (all = false): News => ({ all, views: new Set(), facts: new Set(), gone: false, before: false });
