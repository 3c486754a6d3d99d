import type { FrameLocator, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { documentOf, fragmentOf } from './door';
import { expect, expectAccessible, test as base, troublesOf } from './fixtures';
import { textTroubles } from './text-boxes';

const YAML =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: hello\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27\n';
const yamlPart = `&yaml=${deflateRawSync(YAML).toString('base64url')}`;

interface Around {
  /** The origin of a page elsewhere that embeds. */
  host: string;
  /** Opens a page of the host with Podium in a frame: its query and fragment, the frame's size, and what stands above. */
  embed: (address: string, size?: { width: number; height: number; above?: number }) => Promise<FrameLocator>;
  problems: string[];
}

const test = base.extend<Around>({
  host: async ({}, use) => {
    const server = createServer((request, response) => {
      const query = new URL(request.url ?? '/', 'http://host').searchParams;
      const [width, height, above] = ['width', 'height', 'above'].map((name) => Number(query.get(name)));
      const source = (query.get('src') ?? '').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
      response.setHeader('content-type', 'text/html');
      response.end(
        `<!doctype html><title>Host</title><link rel="icon" href="data:,"><script>window.told = [];
        addEventListener('message', (event) => told.push({ origin: event.origin, data: event.data }));</script>
        <input aria-label="Name" autofocus><div style="height:${above}px"></div>
        <iframe title="Podium" sandbox="allow-scripts" src="${source}" style="width:${width}px;height:${height}px;border:0"></iframe>
        <div style="height:2000px"></div>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await use(`http://localhost:${(server.address() as AddressInfo).port}`);
    server.closeAllConnections();
    server.close();
  },
  problems: async ({ page }, use) => {
    const problems = troublesOf(page);
    await use(problems);
  },
  embed: async ({ page, site, host, problems }, use) => {
    void problems;
    await use(async (address, { width, height, above = 0 } = { width: 760, height: 490 }) => {
      const query = new URLSearchParams({ width: `${width}`, height: `${height}`, above: `${above}` });
      query.set('src', `${site}embed.html${address}`);
      await page.goto(`${host}/?${query}`);
      return page.frameLocator('iframe');
    });
  },
});

const told = (page: Page): Promise<{ origin: string; data: { type: string; height?: number; url?: string } }[]> =>
  page.evaluate(() => (window as unknown as { told: never[] }).told);

test('runs in a sandboxed frame of another origin: YAML is applied, and the Pod runs', async ({
  page,
  embed,
  problems,
}) => {
  const frame = await embed(`?title=Taints${fragmentOf(documentOf('laptop'))}${yamlPart}`);
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  expect(await page.frames()[1]!.evaluate(() => window.origin)).toBe('null');
  await expect(frame.getByRole('heading', { name: 'Taints' })).toBeVisible();
  await expect(frame.getByRole('textbox', { name: /YAML/ })).toHaveValue(YAML);
  await expect(frame.getByText('Pod hello is new')).toBeVisible();
  await frame.getByRole('button', { name: /^Apply/ }).click();
  await expect(frame.locator('[data-ref="pods/default/hello"]').first()).toBeVisible();
  await expect(frame.getByText('Same as in the cluster').or(frame.getByText('Applied'))).toBeVisible();
  await expect(frame.locator('[data-ref="nodes//laptop"]').first()).toBeVisible();
  expect(problems).toEqual([]);
});

test('is as the address says: theme and panels', async ({ embed, page }) => {
  const frame = await embed('?theme=dark&panels=cluster');
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(frame.getByRole('textbox', { name: /YAML/ })).toHaveCount(0);
  await expect(frame.getByRole('main', { name: 'Cluster' })).toBeVisible();
  expect(await told(page)).toEqual([]);
});

test('side by side from 640 px, tabs below', async ({ embed }) => {
  const frame = await embed('', { width: 640, height: 490 });
  await expect(frame.getByRole('tab')).toHaveCount(0);
  await expect(frame.getByRole('textbox', { name: /YAML/ })).toBeVisible();
  await expect(frame.getByRole('main', { name: 'Cluster' })).toBeVisible();
  const narrow = await embed('', { width: 420, height: 600 });
  await expect(narrow.getByRole('textbox', { name: /YAML/ })).toBeHidden();
  await narrow.getByRole('tab', { name: 'YAML' }).click();
  await expect(narrow.getByRole('textbox', { name: /YAML/ })).toBeVisible();
  await expect(narrow.getByRole('main', { name: 'Cluster' })).toBeHidden();
});

test('tells its height to the configured origin only', async ({ embed, host, page }) => {
  const address = `?origin=${encodeURIComponent(host)}${fragmentOf(documentOf('pool:20xcpu'))}`;
  const frame = await embed(address, { width: 420, height: 500 });
  const heights = async (): Promise<number[]> =>
    (await told(page)).map((one) => (one.data.type === 'podium-height' ? (one.data.height ?? 0) : 0));
  await expect.poll(async () => Math.max(0, ...(await heights())), { timeout: 30_000 }).toBeGreaterThan(700);
  expect((await told(page))[0]!.origin).toBe('null');
  /* Once it is given, all of the stage is in view, and nothing more is asked. */
  const height = (await heights()).at(-1)!;
  await page.locator('iframe').evaluate((element, px) => (element.style.height = `${px}px`), height);
  const overflow = (): Promise<number> =>
    frame.locator('.stage .view').evaluate((view) => view.scrollHeight - view.clientHeight);
  await expect.poll(overflow).toBeLessThanOrEqual(1);
  await page.waitForTimeout(1_000);
  expect(Math.max(...(await heights()))).toBeLessThanOrEqual(height + 1);

  const other = await embed(`?origin=${encodeURIComponent('https://elsewhere.example')}`, { width: 420, height: 500 });
  await expect(other.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await page.waitForTimeout(1_000);
  expect(await told(page)).toEqual([]);
});

test('takes no focus and no scroll, is idle until it is in view, and leaves the wheel to the page', async ({
  embed,
  page,
}) => {
  const frame = await embed('', { width: 760, height: 490, above: 2_400 });
  await expect(frame.getByText('The cluster starts when it is in view.')).toHaveCount(1);
  await page.waitForTimeout(1_500);
  await expect(frame.getByText('The cluster starts when it is in view.')).toHaveCount(1);
  expect(page.workers()).toHaveLength(0);
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  expect(await page.evaluate(() => window.scrollY)).toBe(0);

  await page.evaluate(() => window.scrollTo(0, 2_400));
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  expect(await page.evaluate(() => window.scrollY)).toBe(2_400);
  const box = (await frame.getByRole('banner').boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 20);
  await page.mouse.wheel(0, 300);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(2_600);
});

test('a press starts it too', async ({ embed, page }) => {
  const frame = await embed('', { width: 760, height: 490, above: 2_400 });
  await frame.getByRole('banner').dispatchEvent('pointerdown');
  await expect.poll(() => page.workers().length).toBeGreaterThan(0);
});

test('Open full leads to the same journal at the same moment', async ({ embed, host, page, site, browser }) => {
  const address = `?origin=${encodeURIComponent(host)}${fragmentOf(documentOf('laptop'))}${yamlPart}`;
  const frame = await embed(address);
  await expect(frame.getByText('Pod hello is new')).toBeVisible({ timeout: 30_000 });
  await frame.getByRole('button', { name: /^Apply/ }).click();
  await expect(frame.locator('[data-ref="pods/default/hello"]').first()).toBeVisible();
  /* A second back from here there must be something to see. */
  const slider = frame.getByRole('slider', { name: 'Time' });
  const since = Number(await slider.getAttribute('aria-valuenow'));
  await expect.poll(async () => Number(await slider.getAttribute('aria-valuenow')) - since).toBeGreaterThan(2);
  await slider.press('ArrowLeft');
  await expect(frame.getByRole('button', { name: 'Play' })).toBeEnabled();
  const moment = await frame.getByRole('slider', { name: 'Time' }).getAttribute('aria-valuetext');
  expect(moment).toMatch(/ of /);
  await frame.getByRole('button', { name: 'Open full' }).click();
  await expect.poll(async () => (await told(page)).some((one) => one.data.type === 'podium-open')).toBe(true);
  const { url } = (await told(page)).find((one) => one.data.type === 'podium-open')!.data;
  expect(url!.startsWith(`${site}#cluster=`)).toBe(true);

  const full = await browser.newPage();
  await full.goto(url!);
  await expect(full.getByText('Shared cluster')).toBeVisible({ timeout: 30_000 });
  await expect(full.getByRole('slider', { name: 'Time' })).toHaveAttribute('aria-valuetext', moment!);
  await expect(full.locator('[data-ref="pods/default/hello"]').first()).toBeVisible();
  await full.close();
});

test('a Pod that no node takes is said to be one, and Why? tells the reason over the stage', async ({ embed }) => {
  const journal = readFileSync(new URL('journals/embed.json', import.meta.url), 'utf8');
  const frame = await embed(`${fragmentOf(journal)}&at=21000`);
  await expect(frame.getByText('Pending. 0 of 3 nodes fit.')).toBeVisible({ timeout: 30_000 });
  await frame.getByRole('button', { name: 'Why?' }).click();
  const why = frame.getByRole('complementary', { name: 'Why' });
  await expect(why).toContainText('node(s) had untolerated taint(s)');
  await why.press('Escape');
  await expect(why).toBeHidden();
});

test('where no origin is configured, Open full gives the link to copy', async ({ embed, site }) => {
  const frame = await embed('');
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await frame.getByRole('button', { name: 'Open full' }).click();
  await expect(frame.getByLabel(/may not open a window/)).toHaveValue(new RegExp(`^${site}#cluster=`));
});

test('starts with the cluster that the link names, and says so where there is none', async ({ embed }) => {
  const frame = await embed('#preset=laptop');
  await expect(frame.locator('[data-ref="nodes//laptop"]').first()).toBeVisible({ timeout: 30_000 });
  const other = await embed('?title=other#preset=nowhere');
  await expect(other.getByRole('alert')).toContainText('unknown preset "nowhere"', { timeout: 30_000 });
});

test('a damaged link is said to be one', async ({ embed }) => {
  const frame = await embed('#cluster=%%%');
  await expect(frame.getByRole('alert')).toContainText('This link is damaged');
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [400, 760]) {
    test(`axe finds nothing, and no text is cut: ${scheme}, ${width} px`, { tag: '@long' }, async ({ page, site }) => {
      await page.setViewportSize({ width, height: 640 });
      await page.goto(`${site}embed.html?theme=${scheme}&title=Taints%20keep%20Pods%20out`);
      await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
      await expectAccessible(page);
      expect(await page.getByRole('banner').evaluate((bar) => bar.scrollWidth - bar.clientWidth)).toBe(0);
      const troubles = await textTroubles(page);
      expect(troubles.filter((trouble) => /too wide|the view/.test(trouble))).toEqual([]);
    });
  }
}
