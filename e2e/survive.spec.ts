import { chromium, expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../src/cli/launch/serve.mjs';
import { BEHAVIOUR } from '../src/kernel/input';
import {
  ask,
  CONFIG_MAPS,
  configMap,
  deployment,
  DEPLOYMENTS,
  DIST,
  fragmentOf,
  hashAt,
  names,
  rememberWorkers,
  sandboxAt,
  seeded,
  tell,
} from './door';

const test = base.extend<object, { site: string }>({
  site: [
    async ({}, use) => {
      const { server, url } = await serve(DIST, { port: 0, base: '/pages/podium/' });
      await use(url);
      server.closeAllConnections();
      server.close();
    },
    { scope: 'worker' },
  ],
});

const PODS = '/api/v1/namespaces/default/pods';

async function open(page: Page, url: string): Promise<void> {
  await page.goto(sandboxAt(url));
  await expect(page.getByRole('button', { name: /^(Pause|Play)$/ })).toBeEnabled({ timeout: 30_000 });
}

/** A cluster with a history: objects, a fault, a branch that was left, and some time. Returns the moment it stands at. */
async function live(page: Page): Promise<number> {
  await tell(page, 'POST', '/podium/v1/time', { speed: 0 });
  await tell(page, 'POST', DEPLOYMENTS, deployment('web', 3));
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 20_000 });
  await tell(page, 'POST', CONFIG_MAPS, configMap('left-behind'));
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 5_000 });
  await tell(page, 'POST', '/podium/v1/time', { undo: true });
  await tell(page, 'POST', '/podium/v1/faults', { type: 'NodeDown', node: 'cpu-1' });
  await tell(page, 'POST', CONFIG_MAPS, configMap('kept', { note: '<b>ü</b>' }));
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 60_000 });
  return (await tell<{ atMs: number }>(page, 'GET', '/podium/v1/time')).atMs;
}

test.describe('what was acknowledged stays', () => {
  test.beforeEach(({ context }) => rememberWorkers(context));

  test('over a reload, to the same hash', async ({ page, site }) => {
    await open(page, site);
    const atMs = await live(page);
    const before = {
      hash: await hashAt(page, atMs),
      pods: await names(page, PODS),
      maps: await names(page, CONFIG_MAPS),
    };
    const journal = await tell(page, 'GET', '/podium/v1/journal');
    await page.reload();
    await open(page, site);
    expect(await hashAt(page, atMs)).toBe(before.hash);
    expect({ pods: await names(page, PODS), maps: await names(page, CONFIG_MAPS) }).toEqual({
      pods: before.pods,
      maps: before.maps,
    });
    expect(before.maps).toContain('kept');
    expect(before.maps).not.toContain('left-behind');
    expect(await tell(page, 'GET', '/podium/v1/journal')).toEqual(journal);
    await tell(page, 'POST', '/podium/v1/time', { live: 'main' });
    expect(await names(page, CONFIG_MAPS)).toContain('left-behind');
  });

  test('over a reload in the middle of writing', async ({ page, site }) => {
    await open(page, site);
    const sent = Array.from({ length: 30 }, (_, index) => configMap(`burst-${index}`));
    const answers = await Promise.all(sent.map((map) => ask(page, 'POST', CONFIG_MAPS, map)));
    await page.reload();
    await open(page, site);
    expect(answers.map((answer) => answer.code)).toEqual(sent.map(() => 201));
    expect(await names(page, CONFIG_MAPS)).toEqual(expect.arrayContaining(sent.map((_, index) => `burst-${index}`)));
  });

  test('over a worker that falls silent: it is replaced, and the page says so', async ({ page, site }) => {
    await open(page, site);
    await tell(page, 'POST', CONFIG_MAPS, configMap('kept'));
    /* It may be shown for a tenth of a second only, so the page itself looks out for it. */
    const said = page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          new MutationObserver((_, observer) => {
            if (!/The simulation stopped at .* Replaying \d+\s+inputs?/.test(document.body.textContent ?? '')) return;
            observer.disconnect();
            resolve();
          }).observe(document.body, { subtree: true, childList: true, characterData: true });
        }),
    );
    await page.evaluate(() =>
      (window as unknown as { podiumWorkers: Record<string, Worker> }).podiumWorkers['simulator']!.terminate(),
    );
    await said;
    await expect.poll(() => names(page, CONFIG_MAPS)).toContain('kept');
    expect((await ask(page, 'POST', CONFIG_MAPS, configMap('after'))).code).toBe(201);
  });
});

test('closing the browser and opening it again loses nothing', async ({ site }) => {
  const profile = mkdtempSync(join(tmpdir(), 'podium-profile-'));
  const launch = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const executablePath = process.env['PODIUM_CHROMIUM'] ?? '/usr/bin/chromium';
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      viewport: { width: 1440, height: 900 },
    });
    await rememberWorkers(context);
    const page = await context.newPage();
    await open(page, site);
    return { context, page };
  };
  try {
    const first = await launch();
    const atMs = await live(first.page);
    const hash = await hashAt(first.page, atMs);
    await first.context.close();
    const second = await launch();
    expect(await hashAt(second.page, atMs)).toBe(hash);
    expect(await names(second.page, CONFIG_MAPS)).toContain('kept');
    await second.context.close();
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
});

