import type { Input } from '../kernel/input';
import { onlyLooking } from './answers';
import type { ClusterDocument } from './document';
import { headOf, TakenOver, type JournalStorage } from './storage';

interface Waiting {
  branch: string;
  index: number;
  input: Input;
  saved: () => void;
  refused: (why: Error) => void;
}

/**
 * Keeps the journal: inputs that come close together go in one transaction, and each one's promise resolves when it
 * is safe. Where storage refuses, everything goes on from memory and `state` says so.
 */
export class Journal {
  #waiting: Waiting[] = [];
  #headDirty = false;
  #lineChanged = false;
  #writing = false;
  #broken: boolean;
  #begun: Promise<void> = Promise.resolve();

  constructor(
    private readonly storage: JournalStorage | undefined,
    private readonly name: string,
    private readonly document: ClusterDocument,
  ) {
    this.#broken = storage === undefined;
  }

  get state(): 'saved' | 'saving' | 'not saved' {
    if (this.#broken) return 'not saved';
    return this.#writing || this.#waiting.length > 0 ? 'saving' : 'saved';
  }

  /**
   * Resolves when the input is stored, or when it is known that nothing can be stored. Rejects where another tab has
   * taken the document over: the input is none of its history.
   */
  append(branch: string, index: number, input: Input): Promise<void> {
    if (this.#broken) return Promise.resolve();
    return new Promise((saved, refused) => {
      this.#waiting.push({ branch, index, input, saved, refused });
      this.#wake();
    });
  }

  /**
   * Puts the document in the place of what is stored under its name, which makes it this tab's to write. What happens
   * to it meanwhile is written after that. Resolves when it is stored, or when it is known that nothing can be stored.
   */
  begin(document: ClusterDocument): Promise<void> {
    if (!this.storage || this.#broken) return Promise.resolve();
    this.#begun = this.storage.replace(this.name, document).catch(() => this.fail());
    return this.#begun;
  }

  /** The head (branches, how far they have run) is written with the next transaction. */
  headChanged(): void {
    this.#headDirty = true;
    this.#wake();
  }

  /** Inputs have come in between others, or gone: the whole document is written next. */
  lineChanged(): void {
    this.#lineChanged = true;
    this.#wake();
  }

  /** Storage has refused something else of this document: nothing more is tried. */
  fail(): void {
    this.#broken = true;
    for (const entry of this.#waiting.splice(0)) entry.saved();
  }

  /** Another tab writes this document from now on. */
  takenOver(): void {
    this.#broken = true;
    for (const entry of this.#waiting.splice(0)) entry.refused(onlyLooking());
  }

  #wake(): void {
    if (this.#writing || this.#broken) return;
    this.#writing = true;
    void this.#write();
  }

  async #write(): Promise<void> {
    await this.#begun;
    while ((this.#waiting.length > 0 || this.#headDirty || this.#lineChanged) && !this.#broken) {
      await Promise.resolve();
      const whole = this.#lineChanged;
      const batch = whole ? this.#waiting.splice(0) : this.#takeBatch();
      this.#headDirty = this.#lineChanged = false;
      try {
        await (whole ? this.#storeWhole() : this.#store(batch));
        for (const entry of batch) entry.saved();
      } catch (error) {
        this.#waiting.unshift(...batch);
        if (error instanceof TakenOver) this.takenOver();
        else this.fail();
      }
    }
    this.#writing = false;
  }

  /** Inputs of one branch that follow each other. */
  #takeBatch(): Waiting[] {
    const branch = this.#waiting[0]?.branch;
    const end = this.#waiting.findIndex((entry) => entry.branch !== branch);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  /** Nothing that another tab has claimed meanwhile is written over: then even the head is refused. */
  async #storeWhole(): Promise<void> {
    const storage = this.storage!;
    await storage.saveHead(this.name, headOf(this.document));
    await storage.replace(this.name, this.document);
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    const first = batch[0];
    const storage = this.storage!;
    if (!first) return storage.saveHead(this.name, headOf(this.document));
    await storage.append(
      this.name,
      headOf(this.document),
      first.branch,
      first.index,
      batch.map((entry) => entry.input),
    );
  }
}
