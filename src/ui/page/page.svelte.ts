import { getContext, setContext } from 'svelte';
import type { PointedLine } from '../editor/problems';
import { ApplyFlow } from '../editor/apply-flow.svelte';
import { Comparison } from '../compare/comparison.svelte';
import { Control } from '../connection/control';
import { workerSimulation } from '../connection/workers';
import { Files, type TextFile } from '../files/files.svelte';
import { browserStorage, VISITED, type PageStorage } from '../files/page-storage';
import type { ChangedFile } from '../inspector/manifest-places.svelte';
import { sameSubject, type Subject } from '../inspector/subjects';
import { Layers } from '../layout/layers.svelte';
import { Layout } from '../layout/layout.svelte';
import { SharedDocuments } from '../share/shared-documents.svelte';
import { STARTERS } from '../starters/starters';
import type { LossCurve } from '../../scene/loss';
import type { Mark } from '../../protocol/frame';
import type { Ref } from '../../scene/ref';
import { Theme } from '../style/theme.svelte';
import { TerminalSession } from '../terminal/terminal-session.svelte';
import { LiveRegion } from './live-region.svelte';
import { Presenter } from './presenter.svelte';
import { isPresented } from './route';
import { SingleKeys } from './single-keys.svelte';

/** What is open over the page, if anything; the stage stays visible beside it. */
export type Overlay = 'help' | 'palette' | undefined;

/** What a lesson that is worked on gives to the rest of its page. */
export interface TaughtLesson {
  /** When which goal was met first, for the line of time. */
  readonly marks: readonly Mark[];
  /** The node that was predicted, while what comes is still to be seen or was another one. */
  readonly predicted: Ref | undefined;
  /** Takes what was chosen on the stage as the answer to a prediction; false where none is asked for. */
  answerWith(chosen: Ref): boolean;
  /** Opens the next hint. Returns what to say of it. */
  hint(): string;
}

/** Everything the regions of the page share. */
export class Page {
  readonly simulation = workerSimulation();
  readonly view = this.simulation.view;
  readonly client = this.simulation.client;
  readonly control = new Control(this.client);
  readonly documents = new SharedDocuments(this.simulation, this.control);
  readonly comparison = new Comparison(this.simulation);
  readonly live = new LiveRegion();
  readonly theme: Theme;
  readonly layout: Layout;
  readonly layers: Layers;
  readonly presenter: Presenter;
  readonly singleKeys: SingleKeys;
  readonly files: Files;
  readonly terminal: TerminalSession;
  readonly apply: ApplyFlow;

  /** `starters`: the files of the editor, where `storage` has none. */
  constructor(
    readonly storage: PageStorage = browserStorage(),
    starters: readonly TextFile[] = STARTERS,
  ) {
    const { client, view } = this;
    this.theme = new Theme(storage);
    this.layout = new Layout(storage);
    this.layers = new Layers(storage);
    this.presenter = new Presenter(this.layout);
    this.singleKeys = new SingleKeys(storage);
    this.files = new Files(storage, starters);
    this.terminal = new TerminalSession({
      client,
      nowMs: () => this.clusterNowMs,
      files: this.files,
      openFile: (name) => this.openFile(name),
      storage,
    });
    this.apply = new ApplyFlow({ client, view, files: this.files, terminal: this.terminal });
  }

  selected = $state.raw<Subject | undefined>(undefined);
  overlay = $state<Overlay>(undefined);
  /** What stands over the page until it is closed, such as why a link could not be opened, and a way back if there is one. */
  notice = $state.raw<{ text: string; way?: { label: string; go: () => void } } | undefined>(undefined);
  /** The lines of the editor's files that the selected object's story rests on. */
  pointed = $state.raw<readonly PointedLine[]>([]);
  /** The line that was asked for last; another object each time, so that asking again shows it again. */
  shownLine = $state.raw<{ file: string; line: number } | undefined>(undefined);
  /** The lesson that is worked on; undefined in the sandbox. */
  taught = $state.raw<TaughtLesson | undefined>(undefined);
  /** What a lesson's words point at, on the stage. */
  pointing = $state.raw<readonly Ref[]>([]);
  /** What was learned so far, by owner; known once the training view's code is there. */
  curves = $state.raw<readonly LossCurve[]>([]);
  /** The tab of the inspector, kept from object to object. */
  inspectorTab = $state('overview');

  #epochMs = Date.UTC(2026, 0, 5, 9);

  /** The cluster's own clock, in milliseconds since 1970. */
  get clusterNowMs(): number {
    return this.#epochMs + (this.view.frame?.atMs ?? 0);
  }

  /** Opens what the address asks for, or what `open` opens. */
  async start(open = () => this.documents.openAtStart()): Promise<void> {
    this.view.listen((frame, anew) => {
      if (anew && frame.sequence >= 0) void this.#readClock();
    });
    if (isPresented(window.location.hash)) this.presenter.toggle();
    const problem = await open();
    if (problem) this.notice = { text: problem };
    else if (this.documents.own) this.storage.set(VISITED, 'sandbox');
    whenIdle(() => this.simulation.startTrainer());
  }

  select(subject: Subject | undefined, tab?: string): void {
    if (tab) this.inspectorTab = tab;
    if (!sameSubject(subject, this.selected)) this.selected = subject;
    if (subject) this.layout.show('why');
  }

  openFile(name: string): void {
    this.files.show(name);
    this.layout.show('editor');
  }

  /** Opens a file of the editor at a line. */
  showLine(file: string, line: number): void {
    this.files.show(file);
    this.layout.show('editor');
    this.shownLine = { file, line };
  }

  /** Changes a file of the editor for the learner, who sees it and may take it back; nothing is applied. */
  editAt({ file, text, line }: ChangedFile): void {
    this.files.show(file);
    this.files.edit(text);
    this.apply.textChanged();
    this.showLine(file, line());
  }

  /** Asks the control API and says what it refuses. */
  async act(action: (control: Control) => Promise<unknown>): Promise<void> {
    try {
      await action(this.control);
    } catch (error) {
      this.notice = { text: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Opens the learner's cluster of a preset; the one that was open is kept. */
  async openPreset(preset: string): Promise<void> {
    const problem = await this.documents.openPreset(preset);
    this.select(undefined);
    this.notice = problem === undefined ? undefined : { text: problem };
  }

  /** Puts a new cluster in the place of the open one, and offers to bring that back. */
  async startOver(): Promise<void> {
    const { preset, seed } = this.documents;
    if (preset === undefined) return;
    await this.act(async (control) => {
      const before = await this.documents.text();
      await control.reset(preset, seed);
      this.select(undefined);
      const go = (): void => {
        this.notice = undefined;
        void this.act(() => control.replace(before));
      };
      this.notice = { text: 'The cluster was started over.', way: { label: 'Bring the old one back', go } };
    });
  }

  /** Where the cluster's virtual milliseconds begin, which another document may have set otherwise. */
  async #readClock(): Promise<void> {
    try {
      const time = await this.control.read<{ nowMs: number; atMs?: number }>('time');
      if (typeof time.atMs === 'number') this.#epochMs = time.nowMs - time.atMs;
    } catch {
      /* The simulation is being replaced; its successor's first frame asks again. */
    }
  }
}

/** Does what nobody waits for. */
export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: 3_000 });
  else setTimeout(work, 1_000);
}

const PAGE = Symbol('page');

export function providePage(page: Page): Page {
  return setContext(PAGE, page);
}

export function usePage(): Page {
  return getContext<Page>(PAGE);
}
