/** How long a sentence stands before the next one may take its place. */
const STANDS_MS = 1_000;
/** So many sentences may wait; of more, the oldest go. */
const WAITING_LIMIT = 4;

/** Sentences that come faster than they can be read, one after the other: each stands for a second at least. */
export class Narration {
  text = $state('');
  #last = '';
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(sentence: string): void {
    if (sentence === this.#last) return;
    this.#last = sentence;
    this.#waiting = [...this.#waiting, sentence].slice(-WAITING_LIMIT);
    if (this.#timer === undefined) this.#next();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #next(): void {
    const [sentence, ...others] = this.#waiting;
    this.#waiting = others;
    this.#timer = undefined;
    if (sentence === undefined) return;
    this.text = sentence;
    this.#timer = setTimeout(() => this.#next(), STANDS_MS);
  }
}
