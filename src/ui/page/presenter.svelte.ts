import type { Layout } from '../layout/layout.svelte';

/** How much larger everything is when it is shown to a room; the stage as far as all of it stays in view. */
export const ENLARGED = 1.4;

/** Showing the page to a room: the stage alone and large, the other panes when they are asked for. */
export class Presenter {
  on = $state(false);
  /** Panes that were brought back. */
  ask = $state(false);
  why = $state(false);
  /** Nothing is shown in the stage's place. */
  blank = $state(false);
  /** The last sentence of the stage. */
  caption = $state('');

  /** Whether the training view was folded before. */
  #curveFolded = false;

  constructor(private readonly layout: Layout) {}

  /** A phone or tablet has no room to show anything larger. */
  get possible(): boolean {
    return !this.layout.stacked;
  }

  /** Whether it is on, and the window has not become too small for it. */
  get showing(): boolean {
    return this.on && this.possible;
  }

  /** The training view becomes a line, which opens it: the stage is alone at first. */
  toggle(): void {
    const { layout, on } = this;
    this.on = this.possible && !on;
    this.ask = this.why = this.blank = false;
    if (this.on) this.#curveFolded = layout.curveFolded;
    if (this.on !== on) layout.curveFolded = this.on || this.#curveFolded;
  }
}
