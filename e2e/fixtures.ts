import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { fileURLToPath } from 'node:url';
import { serve } from '../src/cli/launch/serve.mjs';

/** The folder of a host below which the built site is served: it must work from any. */
const BASE = '/some/where/podium/';
const DIST = process.env['PODIUM_DIST'] ?? fileURLToPath(new URL('../dist', import.meta.url));

interface Fixtures {
  /** The sandbox, opened and running. */
  sandbox: Sandbox;
}

interface WorkerFixtures {
  /** The address of the built site. */
  site: string;
}

/** The page as a person uses it. */
export class Sandbox {
  /** What the console said that a person should never see. */
  readonly problems: string[] = [];
  /** Addresses outside the site that the page asked for. */
  readonly foreign: string[] = [];

  constructor(
    readonly page: Page,
    readonly site: string,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.problems.push(message.text());
    });
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(site) && !url.startsWith('blob:') && !url.startsWith('data:')) this.foreign.push(url);
    });
  }

  get stage(): Locator {
    return this.page.getByRole('main', { name: 'Watch' });
  }

  get terminal(): Locator {
    return this.page.getByRole('textbox', { name: 'Command line' });
  }

  get output(): Locator {
    return this.page.getByRole('log', { name: 'Terminal output' });
  }

  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Why' });
  }

  async open(hash = ''): Promise<void> {
    await this.page.goto(`${this.site}${hash}`);
    await expect(this.page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  }

  /** Types a command, waits until it has ended and returns what it printed. */
  async run(command: string): Promise<string> {
    await this.enter(command);
    await expect(this.terminal).toHaveAttribute('aria-label', 'Command line', { timeout: 30_000 });
    return this.printed();
  }

  /** Types a command and does not wait for its end. */
  async enter(command: string): Promise<void> {
    await this.terminal.fill(command);
    await this.terminal.press('Enter');
  }

  /** What stands below the last line that was entered. */
  async printed(): Promise<string> {
    const text = (await this.output.textContent()) ?? '';
    return text.slice(text.lastIndexOf('\n', text.lastIndexOf('$ ') + 1)).replace(/^\n?\$ .*\n/, '');
  }

  /** Repeats a command until its output matches. */
  async until(command: string, pattern: RegExp, timeout = 45_000): Promise<void> {
    await expect
      .poll(
        async () => {
          await this.run('clear');
          return this.run(command);
        },
        { timeout, intervals: [500] },
      )
      .toMatch(pattern);
  }

  async speed(factor: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Speed/ }).click();
    await this.page.getByRole('menuitemradio', { name: factor }).click();
  }

  /** Asks the simulator itself, as the page does. */
  async hash(): Promise<string> {
    return (await this.page.getAttribute('html', 'data-hash')) ?? '';
  }
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  site: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const { server, url } = await serve(DIST, { port: 0, base: BASE });
      await use(url);
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
  sandbox: async ({ page, site }, use) => {
    const sandbox = new Sandbox(page, site);
    await sandbox.open();
    await use(sandbox);
    expect(sandbox.problems).toEqual([]);
    expect(sandbox.foreign).toEqual([]);
  },
});

/** Axe must find nothing. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

export { expect };
