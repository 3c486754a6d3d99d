import type { ApiClient } from '../../api/client';
import { jsonOf, type CelValue } from '../../api/cel/values';
import type { CelExpression } from '../../api/cel/cel';
import type { ApiObject } from '../../api/objects';
import { STORY_PATH, type StoryView } from '../../api/story';
import type { LessonCel } from '../cel/lesson-cel';
import type { FactHistory } from '../cel/reading';
import { objectOf } from '../cel/viewed';
import type { Lesson } from '../format/lesson';
import { OBJECT_VIEWS, type ViewName } from '../views/names';
import { GoalWatcher, type LessonPast } from './goal-watcher';
import type { LessonState } from './state';
import { Telling } from './telling';

/** Where the telling goes on. */
interface Place {
  readonly revision: number;
  readonly inputs: number;
  readonly atMs: number;
}

const START: Place = { revision: 0, inputs: 0, atMs: -1 };

/** Thrown where the cluster cannot tell its story. */
export class StoryError extends Error {
  override name = 'StoryError';
}

/**
 * A lesson at work: reads what happened by the door, and says how the goals stand. `look` is called whenever something
 * may have happened (in the page with each frame, in Node after each step); what it finds does not depend on how often.
 * After a rewind, or on another branch, what is no longer so is forgotten.
 */
export class LessonRun {
  #watcher: GoalWatcher;
  #telling: Telling;
  #place: Place;
  #epoch: number;
  #state: LessonState;
  /** How all was when the lesson began: there a history that has changed is taken up again. */
  #base: { readonly telling: Telling; readonly place: Place } | undefined;
  readonly #listeners = new Set<(state: LessonState) => void>();
  #looking: Promise<LessonState> | undefined;

  private constructor(
    private readonly client: ApiClient,
    readonly lesson: Lesson,
    private readonly cel: LessonCel,
    story: StoryView,
    past: LessonPast | undefined,
  ) {
    this.#watcher = new GoalWatcher(lesson, cel, story.epochMs, past?.beganMs ?? story.atMs);
    if (past) this.#watcher.resume(past);
    this.#telling = new Telling();
    this.#place = START;
    this.#epoch = story.epoch;
    this.#take(story);
    this.#state = this.#watcher.state();
  }

  /** Begins a lesson on a cluster that stands at its start; `past` where it began earlier, and goes on. */
  static async begin(client: ApiClient, lesson: Lesson, cel: LessonCel, past?: LessonPast): Promise<LessonRun> {
    const story = await ask(client, lesson, START);
    return new LessonRun(client, lesson, cel, story, past);
  }

  /** What has to be kept besides the cluster, for a run that goes on where this one is left. */
  get past(): LessonPast {
    return this.#watcher.past;
  }

  /** When the page that is open was opened. */
  get openedMs(): number {
    return this.#watcher.openedMs;
  }

  get state(): LessonState {
    return this.#state;
  }

  /** Calls `listener` with each new state. Returns the call that ends it. */
  listen(listener: (state: LessonState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes in what has happened. Calls while it is at it share its outcome. */
  look(): Promise<LessonState> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** The learner turns to a page. */
  openPage(page: number): void {
    this.#watcher.openPage(page);
    this.#tell();
  }

  /** The learner answers a prediction, by a choice's id or a node's name; the first answer stands. */
  predict(id: string, choice: string): void {
    this.#watcher.predict(id, choice);
    this.#tell();
  }

  /** How a fact has been. */
  fact(id: string): FactHistory {
    return this.#watcher.reading().fact(id);
  }

  /** What an expression gives now, as text. Throws CelSyntaxError and CelError. */
  text(source: string): string {
    return String(jsonOf(this.#evaluate(source)));
  }

  /** The names of the objects in the list that an expression gives now. */
  names(expression: CelExpression): string[] {
    const list = this.cel.evaluate(expression, this.#watcher.reading());
    return Array.isArray(list) ? list.map((one: CelValue) => objectOf<ApiObject>(one).metadata.name) : [];
  }

  #evaluate(source: string): CelValue {
    return this.cel.evaluate(this.cel.compile(source), this.#watcher.reading());
  }

  async #look(): Promise<LessonState> {
    let story = await ask(this.client, this.lesson, this.#place);
    if (story.epoch !== this.#epoch) story = await this.#anew(story);
    this.#take(story);
    this.#tell();
    return this.#state;
  }

  /** History has changed: it is told again from where the lesson began, or from the start where that is undone too. */
  async #anew(story: StoryView): Promise<StoryView> {
    let told = story;
    for (;;) {
      const base = told.atMs >= this.#watcher.beganMs ? this.#base : undefined;
      if (!base) this.#base = undefined;
      this.#epoch = told.epoch;
      this.#watcher.restart();
      this.#telling = new Telling(base?.telling);
      this.#place = base?.place ?? START;
      if (base) this.#watcher.take(base.telling.all(base.place.atMs), base.place.atMs);
      told = await ask(this.client, this.lesson, this.#place);
      if (told.epoch === this.#epoch) return told;
    }
  }

  #take(story: StoryView): void {
    const { revision, inputs, atMs } = story;
    const changes = this.#telling.changes(story);
    this.#watcher.take(changes, atMs);
    this.#place = { revision, inputs, atMs };
    if (!this.#base && atMs <= this.#watcher.beganMs)
      this.#base = { telling: new Telling(this.#telling), place: this.#place };
  }

  #tell(): void {
    this.#state = this.#watcher.state();
    for (const listener of this.#listeners) listener(this.#state);
  }
}

async function ask(client: ApiClient, lesson: Lesson, from: Place): Promise<StoryView> {
  const query = {
    resources: Object.values(OBJECT_VIEWS).join(','),
    namespace: lesson.start.namespace,
    since: String(from.revision),
    inputs: String(from.inputs),
    after: String(from.atMs),
    ...(speaksOf(lesson, 'requests') ? { traffic: 'true' } : {}),
  };
  const { code, body } = await client.request({ method: 'GET', path: STORY_PATH, query });
  if (code === 200) return body as unknown as StoryView;
  throw new StoryError((body as { message?: string } | null)?.message ?? `the story was refused with ${code}`);
}

function speaksOf({ facts, goals, predictions }: Lesson, view: ViewName): boolean {
  const expressions = [
    ...facts.map(({ when }) => when),
    ...goals.flatMap(({ check, because, fails }) => [check, because, ...(fails ? [fails.check] : [])]),
    ...predictions.flatMap(({ when, because }) => [when, because]),
  ];
  return expressions.some(({ names }) => names.has(view));
}
