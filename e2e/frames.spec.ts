import { expect, test, type Page } from '@playwright/test';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST, documentOf, fragmentOf, rememberWorkers } from './door';
import { richEditor } from './fixtures';
import { startPods, tasksDuring } from './measure';

interface Measured {
  podiumPings: number[];
}

const PODS = 500;
const TASK_LIMIT_MS = 50;
/** The first frame of a crowd lays out all that is new: the two tasks that change the level are this long at most. */
const LEVEL_LIMIT_MS = 75;
const LEVEL_TASKS = 2;

/** From here on the page keeps the length of each ping's way to the simulator and back, in ms. */
async function pingOn(page: Page): Promise<void> {
  await page.evaluate(() => {
    const kept = window as unknown as Measured & { podiumWorkers: Record<string, Worker> };
    kept.podiumPings = [];
    const worker = kept.podiumWorkers['simulator']!;
    const sent = new Map<number, number>();
    let id = 5e9;
    worker.addEventListener('message', ({ data }: MessageEvent) => {
      const atMs = data.kind === 'pong' ? sent.get(data.id) : undefined;
      if (atMs !== undefined) kept.podiumPings.push(performance.now() - atMs);
    });
    setInterval(() => {
      sent.set(++id, performance.now());
      worker.postMessage({ kind: 'ping', id });
    }, 100);
  });
}

test('no task of the page is over 50 ms while 500 Pods start but at a change of level, and the worker answers', async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  const { server, url } = await serve(DIST, { port: 0 });
  await rememberWorkers(page);
  await page.goto(url + fragmentOf(documentOf('pool:10xlarge')));
  await expect(page.getByText('Shared cluster')).toBeVisible({ timeout: 30_000 });
  await richEditor(page);
  await page.waitForTimeout(2_000);
  await pingOn(page);
  const tasks = await tasksDuring(browser, page, () => startPods(page, 'many', PODS, 150_000));
  const pings = await page.evaluate(() => (window as unknown as Measured).podiumPings);
  const slowest = Math.max(...pings);
  console.log(
    `frames: ${tasks.length} tasks, the longest compute ${tasks
      .slice(0, 5)
      .map((ms) => ms.toFixed(0))
      .join(', ')} ms; ${pings.length} pings, the slowest ${slowest.toFixed(0)} ms`,
  );
  expect(tasks.length).toBeGreaterThan(500);
  expect(pings.length).toBeGreaterThan(20);
  expect(slowest).toBeLessThan(1_000);
  expect(tasks.slice(LEVEL_TASKS).filter((ms) => ms > TASK_LIMIT_MS)).toEqual([]);
  expect(tasks[0]).toBeLessThan(LEVEL_LIMIT_MS);
  server.closeAllConnections();
  server.close();
});
