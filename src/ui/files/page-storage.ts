/**
 * Text that belongs to the page and not to the cluster (files of the editor, sizes of panes, the theme), by key. Where
 * the browser refuses storage everything lives in memory, and `saved` says so.
 */
export interface PageStorage {
  /** False where what is written is gone with the page. */
  readonly saved: boolean;
  get(key: string): string | undefined;
  set(key: string, text: string): void;
  delete(key: string): void;
}

const PREFIX = 'podium/';

/** The key that says that the sandbox was open here before. */
export const VISITED = 'visited';

/** The part of the Web Storage interface that is used. */
export type TextStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Storage over what the browser lends, with memory in its place as soon as it refuses. */
export class FallbackStorage implements PageStorage {
  readonly #memory = new Map<string, string>();
  #store: TextStore | undefined;

  constructor(open: () => TextStore) {
    try {
      this.#store = open();
      this.#store.getItem(PREFIX);
    } catch {
      this.#store = undefined;
    }
  }

  get saved(): boolean {
    return this.#store !== undefined;
  }

  get(key: string): string | undefined {
    return this.#memory.get(key) ?? this.#store?.getItem(PREFIX + key) ?? undefined;
  }

  set(key: string, text: string): void {
    this.#memory.set(key, text);
    try {
      this.#store?.setItem(PREFIX + key, text);
    } catch {
      /* Full or forbidden: from here on the page keeps its text in memory and shows "Not saved". */
      this.#store = undefined;
    }
  }

  delete(key: string): void {
    this.#memory.delete(key);
    this.#store?.removeItem(PREFIX + key);
  }
}

/** The storage of this page. */
export function browserStorage(): PageStorage {
  return new FallbackStorage(() => window.localStorage);
}

/** A storage that the page takes with it when it goes. */
export function memoryStorage(): PageStorage {
  return new FallbackStorage(() => {
    throw new Error('nothing is to be stored');
  });
}
