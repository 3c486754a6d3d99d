import type { PageStorage } from '../files/page-storage';

const KEY = 'theme';

/** Light or dark: the system's choice until somebody makes another. */
export class Theme {
  chosen = $state<'light' | 'dark' | undefined>(undefined);
  #systemDark = $state(false);
  readonly #storage: PageStorage;

  constructor(storage: PageStorage) {
    this.#storage = storage;
    const stored = storage.get(KEY);
    if (stored === 'light' || stored === 'dark') this.chosen = stored;
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', () => (this.#systemDark = query.matches));
    this.#show();
  }

  get dark(): boolean {
    return this.chosen === undefined ? this.#systemDark : this.chosen === 'dark';
  }

  toggle(): void {
    this.chosen = this.dark ? 'light' : 'dark';
    this.#storage.set(KEY, this.chosen);
    this.#show();
  }

  #show(): void {
    if (this.chosen) document.documentElement.dataset['theme'] = this.chosen;
  }
}
