import type { Lesson, Prediction, Recap } from '../../lesson/format/lesson';
import type { LessonCel } from '../../lesson/cel/lesson-cel';
import type { Library } from '../../lesson/library';
import { ScriptPlayer } from '../../lesson/script/player';
import { editedFiles, editsTowards, type EditedFile } from '../../lesson/script/answers';
import { readScript, type Step } from '../../lesson/script/script';
import { clusterOf, startLesson } from '../../lesson/script/start-lesson';
import { LessonRun } from '../../lesson/watch/lesson-run';
import type { GoalState, LessonState, PredictionState } from '../../lesson/watch/state';
import type { Mark } from '../../protocol/frame';
import type { Ref } from '../../scene/ref';
import type { TextFile } from '../files/files.svelte';
import type { Page, TaughtLesson } from '../page/page.svelte';
import { painted } from '../page/turns.svelte';
import { commands, PreparingHands, ShowingHands, STOPPED } from './page-hands';
import type { Progress } from './progress';

const RUNGS = 3;
const SHOWN_SPEED = 4;
const AFTERMATH_MS = 10_000;

/** What the pane needs of a lesson besides its texts. */
export interface LessonParts {
  readonly page: Page;
  readonly library: Library;
  readonly lesson: Lesson;
  readonly cel: LessonCel;
  readonly progress: Progress;
}

/** A lesson that somebody works on: its cluster, how its goals stand, and what is open of it. */
export class LessonSession implements TaughtLesson {
  state = $state.raw<LessonState | undefined>(undefined);
  /** The cluster is being brought to the lesson's start. */
  preparing = $state(true);
  /** What is wrong, in words. */
  problem = $state('');
  /** How many rungs of a goal's hints are open. */
  rungs = $state.raw<Readonly<Record<string, number>>>({});
  /** The recap is open, after the last page. */
  recap = $state(false);
  /** `playing`: how it is done is being shown, on a branch; `over`: that branch is still open. */
  demonstration = $state<'none' | 'playing' | 'over'>('none');

  readonly lesson: Lesson;
  #solution = $state.raw<readonly Step[]>([]);
  #run: LessonRun | undefined;
  #again = false;
  #looking = false;
  #showing: { hands: ShowingHands; branch: string; files: readonly TextFile[]; open: string } | undefined;

  constructor(private readonly parts: LessonParts) {
    this.lesson = parts.lesson;
    parts.page.taught = this;
  }

  /** Opens the lesson's cluster: as it was left, or at the start. Returns why it could not. */
  async open(): Promise<string | undefined> {
    const { page, lesson, library, progress } = this.parts;
    const past = progress.of(lesson.slug)?.past;
    if (!past) void painted().then(commands);
    const { preset, seed } = await clusterOf(library, lesson);
    const files = await library.files(lesson.slug);
    this.#solution = readScript(files['solution.txt'] ?? '', 'solution.txt', []);
    const problem = await page.documents.openNamed(`lesson-${lesson.slug}`, preset, seed);
    if (problem !== undefined) return problem;
    /* Some lessons begin with a training that has come a way already. */
    page.simulation.startTrainer();
    page.view.listen(() => void this.look());
    const { endMs } = await page.control.read<{ endMs: number }>('time');
    try {
      if (!past || endMs < past.beganMs) await this.begin();
      else await this.#resume(past);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return undefined;
  }

  /** A new cluster, brought to the lesson's start. */
  async begin(): Promise<void> {
    const { page, library, lesson, cel } = this.parts;
    this.preparing = true;
    this.recap = false;
    this.rungs = {};
    this.#run = undefined;
    page.select(undefined);
    /* Nothing of its making is to be seen, and drawing it would only take its time. */
    const draw = page.simulation.holdFrames();
    try {
      const hands = new PreparingHands(page);
      await startLesson(library, hands, lesson);
      const files = [...hands.files].map(([name, text]) => ({ name, text }));
      if (files.length > 0) page.files.replace(files, lesson.start.open);
      this.#follow(await LessonRun.begin(page.client, lesson, cel));
      await page.control.time({ speed: 1 });
      this.preparing = false;
    } finally {
      draw();
    }
  }

  async #resume(past: LessonRun['past']): Promise<void> {
    const { page, lesson, cel } = this.parts;
    this.#follow(await LessonRun.begin(page.client, lesson, cel, past));
    this.preparing = false;
  }

