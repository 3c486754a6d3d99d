import { lessonArchive, type LessonTexts } from '../../lesson/archive/lesson-archive';
import { buildLesson } from '../../lesson/build/build';
import { draftFiles, UNWRITTEN, type Draft, type DraftGoal } from '../../lesson/build/draft';
import type { Play } from '../../lesson/build/play';
import { nameFor, propose } from '../../lesson/build/propose';
import { markGoal, markStart, type MarkedStart } from '../../lesson/build/recorder';
import type { StartFiles } from '../../lesson/build/start-file';
import { trialOf, type Trial } from '../../lesson/build/trial';
import { readPages } from '../../lesson/format/markdown';
import { readLesson } from '../../lesson/format/read-lesson';
import type { Page as LessonPage, Problem } from '../../lesson/format/lesson';
import { lessonOf, openTaken } from '../lesson/take-lesson';
import type { Page } from '../page/page.svelte';
import { clockText } from '../time/rail';

/** A goal as its author has it: ticked or not, worded, its CEL changed. */
export interface WordedGoal extends DraftGoal {
  ticked: boolean;
  title: string;
  check: string;
  because: string;
  page: number;
  /** Why it was proposed. */
  readonly reason: string;
}

/** So many of what is proposed are ticked to begin with. */
const TICKED = 3;
const TICKED_WEIGHT = 60;
const FILE_NAME = /^[\w-]+(\.[\w-]+)*$/;
const FILE_LIMIT = 64_000;

/** A lesson while it is made: marks, goals, words, and at last its files. */
export class Builder {
  /** What is to be done next. */
  step = $state<'mark start' | 'mark goal' | 'word' | 'files'>('mark start');
  busy = $state(false);
  problem = $state('');
  startedMs = $state(0);
  goals = $state<WordedGoal[]>([]);
  words = $state({ ...UNWRITTEN, title: '' });
  /** The files, once they are edited themselves. */
  texts = $state.raw<LessonTexts | undefined>(undefined);

  #start = $state.raw<MarkedStart | undefined>(undefined);
  #play = $state.raw<Play | undefined>(undefined);
  #editor: StartFiles = { files: {}, open: undefined };

  constructor(private readonly page: Page) {}

