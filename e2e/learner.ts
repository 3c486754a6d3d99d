import { expect, type Locator, type Page } from '@playwright/test';
import type { ApiClient, ApiResponse } from '../src/api/client';
import { libraryIn } from '../src/cli/lesson/folder';
import type { Lesson } from '../src/lesson/format/lesson';
import { filled, readScript, type Step } from '../src/lesson/script/script';
import { LessonRun } from '../src/lesson/watch/lesson-run';
import { ask } from './door';

/** How a learner acts on the page. */
export interface Hands {
  /** Presses a button, a tab or a link. */
  press: (what: Locator) => Promise<void>;
  /** Types lines at the prompt. */
  type: (lines: string) => Promise<void>;
  /** Opens a file and puts a text in the place of what it holds. */
  write: (file: string, text: string) => Promise<void>;
  /** Opens a file in the editor. */
  open: (file: string) => Promise<void>;
  /** Applies the file that is open. */
  apply: () => Promise<void>;
  /** Does what a menu of the stage offers for a thing. */
  act: (thing: string, named: string) => Promise<void>;
  /** Brings the lesson's pane into sight. */
  read: () => Promise<void>;
  /** Sets how fast time goes. */
  speed: (place: number) => Promise<void>;
}

const LOOK_MS = 250;
const GOAL_MS = 150_000;
/** Where ×20 and ×1 stand among the speeds. */
const [FAST, PLAIN] = [5, 3];
/** What takes longer than this of the cluster's time is waited for at a higher speed. */
const LONG_WAIT_MS = 10_000;

/** Works through a lesson by its solution, as somebody who sits before the page. */
export class Learner {
  readonly #files = new Map<string, string>();
  #page = 1;

  private constructor(
    private readonly page: Page,
    private readonly hands: Hands,
    private readonly lesson: Lesson,
    private readonly steps: readonly Step[],
    private readonly run: LessonRun,
  ) {
    for (const [name, text] of Object.entries(lesson.start.files)) this.#files.set(name, text);
  }

  /** Sits down before a lesson that stands at its start. */
  static async before(page: Page, slug: string, hands: Hands): Promise<Learner> {
    const library = await libraryIn('lessons');
    const read = await library.lesson(slug);
    if (!read.lesson) throw new Error(`${slug} cannot be read`);
    const { lesson, cel } = read;
    await expect(page.getByRole('button', { name: 'Start the lesson over' })).toBeVisible({ timeout: 90_000 });
    const steps = readScript((await library.files(slug))['solution.txt'] ?? '', 'solution.txt', []);
    const foot = await page.locator('.foot').textContent();
    const [, minutes = '0', seconds = '0'] = /Begun at (\d+):(\d+)/.exec(foot ?? '') ?? [];
    const beganMs = 1000 * (60 * Number(minutes) + Number(seconds));
    const past = { beganMs, openings: [], answers: {} };
    return new Learner(page, hands, lesson, steps, await LessonRun.begin(clientOf(page), lesson, cel, past));
  }

  /** Does all of it. `between` is called at each page. */
  async work(between: (page: number) => Promise<void> = async () => {}): Promise<void> {
    await between(1);
    for (const step of this.steps) {
      await this.#take(step);
      if (step.do === 'page') await between(step.page);
    }
    while (this.#page < this.lesson.pages.length) await this.#turn();
    await this.hands.read();
    await this.hands.press(this.page.getByRole('button', { name: 'To the end' }));
    await expect(this.page.getByRole('heading', { name: this.lesson.recap.keep })).toBeVisible();
    await expect(this.page.getByText(/^Not yet:/)).toHaveCount(0);
  }

  async #take(step: Step): Promise<void> {
    const { hands } = this;
    switch (step.do) {
      case 'page':
        while (this.#page < step.page) await this.#turn();
        return;
      case 'predict':
        return this.#predict(step.id, step.choice);
      case 'kubectl':
        return this.#command(await this.#filled(step.command), step.stdin && (await this.#filled(step.stdin)));
      case 'file':
        return this.#write(step.name, await this.#filled(step.text));
      case 'edit':
        return this.#write(step.name, this.#files.get(step.name)!.split(step.old).join(step.new));
      case 'apply':
        await hands.open(step.name);
        return hands.apply();
      case 'fault':
        return this.#act(await this.#filled(step.yaml));
      case 'wait':
        return this.#pass(step.ms);
      case 'wait for':
        return step.what === 'goal' ? this.#reach(step.id) : this.#until(step.id);
      default:
        throw new Error(`a learner cannot do ${step.do}`);
    }
  }

  async #turn(): Promise<void> {
    await this.hands.read();
    await this.hands.press(this.page.getByRole('button', { name: 'Next', exact: true }));
    this.#page += 1;
    const { title } = this.lesson.pages[this.#page - 1]!;
    await expect(this.page.getByRole('heading', { name: title, exact: true })).toBeVisible();
    this.run.openPage(this.#page);
  }

  async #predict(id: string, choice: string): Promise<void> {
    const { form, question, page } = this.lesson.predictions.find((one) => one.id === id)!;
    while (this.#page < page) await this.#turn();
    const text = form.kind === 'node' ? choice : form.choices.find((one) => one.id === choice)!.text;
    const card = this.page.getByRole('region', { name: 'Prediction' }).filter({ hasText: question });
    await this.hands.read();
    await this.hands.press(card.getByRole('button', { name: text, exact: true }));
    await expect(this.page.getByText(`You predicted: ${text}`)).toBeVisible();
    this.run.predict(id, choice);
  }

  #command(command: string, stdin?: string): Promise<void> {
    return this.hands.type(stdin ? `kubectl ${command} <<END\n${stdin}END` : `kubectl ${command}`);
  }

  async #write(name: string, text: string): Promise<void> {
    this.#files.set(name, text);
    await this.hands.write(name, text);
  }