/** Opens the page and crashes it while it writes, again and again; each time every acknowledged input is found. */
async function crashAtRandom(crashes: number, context: BrowserContext, site: string): Promise<void> {
  await rememberWorkers(context);
  const random = seeded(20);
  const acknowledged = new Set<string>();
  await context.exposeBinding('podiumAcknowledged', (_source, name: string) => void acknowledged.add(name));
  let during = 0;
  for (let round = 0; round <= crashes; round++) {
    const page = await context.newPage();
    await open(page, site);
    await expect(page.getByText('view only', { exact: false })).toHaveCount(0);
    const found = new Set(await names(page, CONFIG_MAPS));
    expect([...acknowledged].filter((name) => !found.has(name))).toEqual([]);
    if (round === crashes) break;
    const before = acknowledged.size;
    void page.evaluate(writeOn, { round, path: CONFIG_MAPS }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 30 + random() * 500));
    const crashed = page.waitForEvent('crash');
    const session = await context.newCDPSession(page);
    session.send('Page.crash').catch(() => undefined);
    await crashed;
    await page.close();
    if (acknowledged.size > before) during += 1;
  }
  expect(during).toBeGreaterThanOrEqual(0.75 * crashes);
}

test('four crashes at random moments: every acknowledged input is found again', ({ context, site }) =>
  crashAtRandom(4, context, site));

test('twenty crashes at random moments lose nothing either', { tag: '@long' }, ({ context, site }) => {
  test.setTimeout(240_000);
  return crashAtRandom(20, context, site);
});

/** Runs in the page: writes one object after the other, a few at a time, and tells of each that was acknowledged. */
async function writeOn({ round, path }: { round: number; path: string }): Promise<void> {
  const kept = window as unknown as {
    podiumWorkers: Record<string, Worker>;
    podiumAcknowledged: (name: string) => Promise<void>;
  };
  const worker = kept.podiumWorkers['simulator']!;
  worker.addEventListener('message', ({ data }: MessageEvent) => {
    if (data.kind === 'response' && data.id >= 2e9 && data.response.code === 201)
      void kept.podiumAcknowledged(data.response.body.metadata.name);
  });
  for (let index = 0; ; index++) {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `r${round}-${index}` } };
    const request = {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', 'user-agent': 'test' },
      body,
    };
    worker.postMessage({ kind: 'request', id: 2e9 + index, request });
    if (index % 3 === 2) await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

