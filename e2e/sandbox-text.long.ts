import type { Page } from '@playwright/test';
import { expect, test, type Sandbox } from './fixtures';
import { textTroubles } from './text-boxes';

/** No text of the sandbox is cut or lies over another, at any width, in any of its states. */

const WIDTHS = [320, 390, 760, 1024, 1280, 1440, 1920, 2560];

/** A place to look at: what to do to get there. */
type Scene = [name: string, arrive: (sandbox: Sandbox) => Promise<void>];

async function pane(page: Page, name: string): Promise<void> {
  const tabs = page.getByRole('navigation', { name: 'Panes' });
  if ((await tabs.count()) > 0) await tabs.getByText(name, { exact: true }).click();
}

/** Finds something in the palette and takes the first row. */
async function take({ page }: Sandbox, text: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

const SCENES: Scene[] = [
  ['before anything is applied', async () => {}],
  [
    'while a Pod is placed, and after',
    async (sandbox) => {
      const { page } = sandbox;
      await pane(page, 'kubectl');
      await sandbox.run('kubectl apply -f train-job.yaml');
      await sandbox.run('kubectl apply -f infer.yaml');
      await sandbox.run('kubectl taint nodes cpu-2 dedicated=interactive-notebooks:PreferNoSchedule');
      await sandbox.run('kubectl get pods -o wide');
      await page.waitForTimeout(1_500);
    },
  ],
  ['some seconds later', ({ page }) => page.waitForTimeout(12_000)],
  [
    'with the training view open',
    async ({ page }) => {
      const line = page.getByRole('button', { name: 'Show the training view' });
      if (await line.isVisible()) await line.click();
      await page.waitForTimeout(500);
    },
  ],
  [
    'with a Pod selected, in every tab of the inspector',
    async (sandbox) => {
      await pane(sandbox.page, 'kubectl');
      await sandbox.output
        .getByRole('button', { name: /^train-sgd-/ })
        .last()
        .click();
    },
  ],
  [
    'with a node that was powered off',
    async (sandbox) => {
      const { page } = sandbox;
      await take(sandbox, 'power off cpu-2');
      await sandbox.speed('×20');
      await page.waitForTimeout(5_000);
    },
  ],
  [
    'while one looks back',
    async (sandbox) => {
      const { page } = sandbox;
      await take(sandbox, '0:03');
      await expect(page.getByText(/^Looking at \d/).first()).toBeVisible();
      /* What is drawn otherwise fades over what was there. */
      await page.waitForTimeout(400);
    },
  ],
  [
    'in the palette',
    async ({ page }) => {
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.waitForTimeout(300);
    },
  ],
  [
    'in the panel of the cluster',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      const cluster = page.getByRole('button', { name: 'Cluster', exact: true });
      if (!(await cluster.isVisible())) return;
      await cluster.click();
      await expect(page.getByRole('group', { name: 'Pool cpu' })).toBeVisible();
      await page.waitForTimeout(300);
    },
  ],
  [
    'in the help',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Keys and help' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.waitForTimeout(300);
    },
  ],
  [
    'in the tables',
    async (sandbox) => {
      await sandbox.page.keyboard.press('Escape');
      await sandbox.stage.locator('.view').focus();
      await sandbox.page.keyboard.press('t');
      await expect(sandbox.page.getByRole('heading', { name: 'The stage as tables' })).toBeVisible();
    },
  ],
];

async function look(sandbox: Sandbox, where: string, into: Set<string>): Promise<void> {
  const { page } = sandbox;
  const panes = page.getByRole('navigation', { name: 'Panes' }).getByRole('tab');
  const tabs = where.includes('inspector') ? sandbox.inspector.getByRole('tab') : panes;
  const count = await tabs.count();
  for (let index = 0; index < Math.max(1, count); index++) {
    if (count > 0 && !/palette|help|panel/.test(where)) await tabs.nth(index).click();
    await page.waitForTimeout(50);
    for (const trouble of await textTroubles(page)) into.add(`${where}: ${trouble}`);
  }
}

function everyScene(): void {
  test('no text is cut or over another', async ({ sandbox }) => {
    test.setTimeout(240_000);
    const troubles = new Set<string>();
    for (const [where, arrive] of SCENES) {
      await arrive(sandbox);
      await look(sandbox, where, troubles);
    }
    expect([...troubles]).toEqual([]);
  });
}

for (const width of WIDTHS) {
  test.describe(`${width} px wide`, () => {
    test.use({ viewport: { width, height: 900 } });
    everyScene();
  });
}

/* Zooming to 200 % halves the CSS pixels of a window and doubles those of the device. */
test.describe('at 200 % zoom', () => {
  test.use({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  everyScene();
});

test.describe('dark', () => {
  test.use({ colorScheme: 'dark' });
  everyScene();
});
