/** Text on its way from one command to the next. It keeps what was not read yet; a closed reader stops the writer. */
export class Pipe {
  #kept = '';
  #ended = false;
  #closed = false;
  #wake: (() => void) | undefined;

  /** Called once nobody reads any more. */
  onClose: (() => void) | undefined;

  write(text: string): void {
    if (this.#closed) return;
    this.#kept += text;
    this.#wake?.();
  }

  /** The writer has said all. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The reader wants no more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#kept = '';
    if (!this.#ended) this.onClose?.();
  }

  /** Lines without their line breaks, as soon as they are there. */
  async *lines(): AsyncGenerator<string> {
    for (;;) {
      const end = this.#kept.indexOf('\n');
      if (end >= 0) {
        const line = this.#kept.slice(0, end);
        this.#kept = this.#kept.slice(end + 1);
        yield line;
      } else if (this.#ended) {
        const rest = this.#kept;
        this.#kept = '';
        if (rest !== '') yield rest;
        return;
      } else await this.#more();
    }
  }

  /** Everything, once the writer has said all. */
  async text(): Promise<string> {
    while (!this.#ended) await this.#more();
    const text = this.#kept;
    this.#kept = '';
    return text;
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

/** A pipe that holds a text and nothing else. */
export function pipeOf(text: string): Pipe {
  const pipe = new Pipe();
  pipe.write(text);
  pipe.end();
  return pipe;
}
