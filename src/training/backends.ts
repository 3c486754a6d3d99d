import type { Tensor } from '@tensorflow/tfjs-core';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import type { TrainingBackend, TrainingDevice } from '../api/training';

/** A read that takes longer has been lost with its context; the longest honest one is far shorter. */
const READ_TIMEOUT_MS = 20_000;

const LABELS: Record<TrainingBackend, string> = { webgl: 'WebGL', wasm: 'WASM', cpu: 'the CPU' };

/** One way to compute. */
export type BackendSource = {
  name: TrainingBackend;
  /** Loads it and makes it ready. Gives why it cannot be used here, as in "is not available here", or null. */
  start: () => Promise<string | null>;
  /** Settles with what happened when the backend dies; never, where it cannot. */
  lost: Promise<string>;
  /**
   * What has happened to it by now, or null. A dead backend answers with zeros or throws before anybody is told of its
   * death, and this is the word that is true then.
   */
  lossSoFar?: () => string | null;
};

/** For backends that do not die. */
export const NEVER_LOST = new Promise<string>(() => {});

/** The backend stopped in the middle of the work; its tensors are gone. */
export class BackendLost extends Error {
  override name = 'BackendLost';
}

/**
 * Chooses among backends, the first that works. What failed once is not tried again: the page would flicker between
 * two backends, and their numbers differ in the last bits.
 */
export class Backends {
  /** What failed, and in which words. */
  private readonly failures = new Map<TrainingBackend, string>();
  private readonly started = new Set<TrainingBackend>();
  private reported = '';

  /** `report` hears of each change of backend, with the reason where it is not the first choice (else empty). */
  constructor(
    private readonly sources: readonly BackendSource[],
    private readonly report: (backend: TrainingBackend, reason: string) => void,
  ) {
    enableProdMode();
  }

  /** Makes the best backend for `device` the current one. Throws where none works. */
  async use(device: TrainingDevice): Promise<TrainingBackend> {
    const order = preference(this.sources, device);
    for (const source of order) {
      if (this.failures.has(source.name) || !(await this.makeCurrent(source))) continue;
      this.say(source.name, order);
      return source.name;
    }
    throw new Error(`nothing computes here: ${this.words(order).join(', ')}`);
  }

  /** Never uses this backend again. `why` completes a sentence that begins with its name. */
  drop(name: TrainingBackend, why: string): void {
    const loss = this.sources.find((source) => source.name === name)?.lossSoFar?.() ?? null;
    this.failures.set(name, loss ?? why);
  }

  /** Reads a tensor. Throws `BackendLost` instead of waiting for a context that is gone, or believing its zeros. */
  async read(name: TrainingBackend, tensor: Tensor): Promise<Float32Array> {
    const { lost } = this.sources.find((source) => source.name === name)!;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const died = new Promise<never>((_, reject) => {
      void lost.then((why) => reject(new BackendLost(why)));
      timer = setTimeout(() => reject(new BackendLost('stopped answering')), READ_TIMEOUT_MS);
    });
    try {
      return (await Promise.race([died, tensor.data<'float32'>()])) as Float32Array;
    } finally {
      clearTimeout(timer);
    }
  }

  private async makeCurrent(source: BackendSource): Promise<boolean> {
    if (!this.started.has(source.name)) {
      const problem = await startSafely(source);
      if (problem !== null) {
        this.drop(source.name, problem);
        return false;
      }
      this.started.add(source.name);
    }
    const works = await setBackend(source.name);
    if (!works) this.drop(source.name, 'did not start');
    return works;
  }

  private say(backend: TrainingBackend, order: readonly BackendSource[]): void {
    const failed = this.words(
      order.slice(
        0,
        order.findIndex((source) => source.name === backend),
      ),
    );
    const reason = failed.length === 0 ? '' : `${failed.join(', ')}; computing on ${LABELS[backend]}.`;
    if (`${backend} ${reason}` === this.reported) return;
    this.reported = `${backend} ${reason}`;
    this.report(backend, reason);
  }

  private words(sources: readonly BackendSource[]): string[] {
    return sources.map(({ name }) => `${LABELS[name]} ${this.failures.get(name) ?? 'was not tried'}`);
  }
}

/** A container without a GPU computes on the CPU; the others take what comes first. */
function preference(sources: readonly BackendSource[], device: TrainingDevice): BackendSource[] {
  if (device !== 'cpu') return [...sources];
  return [...sources].sort((a, b) => Number(b.name === 'cpu') - Number(a.name === 'cpu'));
}

/** A backend that cannot even be loaded is one more that is not available. */
async function startSafely(source: BackendSource): Promise<string | null> {
  try {
    return await source.start();
  } catch (error) {
    return `did not start (${error instanceof Error ? error.message : String(error)})`;
  }
}
