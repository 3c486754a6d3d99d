import type { PageStorage } from '../files/page-storage';

const KEY = 'single-keys';

/** Whether a single letter, digit or sign does something by itself: who speaks to the page or presses keys unmeant turns that off. */
export class SingleKeys {
  on = $state(true);

  constructor(private readonly storage: PageStorage) {
    this.on = storage.get(KEY) !== 'off';
  }

  toggle(): void {
    this.on = !this.on;
    this.storage.set(KEY, this.on ? 'on' : 'off');
  }
}