  async markStart(): Promise<void> {
    await this.#still(async () => {
      const marked = await markStart(this.page.client);
      if ('problem' in marked) return marked.problem;
      this.#start = marked;
      this.#editor = this.#editorFiles();
      this.startedMs = marked.atMs;
      this.step = 'mark goal';
      return '';
    });
  }

  async markGoal(): Promise<void> {
    await this.#still(async () => {
      const play = await markGoal(this.page.client, this.#start!);
      if ('problem' in play) return play.problem;
      const proposed = propose(play);
      this.#play = play;
      this.goals = proposed.map((one, index) => ({
        ...one,
        ticked: index < TICKED && one.weight >= TICKED_WEIGHT,
        page: 1,
      }));
      this.words.minutes = Math.min(60, Math.ceil((play.endMs - play.startMs) / 60_000) + 3);
      this.step = 'word';
      return proposed.length > 0
        ? ''
        : 'Nothing has come since the start that makes a goal. Add one of your own, or go on playing and mark the goal later.';
    });
  }

  /** Back to playing, from the same start. */
  playOn(): void {
    this.problem = '';
    this.step = 'mark goal';
  }

  anew(): void {
    this.problem = '';
    this.texts = undefined;
    this.step = 'mark start';
  }

  addGoal(): void {
    const id = nameFor('own-goal', (name) => this.goals.every((goal) => goal.id !== name));
    this.goals.push({
      id,
      ticked: true,
      title: 'What is to be so',
      check: 'pods.exists(p, ready(p))',
      because: "'it is not so yet.'",
      facts: {},
      where: 'The stage, the editor and the terminal.',
      page: 1,
      reason: 'Your own.',
    });
  }

  readonly ticked = $derived(this.goals.filter(({ ticked }) => ticked));

  /** How each ticked goal would have stood while its author played, by its id; what cannot be read is told by `unread`. */
  readonly #trial = $derived.by((): Trial => {
    const play = this.#play;
    if (!play || this.ticked.length === 0) return { problems: [], goals: [] };
    return trialOf(play, draftFiles({ pages: this.words.pages, goals: this.ticked.map((goal) => ({ ...goal })) }));
  });

  /** How a goal stood in the play, in words. */
  standing(goal: WordedGoal): { ok: boolean; text: string } {
    const play = this.#play;
    if (!play) return { ok: false, text: '' };
    const { goals, problems } = trialOf(play, draftFiles({ goals: [{ ...goal, page: 1 }] }));
    const [problem] = problems;
    if (problem) return { ok: false, text: problem.message };
    const [{ atStart, metAtMs } = { atStart: false, metAtMs: undefined }] = goals;
    if (atStart) return { ok: false, text: 'It is met at the start already.' };
    if (metAtMs === undefined) return { ok: false, text: 'It was not met while you played.' };
    return { ok: true, text: `Open at the start, met at ${clockText(metAtMs)}.` };
  }

  /** The pages as a learner reads them. */
  get pages(): LessonPage[] {
    return readPages(this.words.pages, 1, 'lesson.md', []);
  }

  /** What is still wrong, in words: nothing is to be exported that cannot be opened. */
  get problems(): readonly string[] {
    if (this.texts) return readLesson(this.texts.slug, 1, this.texts.files).problems.map(told);
    return [
      ...(this.words.title.trim() === '' ? ['The lesson has no title yet.'] : []),
      ...(this.ticked.length === 0 ? ['No goal is ticked.'] : []),
      ...this.#trial.problems.map(told),
    ];
  }

  /** The lesson as it is now, and what of the play it leaves out. */
  #built(): LessonTexts & { problems: readonly string[] } {
    if (this.texts) return { ...this.texts, problems: [] };
    const draft: Draft = { ...this.words, goals: this.ticked.map((goal) => ({ ...goal })) };
    return buildLesson(this.#start!, this.#play!, draft, this.#editor);
  }

  /** Saves the lesson as a zip. Returns what there is to say of it. */
  export(): string {
    const built = this.#built();
    const bytes = lessonArchive(built) as Uint8Array<ArrayBuffer>;
    const name = `${built.slug}.zip`;
    const href = URL.createObjectURL(new Blob([bytes], { type: 'application/zip' }));
    Object.assign(document.createElement('a'), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
    return [`Saved as ${name}.`, ...built.problems].join(' ');
  }

  /** Runs the lesson as a learner gets it: the page is left. */
  tryOut(): void {
    this.problem = openTaken(this.#built()) ?? '';
  }

  /** Takes up the files themselves. */
  editFiles(): void {
    const { slug, files } = this.#built();
    this.texts = { slug, files };
    this.step = 'files';
  }

  /** Opens a zip to go on with it. */
  async openFile(file: File): Promise<void> {
    const taken = await lessonOf([file]);
    this.problem = 'problem' in taken ? taken.problem : '';
    if ('problem' in taken) return;
    this.texts = taken;
    this.step = 'files';
  }

  write(name: string, text: string): void {
    if (this.texts) this.texts = { ...this.texts, files: { ...this.texts.files, [name]: text } };
  }

  /** Time stands while a mark is made: it is of one moment. `make` returns what went wrong, or ''. */
  async #still(make: () => Promise<string>): Promise<void> {
    const { control } = this.page;
    this.busy = true;
    try {
      const { speed } = await control.read<{ speed: number }>('time');
      await control.time({ speed: 0 });
      this.problem = await make();
      await control.time({ speed });
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy = false;
    }
  }

  /** The editor's files that a lesson can start with. */
  #editorFiles(): StartFiles {
    const { list, openName } = this.page.files;
    const kept = list.filter(({ name, text }) => FILE_NAME.test(name) && text.length <= FILE_LIMIT);
    return { files: Object.fromEntries(kept.map(({ name, text }) => [name, text])), open: openName };
  }
}

const told = ({ file, line, message }: Problem): string => `${file}, line ${line}: ${message}`;
