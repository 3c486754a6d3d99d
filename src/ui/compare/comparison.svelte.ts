import type { Frame } from '../../protocol/frame';
import type { Difference } from '../../scene/differences';
import type { Ref } from '../../scene/ref';
import type { ClusterView } from '../connection/cluster-view.svelte';
import type * as Finder from './finder';

/** What of the page two branches are compared by. */
export interface ComparisonParts {
  /** The open branch. */
  readonly view: ClusterView;
  readonly besideView: ClusterView;
  /** Asks for another branch beside the open one, or for none. */
  lookBeside(id: string | undefined): void;
}

/** Differences are looked for so often at most: two stages move at the same time. */
const LOOK_EVERY_MS = 200;

/** Two branches side by side at one moment: the open one, which the page works on, and another that is looked at. */
export class Comparison {
  /** The branch beside the open one; undefined while nothing is compared. */
  other = $state<string | undefined>(undefined);
  /** What is otherwise. `left` is the open branch. */
  differences = $state.raw<readonly Difference[]>([]);
  /** Both stand at the same moment. */
  settled = $state(false);
  #lookedAtMs = -Infinity;
  #again: ReturnType<typeof setTimeout> | undefined;
  #open = '';
  /** Loads when something is compared for the first time. */
  #finder?: typeof Finder;

  constructor(
    private readonly parts: ComparisonParts,
    private readonly now: () => number = () => performance.now(),
  ) {
    parts.view.listen((frame) => this.#follow(frame));
    parts.besideView.listen(() => this.#look());
  }

  /** The frame of the other branch. */
  get frame(): Frame | undefined {
    return this.other === undefined ? undefined : this.parts.besideView.frame;
  }

  /** Where the differences are to be seen on one of the two stages. */
  places(side: 'left' | 'right'): Ref[] {
    return this.#finder?.placesOf(this.differences, side) ?? [];
  }

  /** Differences are looked for from when the answer is there. */
  async start(id: string): Promise<void> {
    this.other = id;
    this.differences = [];
    this.settled = false;
    this.#lookedAtMs = -Infinity;
    this.parts.lookBeside(id);
    this.#finder ??= await import('./finder');
    this.#look();
  }

  end(): void {
    if (this.other === undefined) return;
    this.other = undefined;
    this.differences = [];
    this.parts.lookBeside(undefined);
  }

  /** Starts with a branch, or ends where it is compared already. */
  toggle(id: string): void {
    if (this.other === id) this.end();
    else void this.start(id);
  }

  #follow(frame: Frame): void {
    const before = this.#open;
    this.#open = frame.branch;
    if (this.other === undefined) return;
    const there = (id: string): boolean => frame.branches.some((branch) => branch.id === id);
    /* The other one was opened: the two change sides. */
    if (frame.branch === this.other && before !== '' && there(before)) void this.start(before);
    else if (frame.branch === this.other || !there(this.other)) this.end();
    else this.#look();
  }

  /** The last look comes after the last frame: where both stand still, no other follows. */
  #look(): void {
    const { view, besideView } = this.parts;
    const [frame, beside] = [view.frame, besideView.frame];
    if (this.other === undefined || !this.#finder || !frame || !beside) return;
    if (frame.run === 'replaying' || beside.run === 'replaying') return;
    const now = this.now();
    const waitMs = this.#lookedAtMs + LOOK_EVERY_MS - now;
    clearTimeout(this.#again);
    if (waitMs > 0) {
      this.#again = setTimeout(() => this.#look(), waitMs);
      return;
    }
    this.#lookedAtMs = now;
    this.settled = true;
    this.differences = this.#finder.differencesBetween(view, besideView);
  }
}
