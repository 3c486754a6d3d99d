import type { PageStorage } from '../files/page-storage';

/** How the regions are arranged; widths in em, so that zooming in leads to the smaller ones by itself. */
export type Arrangement = 'desktop' | 'laptop' | 'tablet' | 'phone' | 'landscape';

/** The panes that share one place where there is little of it. */
export type Pane = 'lesson' | 'editor' | 'terminal' | 'why' | 'curve';

/** How high the phone's sheet stands. */
export const SHEETS = ['peek', 'half', 'full'] as const;
export type Sheet = (typeof SHEETS)[number];

/** A length in px that a person can change by a separator. */
export interface Size {
  initial: number;
  least: number;
  most: number;
}

export const SIZES = {
  ask: { initial: 384, least: 280, most: 640 },
  why: { initial: 316, least: 260, most: 560 },
  terminal: { initial: 236, least: 96, most: 640 },
  curve: { initial: 460, least: 160, most: 720 },
} satisfies Record<string, Size>;
export type SizeName = keyof typeof SIZES;

const WIDE_SIZES: Partial<Record<SizeName, number>> = { ask: 440, why: 380 };
const KEY = 'layout';

const QUERIES: [Arrangement, string][] = [
  ['landscape', '(max-height: 30em) and (min-width: 40em) and (max-width: 63.99em)'],
  ['phone', '(max-width: 47.99em)'],
  ['tablet', '(max-width: 63.99em)'],
  ['laptop', '(max-width: 79.99em)'],
];
const WIDE = '(min-width: 100em)';
const LOW = '(max-height: 44.99em)';

/** Where the regions are and how large. Sizes that were dragged are kept. */
export class Layout {
  arrangement = $state<Arrangement>('desktop');
  /** At least 1600 px: the outer columns are wider. */
  wide = $state(false);
  /** A lesson stands above the editor. */
  lesson = $state(false);
  #low = $state(false);
  pane = $state<Pane>('editor');
  sheet = $state<Sheet>('half');
  /** The training view below the stage, folded to a line until somebody opens it. */
  curveFolded = $state(true);
  chosen = $state.raw<Partial<Record<SizeName, number>>>({});

  readonly #storage: PageStorage;

  constructor(storage: PageStorage) {
    this.#storage = storage;
    this.chosen = parseSizes(storage.get(KEY));
    this.#follow([...QUERIES.map(([, query]) => query), WIDE, LOW]);
  }

  /** Whether the panes beside the stage share one place below or next to it. */
  get stacked(): boolean {
    return this.arrangement === 'tablet' || this.arrangement === 'phone' || this.arrangement === 'landscape';
  }

  /** Less than 720 px high, or a lesson beside them: editor and terminal share one place. */
  get low(): boolean {
    return this.#low || this.lesson;
  }

  beginLesson(): void {
    this.lesson = true;
    if (this.stacked) this.pane = 'lesson';
  }

  size(name: SizeName): number {
    return this.chosen[name] ?? this.initial(name);
  }

  initial(name: SizeName): number {
    return (this.wide ? WIDE_SIZES[name] : undefined) ?? SIZES[name].initial;
  }

  /** Sets a size in px, within its bounds; `undefined` gives it back its own. */
  resize(name: SizeName, px: number | undefined): void {
    const { [name]: _before, ...others } = this.chosen;
    const { least, most } = SIZES[name];
    this.chosen = px === undefined ? others : { ...others, [name]: Math.round(Math.min(most, Math.max(least, px))) };
    this.#storage.set(KEY, JSON.stringify(this.chosen));
  }

  /** Whether a pane is to be seen as things stand. */
  shows(pane: Pane): boolean {
    if (pane === 'curve' && !this.stacked) return !this.curveFolded;
    if (pane === 'lesson' && !this.lesson) return false;
    if (this.arrangement === 'phone' || this.arrangement === 'landscape') return this.pane === pane;
    if (this.arrangement === 'tablet')
      return (
        pane === this.pane ||
        (pane === 'terminal' && this.pane === 'editor') ||
        (pane === 'editor' && this.pane === 'terminal')
      );
    return pane === 'why' || pane === 'lesson' || !this.low || (pane === 'terminal') === (this.pane === 'terminal');
  }

  /** Brings a pane into view. */
  show(pane: Pane): void {
    if (pane === 'curve') this.curveFolded = false;
    this.pane = pane;
    if (this.sheet === 'peek') this.sheet = 'half';
  }

  #follow(queries: readonly string[]): void {
    const update = (): void => {
      const found = QUERIES.find(([, query]) => window.matchMedia(query).matches);
      this.arrangement = found?.[0] ?? 'desktop';
      this.wide = window.matchMedia(WIDE).matches;
      this.#low = window.matchMedia(LOW).matches;
    };
    for (const query of queries) window.matchMedia(query).addEventListener('change', update);
    update();
  }
}

function parseSizes(text: string | undefined): Partial<Record<SizeName, number>> {
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(SIZES) as SizeName[];
    return Object.fromEntries(names.flatMap((name) => (typeof value[name] === 'number' ? [[name, value[name]]] : [])));
  } catch {
    /* Not written by this page: the sizes start anew. */
    return {};
  }
}
