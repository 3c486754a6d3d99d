/** A tab that was closed or crashed lets go of its locks a moment later; a reload must not find itself locked out. */
const PATIENCE_MS = 700;

/**
 * The documents that this tab holds, so that two tabs never write one journal. `lost` is called when another tab takes
 * one over. Where the browser has no locks, everybody holds everything.
 */
export class DocumentLocks {
  readonly #held = new Map<string, () => void>();

  constructor(private readonly lost: (name: string) => void) {}

  /** Resolves to whether this tab holds the document now. `steal` takes it away from whoever holds it. */
  async hold(name: string, steal = false): Promise<boolean> {
    const locks = (self.navigator as Partial<Navigator>).locks;
    if (!locks || this.#held.has(name)) return true;
    return new Promise((held) => {
      const options: LockOptions = steal ? { steal: true } : { signal: AbortSignal.timeout(PATIENCE_MS) };
      const keep = (): Promise<void> =>
        new Promise((release) => {
          this.#held.set(name, release);
          held(true);
        });
      locks.request(`podium/${name}`, options, keep).catch(() => {
        held(false);
        if (this.#held.delete(name)) this.lost(name);
      });
    });
  }

  /** Lets go of every document but one. */
  keepOnly(name: string): void {
    for (const [other, release] of [...this.#held]) {
      if (other === name) continue;
      this.#held.delete(other);
      release();
    }
  }
}
