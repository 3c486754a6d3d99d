import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST, sandboxAt } from './door';

/** The folder of a host below which the built site is served: it must work from any. */
const BASE = '/some/where/podium/';

const TOLERATION = ['tolerations:', '- key: nvidia.com/gpu', '  operator: Exists', '  effect: NoSchedule'];

/** A file that the editor holds from the start. */
export function starter(name: string): string {
  return readFileSync(new URL(`../src/ui/starters/${name}`, import.meta.url), 'utf8');
}

/** The first starter with what it lacks: a toleration for the taint of the GPU nodes. */
export function tolerant(yaml = starter('train-job.yaml')): string {
  return yaml.replace(
    /^( *)restartPolicy: .*\n/m,
    (line, indent: string) => line + TOLERATION.map((one) => `${indent}${one}\n`).join(''),
  );
}

interface Fixtures {
  /** The sandbox, opened and running. */
  sandbox: Sandbox;
}

interface WorkerFixtures {
  /** The address of the built site. */
  site: string;
}

/** What the console will have said that a person should never see: errors, warnings, what nobody caught. */
export function troublesOf(page: Page): string[] {
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  return troubles;
}

/** Turns to the editor, and waits for the editor proper. */
export async function richEditor(page: Page): Promise<Locator> {
  await page.locator('#editor-pane .text').hover();
  const lines = page.locator('.monaco-editor .view-lines');
  await expect(lines).toBeVisible({ timeout: 30_000 });
  return lines;
}

/** The page as a person uses it. */
export class Sandbox {
  /** What the console said that a person should never see. */
  readonly problems: string[];
  /** Addresses outside the site that the page asked for. */
  readonly foreign: string[] = [];

  constructor(
    readonly page: Page,
    readonly site: string,
  ) {
    this.problems = troublesOf(page);
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

  /** The buttons and tabs beside the editor, whichever editor is there. */
  get editor(): Locator {
    return this.page.getByRole('tabpanel', { name: /\.ya?ml$/ });
  }

  /** A thing on the stage, such as `pods/default/train-sgd-x7k2p` or `nodes//cpu-1`, or what begins so. */
  thing(ref: string): Locator {
    return this.stage.locator(`[data-ref^="${ref}"]`).last();
  }

  async open(hash = ''): Promise<void> {
    await this.page.goto(sandboxAt(this.site + hash));
    await expect(this.page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  }

  /** Types a command, waits until it has ended and returns what it printed. */
  async run(command: string): Promise<string> {
    await this.enter(command);
    /* Whether a line goes on may have to be asked of the shell, which comes with the first one; then the line is taken. */
    await expect(this.terminal).toHaveValue('', { timeout: 30_000 });
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
    return this.output.evaluate((log) => {
      let text = '';
      for (
        let line = [...log.children].at(-1);
        line && !line.classList.contains('command');
        line = line.previousElementSibling ?? undefined
      ) {
        text = line.textContent + text;
      }
      return text;
    });
  }

  /** Repeats a command until its output matches. */
  async until(command: string, pattern: RegExp, timeout = 45_000): Promise<void> {
    await expect.poll(() => this.run(command), { timeout, intervals: [250] }).toMatch(pattern);
  }

  async speed(factor: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Speed/ }).click();
    await this.page.getByRole('menuitemradio', { name: factor }).click();
  }

  /** Selects a thing on the stage, so that the inspector shows it, and opens one of its tabs. */
  async inspect(ref: string, tab = 'Overview'): Promise<void> {
    /* The middle of a node may be a Pod's. */
    await this.thing(ref).click(ref.startsWith('nodes/') ? { position: { x: 90, y: 12 } } : {});
    await this.inspector.getByRole('tab', { name: tab }).click();
  }

  /** Opens the training view, once something trains. */
  async openTraining(owner: string): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Show the training view' }).click({ timeout: 60_000 });
    return this.page.getByRole('region', { name: `Training, ${owner}` });
  }

  richEditor(): Promise<Locator> {
    return richEditor(this.page);
  }

  /** Puts a text in the place of the whole open file, as pasting does. */
  async paste(text: string): Promise<void> {
    await (await this.richEditor()).click();
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('ControlOrMeta+v');
  }

  async apply(): Promise<void> {
    await this.page.getByRole('button', { name: /^Apply/ }).click();
  }

  /** What kubectl prints for a JSONPath. */
  async read(what: string, jsonpath: string): Promise<string> {
    return (await this.run(`kubectl get ${what} -o jsonpath='${jsonpath}'`)).trim();
  }
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  site: [
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
  /* A colour on its way to another is neither; what loops, such as a running disc, is never over. */
  await page.evaluate(async () => {
    const passing = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    await Promise.allSettled(passing.map((one) => one.finished));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual(
    [],
  );
}

export { expect };