  #act(yaml: string): Promise<void> {
    const field = (name: string): string => new RegExp(`${name}: "?([^",}]+)`).exec(yaml)?.[1] ?? '';
    const [component, pod, node] = [field('component'), field('pod'), field('node')];
    const deeds: Record<string, [thing: string, named: string]> = {
      ComponentDown: [`components//${component}`, `Stop ${component}`],
      ComponentUp: [`components//${component}`, `Start ${component}`],
      ContainerCrash: [`pods/default/${pod}`, `Kill the container of ${pod}`],
      NodeDown: [`nodes//${node}`, `Power off ${node}`],
      NodeUp: [`nodes//${node}`, `Power on ${node}`],
    };
    const deed = deeds[field('type')];
    if (!deed) throw new Error(`no menu offers ${yaml}`);
    return this.hands.act(...deed);
  }

  /** Watches for so long, faster where it is long. */
  async #pass(ms: number): Promise<void> {
    const untilMs = (await this.run.look()).atMs + ms;
    await this.#watch(ms > LONG_WAIT_MS, async () => (await this.run.look()).atMs >= untilMs);
  }

  async #until(fact: string): Promise<void> {
    await this.#watch(false, async () => {
      await this.run.look();
      return this.run.fact(fact).holds;
    });
  }

  /** Until the page itself says that the goal is met. */
  async #reach(id: string): Promise<void> {
    const { title } = this.lesson.goals.find((goal) => goal.id === id)!;
    await this.hands.read();
    const item = this.page.getByRole('list', { name: 'Goals' }).getByRole('listitem').filter({ hasText: title });
    const startMs = Date.now();
    const met = async (): Promise<boolean> => /, met/.test((await item.textContent()) ?? '');
    await this.#watch(false, async () => {
      if (await met()) return true;
      if (Date.now() - startMs > GOAL_MS) throw new Error(`${id}: ${await item.textContent()}`);
      return false;
    });
  }

  /** Looks again and again; after some seconds at a higher speed, as people do. */
  async #watch(fast: boolean, over: () => Promise<boolean>): Promise<void> {
    let quick = false;
    for (let looks = 0; !(await over()); looks++) {
      if (looks * LOOK_MS > GOAL_MS) throw new Error('what was waited for has not come');
      if (!quick && (fast || looks === 24)) {
        quick = true;
        await this.hands.speed(FAST);
      }
      await this.page.waitForTimeout(LOOK_MS);
    }
    if (quick) await this.hands.speed(PLAIN);
  }

  async #filled(text: string): Promise<string> {
    await this.run.look();
    return filled(text, (source) => this.run.text(source));
  }
}

/** The page's own door, for somebody who only reads. */
function clientOf(page: Page): ApiClient {
  const request: ApiClient['request'] = async ({ method, path, query = {} }) => {
    const { code, body } = await ask(page, method, `${path}?${new URLSearchParams(query as Record<string, string>)}`);
    return { code, headers: {}, body } as ApiResponse;
  };
  const none = (): never => {
    throw new Error('a learner only asks');
  };
  return { request, watch: none, stream: none, channel: none };
}
