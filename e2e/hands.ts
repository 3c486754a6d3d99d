import { expect, type Locator, type Page } from '@playwright/test';
import { richEditor } from './fixtures';
import type { Hands } from './learner';

const SPEEDS = ['×0.1', '×0.5', '×1', '×4', '×20', '×60'];
const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Command line' });
const copy = (page: Page, text: string): Promise<void> =>
  page.evaluate((copied) => navigator.clipboard.writeText(copied), text);

async function typeLines(page: Page, lines: string): Promise<void> {
  for (const line of lines.split('\n')) {
    await page.keyboard.insertText(line);
    await page.keyboard.press('Enter');
  }
}

/** With a mouse and keys, as most do. */
export class MouseHands implements Hands {
  constructor(private readonly page: Page) {}

  press = (what: Locator): Promise<void> => what.click();
  read = async (): Promise<void> => {};
  apply = (): Promise<void> => this.page.getByRole('button', { name: /^Apply/ }).click();

  type = async (lines: string): Promise<void> => {
    if (!(await prompt(this.page).isVisible())) await this.page.getByRole('tab', { name: 'kubectl' }).first().click();
    await prompt(this.page).click();
    await typeLines(this.page, lines);
  };

  open = (file: string): Promise<void> => this.page.getByRole('tab', { name: file }).click();

  write = async (file: string, text: string): Promise<void> => {
    await this.open(file);
    await richEditor(this.page);
    await this.page.locator('.monaco-editor').first().click();
    await copy(this.page, text);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('ControlOrMeta+v');
  };

  act = async (thing: string, named: string): Promise<void> => {
    /* Where a node's own name stands: in the middle are its Pods. */
    const place = thing.startsWith('nodes/') ? { position: { x: 40, y: 12 } } : {};
    await this.page
      .locator(`main [data-ref="${thing}"]`)
      .last()
      .click({ button: 'right', ...place });
    const label = named.startsWith('Power') ? named.split(' ', 2).join(' ') : named.split(' ', 1)[0]!;
    await this.page.getByRole('menuitem', { name: new RegExp(`^${label}`) }).click();
  };

  speed = async (place: number): Promise<void> => {
    await this.page.getByRole('button', { name: /^Speed/ }).click();
    await this.page.getByRole('menuitemradio', { name: SPEEDS[place - 1]! }).click();
  };
}

/** By keys alone: nothing is clicked, and nothing is focused but by keys. */
export class KeyboardHands implements Hands {
  constructor(private readonly page: Page) {}

  press = async (what: Locator): Promise<void> => {
    if ((await what.getAttribute('role')) === 'tab') return this.#turnTo(what);
    await this.#tabTo(what);
    await this.page.keyboard.press('Enter');
  };

  read = (): Promise<void> => this.#go('l');

  type = async (lines: string): Promise<void> => {
    await this.#go('t');
    await expect(prompt(this.page)).toBeFocused();
    await typeLines(this.page, lines);
  };

  open = (file: string): Promise<void> => this.#turnTo(this.page.getByRole('tab', { name: file }));

  write = async (file: string, text: string): Promise<void> => {
    await this.open(file);
    await this.#go('e');
    await expect(this.page.locator('.monaco-editor .view-lines')).toBeVisible({ timeout: 30_000 });
    await expect
      .poll(() => this.page.evaluate(() => document.activeElement?.closest('.monaco-editor') !== null))
      .toBe(true);
    await copy(this.page, text);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('ControlOrMeta+v');
  };

  apply = (): Promise<void> => this.page.keyboard.press('ControlOrMeta+Enter');

  act = (_: string, named: string): Promise<void> => this.#find(named);

  speed = async (place: number): Promise<void> => {
    await this.#toStage();
    await this.page.keyboard.press(String(place));
  };

  async #find(named: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+k');
    await expect(this.page.getByRole('combobox', { name: 'Find or run anything' })).toBeFocused();
    await this.page.keyboard.insertText(named);
    await expect(this.page.getByRole('option', { selected: true })).toContainText(named);
    await this.page.keyboard.press('Enter');
  }

  async #toStage(): Promise<void> {
    const onStage = (): Promise<boolean> => this.page.evaluate(() => document.activeElement?.closest('main') !== null);
    for (let presses = 0; !(await onStage()); presses++) {
      expect(presses, 'F6 leads to the stage').toBeLessThan(12);
      await this.page.keyboard.press('F6');
    }
  }

  async #go(letter: string): Promise<void> {
    await this.#toStage();
    await this.page.keyboard.press('g');
    await this.page.keyboard.press(letter);
  }

  async #tabTo(what: Locator): Promise<void> {
    const there = (): Promise<boolean> => what.evaluate((element) => element === document.activeElement);
    for (let presses = 0; !(await there()); presses++) {
      expect(presses, `Tab leads to ${what}`).toBeLessThan(80);
      await this.page.keyboard.press('Tab');
    }
  }

  /** Into the list of tabs, and along it. */
  async #turnTo(tab: Locator): Promise<void> {
    if ((await tab.getAttribute('aria-selected')) === 'true') return;
    await this.#go('l');
    await this.#tabTo(this.page.locator('[role=tablist]').filter({ has: tab }).locator('[role=tab][tabindex="0"]'));
    for (let presses = 0; (await tab.getAttribute('aria-selected')) !== 'true'; presses++) {
      expect(presses, `arrows lead to ${tab}`).toBeLessThan(8);
      await this.page.keyboard.press('ArrowRight');
    }
  }
}

/** With a thumb. */
export class ThumbHands implements Hands {
  constructor(private readonly page: Page) {}

  press = (what: Locator): Promise<void> => what.tap();
  read = (): Promise<void> => this.#show('Lesson');
  apply = (): Promise<void> => this.page.getByRole('button', { name: /^Apply/ }).tap();

  type = async (lines: string): Promise<void> => {
    await this.#show('kubectl');
    await prompt(this.page).tap();
    await typeLines(this.page, lines);
  };

  open = async (file: string): Promise<void> => {
    await this.#show('YAML');
    await this.page.getByRole('tab', { name: file }).tap();
  };

  write = async (file: string, text: string): Promise<void> => {
    await this.open(file);
    await this.page.getByRole('textbox', { name: `${file}, YAML` }).fill(text);
  };

  act = async (_: string, named: string): Promise<void> => {
    await this.page.getByRole('button', { name: 'Find or run anything' }).tap();
    await this.page.getByRole('combobox', { name: 'Find or run anything' }).fill(named);
    await this.page.getByRole('option').filter({ hasText: named }).first().tap();
  };

  speed = async (place: number): Promise<void> => {
    await this.page.getByRole('button', { name: /^Speed/ }).tap();
    await this.page.getByRole('menuitemradio', { name: SPEEDS[place - 1]! }).tap();
  };

  async #show(pane: string): Promise<void> {
    const tab = this.page.getByRole('tablist', { name: 'Panes' }).getByRole('tab', { name: pane });
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.tap();
  }
}