test.describe('a cluster that is handed on', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });
  test.beforeEach(({ context }) => rememberWorkers(context));

  test('by a copied link: the same cluster, to the same hash, in another browser', async ({ page, site, browser }) => {
    await open(page, site);
    const atMs = await live(page);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect(page.getByText('Link copied', { exact: false }).first()).toBeVisible();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link.startsWith(`${site}#cluster=`)).toBe(true);
    const [hash, pods] = [await hashAt(page, atMs), await names(page, PODS)];

    const other = await browser.newContext();
    await rememberWorkers(other);
    const guest = await other.newPage();
    await open(guest, link);
    await expect(guest.getByText('Shared cluster')).toBeVisible();
    await expect.poll(async () => (await names(guest, CONFIG_MAPS)).includes('kept')).toBe(true);
    expect(await hashAt(guest, atMs)).toBe(hash);
    expect(await names(guest, PODS)).toEqual(pods);
    /* It is the guest's own now: it stays over a reload, beside their own sandbox. */
    await tell(guest, 'POST', CONFIG_MAPS, configMap('guest'));
    await guest.reload();
    await open(guest, guest.url());
    expect(await names(guest, CONFIG_MAPS)).toEqual(expect.arrayContaining(['kept', 'guest']));
    await guest.goto('about:blank');
    await open(guest, site);
    expect(await names(guest, CONFIG_MAPS)).not.toContain('kept');
    await other.close();
  });

  test('by a link of an older Podium: what was done is done again, and the page says so', async ({ page, site }) => {
    const old = JSON.parse(readFileSync(new URL('journals/healing.json', import.meta.url), 'utf8')) as object;
    await page.goto(sandboxAt(`${site}${fragmentOf(JSON.stringify({ ...old, behaviour: 1 }))}&at=30000`));
    const notice = page.getByRole('alert').filter({ hasText: 'saved by another version of Podium' });
    await expect(notice).toBeVisible({ timeout: 60_000 });
    expect(await names(page, '/apis/batch/v1/namespaces/default/jobs')).toEqual(['train-embed', 'train-sgd']);
    await notice.getByRole('button', { name: 'Close' }).click();
    await expect(notice).toBeHidden();
    const now = await tell<{ behaviour: number }>(page, 'GET', '/podium/v1/document');
    expect(now.behaviour).toBe(BEHAVIOUR);
  });

  test('as a file, which opens to the same document', async ({ page, site, browser }, info) => {
    await open(page, site);
    const atMs = await live(page);
    const save = async (from: Page): Promise<string> => {
      if (!(await from.getByRole('button', { name: 'Save as file' }).isVisible()))
        await from.getByRole('button', { name: 'Share' }).click();
      const download = from.waitForEvent('download');
      await from.getByRole('button', { name: 'Save as file' }).click();
      const path = info.outputPath(`saved-${Date.now()}.json`);
      await (await download).saveAs(path);
      await from.keyboard.press('Escape');
      return path;
    };
    await tell(page, 'POST', '/podium/v1/time', { speed: 0 });
    const path = await save(page);
    const hash = await hashAt(page, atMs);

    const other = await browser.newContext();
    await rememberWorkers(other);
    const guest = await other.newPage();
    await open(guest, site);
    await guest.getByRole('button', { name: 'Share' }).click();
    await guest.getByLabel('Cluster file').setInputFiles(path);
    await expect(guest.getByText('Shared cluster')).toBeVisible();
    expect(await hashAt(guest, atMs)).toBe(hash);
    const inputs = (file: string): unknown =>
      (JSON.parse(readFileSync(file, 'utf8')) as { branches: { inputs: unknown }[] }).branches.map(
        (branch) => branch.inputs,
      );
    expect(inputs(await save(guest))).toEqual(inputs(path));

    const broken = info.outputPath('broken.json');
    writeFileSync(broken, '{"format": 1, "kubernetes": "1.36"}');
    await guest.getByRole('button', { name: 'Share' }).click();
    await guest.getByLabel('Cluster file').setInputFiles(broken);
    await expect(guest.getByRole('status').filter({ hasText: 'This Podium document is damaged' })).toBeVisible();
    expect(await names(guest, CONFIG_MAPS)).toContain('kept');
    await other.close();
  });

  test('as manifests, which open as a new cluster, applied before the eyes of who opens them', async ({
    page,
    site,
  }, info) => {
    await open(page, site);
    await tell(page, 'POST', CONFIG_MAPS, configMap('kept'));
    await page.getByRole('button', { name: 'Share' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as manifests' }).click();
    const path = info.outputPath('cluster.yaml');
    await (await download).saveAs(path);
    expect(readFileSync(path, 'utf8')).toMatch(/kind: ConfigMap\nmetadata:\n {2}name: kept/);

    await page.getByLabel('Cluster file').setInputFiles(path);
    await expect(page.getByText('Shared cluster')).toBeVisible();
    await expect(page.getByRole('log', { name: 'Terminal output' })).toContainText('configmap/kept created');
    expect(await names(page, CONFIG_MAPS)).toContain('kept');

    const broken = info.outputPath('broken.yaml');
    writeFileSync(broken, 'apiVersion: [');
    if (!(await page.getByLabel('Cluster file').count())) await page.getByRole('button', { name: 'Share' }).click();
    await page.getByLabel('Cluster file').setInputFiles(broken);
    await expect(page.getByRole('status').filter({ hasText: 'This cannot be read' })).toBeVisible();
    expect(await names(page, CONFIG_MAPS)).toContain('kept');
  });

  test(
    'from tab to tab: the second looks on, says so, and can take over',
    { tag: '@long' },
    async ({ context, page, site }) => {
      await open(page, site);
      await tell(page, 'POST', CONFIG_MAPS, configMap('first'));
      const second = await context.newPage();
      await open(second, site);
      await expect(second.getByText('Open in another tab: view only')).toBeVisible();
      await expect(page.getByText('view only')).toHaveCount(0);
      expect(await names(second, CONFIG_MAPS)).toContain('first');
      const refused = await ask(second, 'POST', CONFIG_MAPS, configMap('second'));
      expect(refused).toMatchObject({ code: 403, body: { kind: 'Status', reason: 'Forbidden' } });

      await tell(page, 'POST', CONFIG_MAPS, configMap('later'));
      await second.getByRole('button', { name: 'Take over' }).click();
      await expect(second.getByText('view only')).toHaveCount(0);
      await expect(page.getByText('Open in another tab: view only')).toBeVisible();
      expect(await names(second, CONFIG_MAPS)).toEqual(expect.arrayContaining(['first', 'later']));
      expect((await ask(second, 'POST', CONFIG_MAPS, configMap('second'))).code).toBe(201);
      expect((await ask(page, 'POST', CONFIG_MAPS, configMap('too-late'))).code).toBe(403);
      await page.close();
      await second.reload();
      await open(second, site);
      await expect(second.getByText('view only')).toHaveCount(0);
      expect(await names(second, CONFIG_MAPS)).toEqual(expect.arrayContaining(['first', 'later', 'second']));
      expect(await names(second, CONFIG_MAPS)).not.toContain('too-late');
    },
  );
});
