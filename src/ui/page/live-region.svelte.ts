const PAUSE_MS = 1_000;

/**
 * The one polite live region: at most one sentence a second, and of those that wait the newest wins; but a verdict is not
 * lost to the steps that follow it.
 */
export class LiveRegion {
  text = $state('');
  #next: string | undefined;
  #nextCounts = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `counts`: it is not a step on the way, which the next one may take the place of. */
  say(text: string, counts = true): void {
    if (this.#timer !== undefined) {
      if (counts || !this.#nextCounts) [this.#next, this.#nextCounts] = [text, counts];
      return;
    }
    this.text = text;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#next;
      this.#next = undefined;
      this.#nextCounts = false;
      if (next !== undefined && next !== this.text) this.say(next);
    }, PAUSE_MS);
  }
}