  #follow(run: LessonRun): void {
    this.#run = run;
    this.state = run.state;
    run.listen((state) => {
      this.state = state;
      this.#keep();
    });
    this.#keep();
  }

  #keptAs = '';
  #keep(): void {
    const run = this.#run;
    if (!run) return;
    const { state, past } = run;
    const kept = { page: state.page.number, done: state.done, past };
    const text = JSON.stringify(kept);
    if (text === this.#keptAs) return;
    this.#keptAs = text;
    const openings = past.openings.map((one) => ({ ...one, after: Number.isFinite(one.after) ? one.after : 0 }));
    this.parts.progress.keep(this.lesson.slug, { ...kept, past: { ...past, openings } }, Date.now());
  }

  /** Takes in what has happened, unless somebody else's way is being shown. */
  async look(): Promise<void> {
    const run = this.#run;
    this.#again = true;
    if (this.#looking || !run || this.demonstration !== 'none') return;
    this.#looking = true;
    try {
      while (this.#again && run === this.#run && this.demonstration === 'none') {
        this.#again = false;
        await run.look();
      }
    } catch {
      /* The simulation is being replaced; its successor's frames ask again. */
    } finally {
      this.#looking = false;
    }
  }

  /** The page that is open. */
  get number(): number {
    return this.state?.page.number ?? 1;
  }

  get last(): boolean {
    return this.number === this.lesson.pages.length;
  }

  turnTo(page: number): void {
    this.recap = page > this.lesson.pages.length;
    if (!this.recap) this.#run?.openPage(Math.max(1, page));
  }

  /** Goals of the pages that were read so far. */
  get goals(): readonly GoalState[] {
    return this.state?.goals.filter((goal) => goal.page <= this.number) ?? [];
  }

  /** The first goal of this page that is open: hints are about it. */
  get openGoal(): GoalState | undefined {
    return this.goals.find((goal) => goal.page === this.number && !goal.met) ?? this.goals.find((goal) => !goal.met);
  }

  /** Those of this page, and what was predicted on the one before: its answer comes while this one is worked on. */
  get predictions(): readonly PredictionState[] {
    const { number } = this;
    const shown = ({ prediction: { page }, answer }: PredictionState): boolean =>
      page === number || (page === number - 1 && answer !== undefined);
    return this.state?.predictions.filter(shown) ?? [];
  }

  /** The prediction that a click on a node of the stage answers. */
  get asksForNode(): Prediction | undefined {
    const asked = this.predictions.find(
      ({ prediction, answer, outcome }) => prediction.form.kind === 'node' && !answer && !outcome,
    );
    return asked?.prediction;
  }

  predict(id: string, choice: string): void {
    this.#run?.predict(id, choice);
  }

  answerWith({ resource, name }: Ref): boolean {
    const asked = resource === 'nodes' ? this.asksForNode : undefined;
    if (asked) this.predict(asked.id, name);
    return asked !== undefined;
  }

  get predicted(): Ref | undefined {
    const open = this.predictions.find(
      ({ prediction, answer, right }) => prediction.form.kind === 'node' && answer && right !== true,
    );
    return open?.answer && { resource: 'nodes', namespace: '', name: open.answer.choice };
  }

  get marks(): readonly Mark[] {
    const goals = this.state?.goals ?? [];
    return goals.flatMap(({ title, metAtMs }): Mark[] =>
      metAtMs === undefined ? [] : [{ atMs: metAtMs, kind: 'goal', label: title }],
    );
  }

  /** Opens the next rung of the hints of the goal that is open. */
  hint(): string {
    const goal = this.openGoal;
    if (!goal) return 'There is no open goal on this page.';
    const rung = Math.min(RUNGS, (this.rungs[goal.id] ?? 0) + 1);
    this.rungs = { ...this.rungs, [goal.id]: rung };
    const { question, where, lines } = goal.hints;
    return [question, where, lines.text][rung - 1]!;
  }

  /** What the solution would change in the editor's files for a goal, as they are now. */
  changesFor(goal: string): EditedFile[] {
    return editedFiles(editsTowards(this.#solution, goal), (name) => this.parts.page.files.read(name));
  }

  /** Writes such a change into its file, before the eyes; nothing is applied. */
  write({ name, before, after }: EditedFile): void {
    const { page } = this.parts;
    page.files.put(name, after);
    page.apply.textChanged();
    const lines = after.split('\n');
    const line = lines.findIndex((text, index) => text !== before.split('\n')[index]) + 1;
    page.showLine(name, Math.max(1, line));
  }

  /** The questions for those who know were answered: the lesson counts as done. */
  skip(): void {
    const { progress } = this.parts;
    const known = progress.of(this.lesson.slug);
    progress.keep(this.lesson.slug, { page: this.number, ...known, done: true }, Date.now());
  }

  /** Keeps the cluster as it is now apart from the lesson, and goes to it in the sandbox. */
  async keepInSandbox(): Promise<void> {
    const { documents } = this.parts.page;
    const problem = await documents.openText(await documents.text());
    if (problem === undefined) window.location.reload();
    else this.parts.page.notice = { text: problem };
  }

  /** Back to a moment; what is done from there on is a branch. */
  async goBack(atMs: number): Promise<void> {
    await this.parts.page.act(async (control) => {
      await control.time({ rewindMs: atMs });
      await control.time({ fork: true });
      await control.time({ speed: 1 });
    });
  }

  /** Back to where this page was opened. */
  async restartPage(): Promise<void> {
    const openedMs = this.#run?.openedMs;
    if (openedMs !== undefined) await this.goBack(openedMs);
  }

  /** Plays the solution up to the end of this page, on a branch from the lesson's beginning. */
  async showMe(): Promise<void> {
    const steps = this.#solution;
    const end = steps.findIndex((step) => step.do === 'page' && step.page > this.number);
    const beganMs = this.state?.beganMs ?? 0;
    const at = this.lesson.start;
    await this.#show(beganMs, end < 0 ? steps : steps.slice(0, end), () => {
      const texts = Object.entries(at.files).map(([name, text]) => ({ name, text }));
      if (texts.length > 0) this.parts.page.files.replace(texts, at.open);
    });
  }

  /** Tries what the recap proposes, on a branch from one of the learner's own moments. */
  async tryOut({ from, lines }: Recap['tries'][number]): Promise<void> {
    const sinceMs = this.#run?.fact(from).sinceMs ?? this.state?.atMs ?? 0;
    await this.#show(sinceMs, readScript(lines, 'recap', []), () => {});
  }

  async #show(fromMs: number, steps: readonly Step[], ready: () => void): Promise<void> {
    const { page, lesson, cel } = this.parts;
    const { frame } = page.view;
    if (!frame || this.demonstration === 'playing') return;
    const hands = new ShowingHands(page, SHOWN_SPEED);
    this.#showing ??= { hands, branch: frame.branch, files: page.files.list, open: page.files.openName };
    this.#showing.hands = hands;
    this.demonstration = 'playing';
    await page.act(async (control) => {
      await control.time({ rewindMs: fromMs });
      await control.time({ fork: true });
      await control.time({ speed: SHOWN_SPEED });
    });
    ready();
    const past = { beganMs: this.state?.beganMs ?? fromMs, openings: [], answers: {} };
    try {
      const run = await LessonRun.begin(page.client, lesson, cel, past);
      const problem = await new ScriptPlayer(hands, run).play(steps, 'solution.txt');
      /* What comes of the last step is to be seen too. */
      if (!problem) await hands.pass(AFTERMATH_MS);
      else if (problem.message !== STOPPED) page.notice = { text: `This cannot be shown: ${problem.message}` };
    } finally {
      await page.act((control) => control.time({ speed: 0 }));
      this.demonstration = 'over';
    }
  }

  /** Back to the learner's own cluster and files. */
  async endShow(): Promise<void> {
    const showing = this.#showing;
    if (!showing) return;
    this.#showing = undefined;
    showing.hands.stop();
    const { page } = this.parts;
    page.files.replace(showing.files, showing.open);
    page.apply.textChanged();
    await page.act(async (control) => {
      await control.time({ live: showing.branch });
      await control.time({ speed: 1 });
    });
    this.demonstration = 'none';
    await this.look();
  }
}
