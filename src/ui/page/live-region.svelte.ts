const PAUSE_MS = 1_000;

/** The one polite live region: at most one sentence a second, and the newest wins. */
export class LiveRegion {
  text = $state('');
  #next: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    if (this.#timer !== undefined) {
      this.#next = text;
      return;
    }
    this.text = text;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined && next !== this.text) this.say(next);
    }, PAUSE_MS);
  }
}
