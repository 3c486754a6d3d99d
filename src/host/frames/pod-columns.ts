import type { PodColumns } from '../../protocol/frame';

type Arrays = Omit<PodColumns, 'count'>;

const SMALLEST = 64;

function arraysOf(length: number): Arrays {
  return {
    id: new Uint32Array(length),
    node: new Int32Array(length),
    hue: new Uint8Array(length),
    phase: new Uint8Array(length),
    flags: new Uint16Array(length),
    progress: new Uint8Array(length),
    ring: new Uint8Array(length),
    ringFromMs: new Float64Array(length),
    ringUntilMs: new Float64Array(length),
    ready: new Uint8Array(length),
    containers: new Uint8Array(length),
    restarts: new Uint16Array(length),
  };
}

/** Columns that are kept from frame to frame: only rows that change are written, and a frame gets a copy. */
export class KeptColumns {
  #arrays = arraysOf(SMALLEST);
  #count = 0;

  get arrays(): Arrays {
    return this.#arrays;
  }

  clear(): void {
    this.#count = 0;
  }

  /** A new row at the end; its index. */
  add(): number {
    const { length } = this.#arrays.id;
    if (this.#count === length) {
      const larger = arraysOf(2 * length);
      for (const name of NAMES) larger[name].set(this.#arrays[name]);
      this.#arrays = larger;
    }
    return this.#count++;
  }

  /** Closes the gaps: `kept` are the rows that stay, in their order. */
  keep(kept: Uint32Array): void {
    for (const name of NAMES) {
      const array = this.#arrays[name];
      for (const [index, row] of kept.entries()) array[index] = array[row]!;
    }
    this.#count = kept.length;
  }

  /** A copy that can be given away. */
  copy(): PodColumns {
    const count = this.#count;
    const copied = Object.fromEntries(NAMES.map((name) => [name, this.#arrays[name].slice(0, count)]));
    return { count, ...(copied as unknown as Arrays) };
  }
}

const NAMES = Object.keys(arraysOf(0)) as (keyof Arrays)[];
