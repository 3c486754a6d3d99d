import { expect, test, type Browser, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST, documentOf, fragmentOf, rememberWorkers, tell } from './door';
import { firstView, KIB, sandboxView, scripts, startPods, tasksDuring, weigh } from './measure';

/**
 * What the page costs in Chromium: rows of `npm run bench`, each one line on stdout. Frames are those that the page was
 * asked for; tasks are counted by the processor time of the page's main thread.
 */
const SLOWER = 4;
const IDLE_MS = 20_000;
const LOOK_MS = 10_000;
const LIMIT_MS = 900_000;
const FASTEST = 60;

test.describe.configure({ mode: 'serial', timeout: LIMIT_MS });

let site = '';
let close = (): void => {};

test.beforeAll(async () => {
  const { server, url } = await serve(DIST, { port: 0 });
  site = url;
  close = (): void => {
    server.closeAllConnections();
    server.close();
  };
});
test.afterAll(() => close());

function row(name: string, figures: Record<string, number>): void {
  const rounded = Object.entries(figures).map(([figure, value]) => [figure, Math.round(value * 10) / 10] as const);
  const line = rounded.map(([figure, value]) => `${figure} ${value}`).join(', ');
  console.log(
    process.env['PODIUM_JSON']
      ? JSON.stringify({ name, ...Object.fromEntries(rounded) })
      : `${name.padEnd(24)} ${line}`,
  );
}

const ofKind = (name: RegExp): string[] => scripts().filter((path) => name.test(path));

test('page-bytes', () => {
  const first = firstView('index.html');
  const sandbox = sandboxView();
  row('page-bytes', {
    homeKiB: weigh(first) / KIB,
    sandboxKiB: weigh(sandbox) / KIB,
    clusterKiB: weigh(ofKind(/\/simulator\.worker-/)) / KIB,
    trainerKiB: weigh(ofKind(/\/training\.worker-/)) / KIB,
    tfjsKiB: weigh(scripts().filter((path) => /\bkernelName\b/.test(readFileSync(path, 'utf8')))) / KIB,
    monacoKiB: weigh(ofKind(/\/(rich-editor|editor\.worker|yaml\.worker)-/)) / KIB,
    allKiB: weigh(scripts()) / KIB,
  });
});

for (const [name, fragment] of [
  ['home', ''],
  ['sandbox', '#/sandbox'],
] as const)
  test(`page-interactive-${name}`, async ({ page }) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    const startMs = Date.now();
    await page.goto(site + fragment);
    if (name === 'home') await page.getByRole('button', { name: 'Kill a Pod' }).waitFor();
    else await page.getByRole('textbox', { name: /YAML/ }).waitFor();
    const shownMs = Date.now() - startMs;
    const answers =
      name === 'home'
        ? page.getByRole('button', { name: 'Kill a Pod' })
        : page.getByRole('button', { name: /^(Pause|Play)$/ }).first();
    await expect(answers).toBeEnabled({ timeout: 60_000 });
    row(`page-interactive-${name}`, { slower: SLOWER, shownMs, interactiveMs: Date.now() - startMs });
  });

/** Processor seconds of all of the browser's processes so far. */
async function spent(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, one) => sum + one.cpuTime, 0);
}

async function openCluster(page: Page, preset: string): Promise<void> {
  await rememberWorkers(page);
  await page.goto(site + fragmentOf(documentOf(preset)));
  await expect(page.locator('.stage .scene')).toBeVisible({ timeout: 300_000 });
}

test('page-lesson', async ({ browser }) => {
  const opened = async (slow: number): Promise<number> => {
    const context = await browser.newContext();
    const one = await context.newPage();
    await one.goto(site);
    await (await context.newCDPSession(one)).send('Emulation.setCPUThrottlingRate', { rate: slow });
    const startMs = Date.now();
    await one.getByRole('link', { name: 'Break it' }).click();
    /* The page answers once a prediction can be made: the cluster stands at its start. */
    await one.getByRole('button', { name: 'The same Pod comes back' }).click();
    await one.getByText('Your run will answer.').waitFor();
    const tookMs = Date.now() - startMs;
    await context.close();
    return tookMs / 1000;
  };
  const took: number[] = [];
  for (let times = 0; times < 3; times++) took.push(await opened(1));
  const slow = await opened(SLOWER);
  row('page-lesson', { seconds: took.sort((left, right) => left - right)[1]!, slowSeconds: slow });
});

test('page-idle', async ({ page, browser }) => {
  const costs: Record<string, number> = {};
  await openCluster(page, 'ml');
  for (const [what, press] of [
    ['running', undefined],
    ['paused', 'Pause'],
  ] as const) {
    if (press) await page.getByRole('button', { name: press, exact: true }).first().click();
    await page.waitForTimeout(3_000);
    const before = await spent(browser);
    await page.waitForTimeout(IDLE_MS);
    costs[`${what}PercentOfACore`] = ((await spent(browser)) - before) / (IDLE_MS / 100_000);
  }
  row('page-idle', costs);
});

/** Frames a second that the page was asked for while something happens, and its longest tasks. */
async function watched(page: Page, browser: Browser, work: () => Promise<void>): Promise<Record<string, number>> {
  await page.evaluate(() => {
    const kept = window as unknown as { podiumFrames: number };
    kept.podiumFrames = 0;
    const count = (): void => {
      kept.podiumFrames += 1;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  const startMs = Date.now();
  const tasks = await tasksDuring(browser, page, work);
  const seconds = (Date.now() - startMs) / 1000;
  const frames = await page.evaluate(() => (window as unknown as { podiumFrames: number }).podiumFrames);
  return {
    seconds,
    framesASecond: frames / seconds,
    longestTaskMs: tasks[0] ?? 0,
    tasksOver50Ms: tasks.filter((ms) => ms > 50).length,
  };
}

for (const [pods, nodes] of [
  [500, 10],
  [2_000, 40],
] as const)
  test(`page-pods-${pods}`, async ({ page, browser }) => {
    await openCluster(page, `pool:${nodes}xlarge`);
    await page.waitForTimeout(2_000);
    row(`page-pods-${pods}`, await watched(page, browser, () => startPods(page, 'many', pods, LIMIT_MS)));
  });

test('page-pods-150000', async ({ page, browser }) => {
  const startMs = Date.now();
  await openCluster(page, 'pool:5000xlarge');
  const openSeconds = (Date.now() - startMs) / 1000;
  /* They come as fast as the kernel can; then the clock goes as fast as the one on the wall. */
  await tell(page, 'POST', '/podium/v1/time', { speed: FASTEST });
  await startPods(page, 'many', 150_000, LIMIT_MS);
  await tell(page, 'POST', '/podium/v1/time', { speed: 1 });
  const startSeconds = (Date.now() - startMs) / 1000 - openSeconds;
  const stage = (await page.locator('.stage .view').first().boundingBox())!;
  const figures = await watched(page, browser, async () => {
    /* Near, across, and away again, as somebody looks around. */
    await page.mouse.move(stage.x + stage.width / 2, stage.y + stage.height / 2);
    const untilMs = Date.now() + LOOK_MS;
    for (let turn = 0; Date.now() < untilMs; turn++) {
      await page.mouse.wheel(turn % 3 === 1 ? 40 : 0, turn % 40 < 20 ? -60 : 60);
      await page.waitForTimeout(16);
    }
  });
  row('page-pods-150000', { openSeconds, startSeconds, ...figures });
});
