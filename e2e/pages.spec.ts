import type { BrowserContext, Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEPLOYMENTS, deployment, names, rememberWorkers, tell } from './door';
import { expect, expectAccessible, test as base, troublesOf } from './fixtures';
import { textTroubles } from './text-boxes';

/** The pages around home: clusters to start from, for who teaches, and for who embeds. */

const test = base.extend<{ open: (fragment: string) => Promise<void> }>({
  open: async ({ page, site }, use) => {
    const problems = troublesOf(page);
    await use(async (fragment) => void (await page.goto(site + fragment)));
    expect(problems).toEqual([]);
  },
});

const PODS = '/api/v1/namespaces/default/pods';
const running = (page: Page): Promise<void> =>
  expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });

test('the header leads from page to page, and the heading has the focus where a link led', async ({ open, page }) => {
  await open('');
  const pages = page.getByRole('navigation', { name: 'Pages' });
  for (const [link, heading] of [
    ['Clusters', 'Clusters to start from'],
    ['Teach', 'Teach a class'],
    ['Embed', 'Embed a cluster'],
  ] as const) {
    await pages.getByRole('link', { name: link }).press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeFocused();
    await expect(pages.getByRole('link', { name: link })).toHaveAttribute('aria-current', 'page');
  }
  await pages.getByRole('link', { name: 'Lessons' }).click();
  await expect(page.getByRole('heading', { name: 'Eighteen lessons' })).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Kill a Pod' })).toBeEnabled();
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1, name: 'Embed a cluster' })).toBeVisible();
});

test('a cluster is opened from its card, and its address, the panel and the palette agree', async ({
  open,
  page,
  site,
}) => {
  await rememberWorkers(page);
  await open('#/clusters');
  await expect(page.getByRole('listitem')).toHaveCount(7);
  await page.getByRole('link', { name: 'Open With a TPU' }).click();
  await expect(page).toHaveURL(`${site}#/sandbox?cluster=tpu`);
  await running(page);
  expect(await names(page, '/api/v1/nodes')).toContain('tpu-1');
  await page.getByRole('button', { name: 'Cluster', exact: true }).click();
  await expect(page.getByRole('radio', { name: /^With a TPU/ })).toBeChecked();
  await page.getByRole('radio', { name: /^A laptop/ }).check();
  await expect(page).toHaveURL(`${site}#/sandbox?cluster=laptop`);
  await page.reload();
  await running(page);
  expect(await names(page, '/api/v1/nodes')).toEqual(['laptop']);
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox').fill('open the cluster ml');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${site}#/sandbox`);
});

test('an address that names no cluster, or no class, says so and opens the own one', async ({ open, page }) => {
  await open('#/sandbox?cluster=nowhere');
  await expect(page.getByText(/unknown preset "nowhere"/)).toBeVisible({ timeout: 30_000 });
  await running(page);
  await expect(page.locator('main [data-ref="nodes//cpu-1"]').first()).toBeVisible();
  await page.goto('about:blank');
  await open('#/sandbox?class=two%20words');
  await expect(page.getByText(/A class code is one word/)).toBeVisible({ timeout: 30_000 });
  await running(page);
});

