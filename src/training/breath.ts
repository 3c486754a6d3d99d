/** How long steps may run before the worker looks at its messages. */
const SLICE_MS = 12;

/**
 * Gives the thread back at intervals, so that it goes on hearing messages. A message to itself comes back at once,
 * where a timer would wait four milliseconds.
 */
export class Breath {
  private readonly channel = new MessageChannel();
  private sliceStartMs = performance.now();
  private wake: (() => void) | null = null;

  constructor() {
    this.channel.port1.onmessage = () => this.wake?.();
  }

  /** Whether it is time for `take`. */
  get isDue(): boolean {
    return performance.now() - this.sliceStartMs >= SLICE_MS;
  }

  async take(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      this.channel.port2.postMessage(null);
    });
    this.sliceStartMs = performance.now();
  }

  close(): void {
    this.channel.port1.close();
  }
}