test('a class code gives two machines the same Pods', async ({ open, page, site, browser }) => {
  await open('#/teach');
  await page.getByLabel('Class code').fill('two words');
  await expect(page.getByText(/one word of letters and digits/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Open it' })).toHaveCount(0);
  await page.getByLabel('Class code').fill('Otter');
  const link = await page.getByRole('textbox', { name: 'Link for the class' }).inputValue();
  expect(link).toBe(`${site}#/sandbox?cluster=ml&class=otter`);

  const contexts: BrowserContext[] = [];
  const podsOf = async (address: string, afterMs: number): Promise<string[]> => {
    const context = await browser.newContext();
    contexts.push(context);
    await rememberWorkers(context);
    const student = await context.newPage();
    await student.goto(address);
    await running(student);
    await expect(student.getByText('ml, class otter').or(student.getByText('ml, class badger'))).toBeVisible();
    await tell(student, 'POST', '/podium/v1/time', { advanceMs: afterMs });
    await tell(student, 'POST', DEPLOYMENTS, deployment('web', 3));
    await tell(student, 'POST', '/podium/v1/time', { advanceMs: 10_000 });
    return names(student, PODS);
  };
  const pods = await podsOf(link, 1_000);
  expect(pods).toHaveLength(3);
  expect(await podsOf(link, 61_234)).toEqual(pods);
  expect(await podsOf(link.replace('otter', 'badger'), 1_000)).not.toEqual(pods);
  await Promise.all(contexts.map((context) => context.close()));
});

test('starting a class’s cluster over gives the class’s again', async ({ open, page }) => {
  await rememberWorkers(page);
  await open('#/sandbox?cluster=laptop&class=otter');
  await running(page);
  const seed = async (): Promise<number> => (await tell<{ seed: number }>(page, 'GET', '/podium/v1/beginning')).seed;
  const before = await seed();
  expect(before).not.toBe(1);
  await page.getByRole('button', { name: 'Cluster', exact: true }).click();
  await page.getByRole('button', { name: 'Start it over' }).click();
  await expect(page.getByText('The cluster was started over.')).toBeVisible();
  expect(await seed()).toBe(before);
  await page.getByRole('link', { name: 'Leave the class' }).click();
  await expect.poll(seed).toBe(1);
});

test('the sandbox and a lesson are shown to a room at once', async ({ open, page }) => {
  await open('#/teach');
  await page.getByRole('link', { name: 'Present the sandbox' }).click();
  await running(page);
  await expect(page.getByRole('region', { name: 'Caption' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Ask' })).toBeHidden();
  await page.getByRole('link', { name: 'Podium, home' }).click();
  await page.getByRole('link', { name: 'Teach' }).click();
  await page.getByRole('link', { name: 'Present Break it' }).click();
  await expect(page.getByRole('region', { name: 'Caption' })).toBeVisible({ timeout: 30_000 });
  await expect(page).toHaveTitle('Podium: Break it');
});

const progress = (pages: Record<string, number | 'done'>): Buffer =>
  Buffer.from(
    JSON.stringify(
      Object.fromEntries(
        Object.entries(pages).map(([slug, at]) => [
          slug,
          { page: at === 'done' ? 5 : at, done: at === 'done', at: Date.UTC(2026, 10, 28, 9) },
        ]),
      ),
    ),
  );

test('files that students hand in become a table, which sorts and is saved; what is none is refused', async ({
  open,
  page,
}) => {
  await open('#/teach');
  const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/json', buffer });
  await page
    .getByLabel('Choose files')
    .setInputFiles([
      file('bob_podium-progress.json', progress({ '01-read-the-map': 3 })),
      file('broken.json', Buffer.from('{')),
      file('huge.json', Buffer.alloc(1_000_001, ' ')),
      file('<img src=x onerror=alert(1)>.json', progress({})),
      file('ada.json', progress({ '01-read-the-map': 'done', '02-declare': 2 })),
    ]);
  await expect(page.getByText('3 files read, 2 refused.')).toBeVisible();
  await expect(page.getByText('broken.json holds no progress of Podium’s lessons.')).toBeVisible();
  await expect(page.getByText('huge.json is too large for progress.')).toBeVisible();
  const students = page.getByRole('region', { name: 'Progress of the class' }).getByRole('rowheader');
  await expect(students).toHaveText(['<img src=x onerror=alert(1)>', 'ada', 'bob']);
  await expect(page.getByRole('row', { name: /^ada / })).toContainText('page 2');
  await page.getByRole('button', { name: /^1 Read the map/ }).click();
  await expect(page.getByRole('columnheader', { name: /Read the map/ })).toHaveAttribute('aria-sort', 'descending');
  await expect(students).toHaveText(['ada', 'bob', '<img src=x onerror=alert(1)>']);
  await expectAccessible(page);

  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as CSV' }).click();
  const text = readFileSync(await (await saving).path(), 'utf8');
  expect(text.split('\r\n')[1]).toMatch(/^ada,ada\.json,1,2026-11-28T09:00:00\.000Z,done,/);

  /* Dropped files are the table's, not a lesson's. */
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'cleo.json'));
    return transfer;
  }, progress({}).toString());
  await page.locator('.zone').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(students).toHaveCount(4);
  await page.getByRole('button', { name: 'Empty the table' }).click();
  await expect(students).toHaveCount(0);
});

/** A table of students, where the page has one. */
async function handInMany(page: Page, place: string): Promise<void> {
  if (place !== '#/teach') return;
  const students = ['Ada Lovelace', 'Dmitri Ivanovich Mendeleev', 'x'.repeat(60), 'bob'];
  const files = students.map((name, index) => ({
    name: `${name}.json`,
    mimeType: 'application/json',
    buffer: progress({ '01-read-the-map': 'done', '02-declare': index + 1, 'opened-a-lesson-of-ours-1a2b': 2 }),
  }));
  await page.getByLabel('Choose files').setInputFiles(files);
  await expect(page.getByRole('rowheader', { name: 'Ada Lovelace' })).toBeVisible();
}

/** A page of another site. It runs what its policy names, which for our element is nothing of its own. */
interface Elsewhere {
  url: string;
  put: (snippet: string) => void;
  close: () => void;
}

async function elsewhere(site: string): Promise<Elsewhere> {
  const { origin } = new URL(site);
  let snippet = '';
  const server = createServer((_, response) => {
    const scripts = snippet.includes('<podium-sandbox') ? origin : "'unsafe-inline'";
    const policy = `default-src 'none'; script-src ${scripts}; frame-src ${origin}; style-src 'unsafe-inline'; img-src data:`;
    response.setHeader('content-type', 'text/html');
    response.setHeader('content-security-policy', policy);
    response.end(`<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,"><body>${snippet}</body>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    put: (text) => void (snippet = text),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

for (const how of ['An element that grows', 'A plain frame']) {
  test(`what is put together runs elsewhere, and grows: ${how}`, async ({ open, page, site }) => {
    const host = await elsewhere(site);
    await open('#/embed');
    await page.getByLabel('Title', { exact: true }).fill('Taints & "keys"');
    await page.getByLabel('Starts with').selectOption('Self-managed');
    await page.getByRole('radio', { name: '400 px' }).check();
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.getByRole('checkbox', { name: 'YAML' }).uncheck();
    await expect(page.getByRole('checkbox', { name: 'Cluster' })).toBeDisabled();
    await page.getByRole('radio', { name: how }).check();
    await page.getByLabel(/^Origin/).fill('nowhere');
    await expect(page.getByText(/An origin is a scheme and a host/)).toBeVisible();
    await page.getByLabel(/^Origin/).fill(`${host.url}/a/page`);
    const snippet = page.getByRole('textbox', { name: 'Snippet' });
    await expect(snippet).toHaveValue(/panels=cluster&amp;theme=dark&amp;origin=http.*#preset=self-managed"/);
    host.put(await snippet.inputValue());

    await page.goto(host.url);
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: 'Taints & "keys"' })).toBeVisible({ timeout: 30_000 });
    await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
    await expect(frame.locator('[data-ref="nodes//control-plane-1"]').first()).toBeVisible({ timeout: 30_000 });
    const height = async (): Promise<number> => (await page.locator('iframe').boundingBox())!.height;
    await expect.poll(height).toBeGreaterThan(500);
    /* What others say is not heard. */
    const before = await height();
    await page.evaluate(() => window.postMessage({ type: 'podium-height', height: 1_900 }, '*'));
    await page.waitForTimeout(300);
    expect(await height()).toBe(before);
    host.close();
  });
}

test('our element opens the whole cluster in a window, and no other address', async ({ page, site, context }) => {
  const host = await elsewhere(site);
  host.put(
    `<script src="${site}podium-embed.js" defer></script><podium-sandbox src="${site}embed.html#preset=laptop"></podium-sandbox>`,
  );
  await page.goto(host.url);
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  const inside = page.frames()[1]!;
  await frame.getByRole('banner').click();
  await inside.evaluate(() =>
    parent.postMessage({ type: 'podium-open', url: 'https://elsewhere.example/#cluster=' }, '*'),
  );
  const opening = context.waitForEvent('page');
  await frame.getByRole('button', { name: 'Open full' }).click();
  expect((await opening).url()).toContain(`${site}#cluster=`);
  expect(context.pages()).toHaveLength(2);
  host.close();
});

test('the preview is a frame that is loaded only when somebody asks, and has the height it asks for', async ({
  open,
  page,
}) => {
  await open('#/embed');
  await expect(page.locator('iframe')).toHaveCount(0);
  await page.getByLabel('Starts with').selectOption('Self-managed');
  await page.getByRole('radio', { name: '400 px' }).check();
  await page.getByRole('button', { name: 'Show it here' }).click();
  const frame = page.frameLocator('iframe');
  await frame.getByRole('button', { name: 'Pause' }).scrollIntoViewIfNeeded();
  await expect(frame.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await expect(frame.locator('[data-ref="nodes//control-plane-1"]').first()).toBeVisible();
  await expect.poll(async () => (await page.locator('iframe').boundingBox())!.height).toBeGreaterThan(500);
  await expect(page.getByRole('button', { name: 'Shown as chosen' })).toBeDisabled();
  await page.getByLabel('Starts with').selectOption('A laptop');
  await page.getByRole('button', { name: 'Show it as chosen now' }).click();
  await expect(frame.locator('[data-ref="nodes//laptop"]').first()).toBeVisible({ timeout: 30_000 });
});

const PLACES = ['#/clusters', '#/teach', '#/embed'];

for (const place of PLACES) {
  test(`axe finds nothing, and no text is cut on a phone: ${place}`, async ({ open, page }) => {
    await open(place);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await handInMany(page, place);
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectAccessible(page);
    expect(await textTroubles(page)).toEqual([]);
  });

  for (const scheme of ['light', 'dark'] as const) {
    test.describe(`${place}, ${scheme}`, { tag: '@long' }, () => {
      test.use({ colorScheme: scheme, contextOptions: { reducedMotion: 'reduce' } });

      test('no text is cut or over another from 320 to 2560 px, and axe finds nothing', async ({ open, page }) => {
        await open(place);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await handInMany(page, place);
        for (const width of [320, 390, 720, 760, 1024, 1280, 1440, 1920, 2560]) {
          await page.setViewportSize({ width, height: 900 });
          const height = await page.evaluate(() => document.documentElement.scrollHeight);
          await page.setViewportSize({ width, height });
          expect(await textTroubles(page), `${width} px`).toEqual([]);
          if (width === 320 || width === 1024) await expectAccessible(page);
        }
      });
    });
  }
}
