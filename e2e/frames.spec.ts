import { expect, test, type Page } from '@playwright/test';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST, documentOf, fragmentOf, rememberWorkers, tell } from './door';

interface Measured {
  podiumTasks: number[];
  podiumPings: number[];
}

const PODS = 500;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

function deployment(replicas: number): unknown {
  const requests = { cpu: '50m', memory: '32Mi' };
  const template = { metadata: { labels: { app: 'many' } }, spec: { containers: [{ name: 'server', image: 'nginx:1.27', resources: { requests } }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'many' }, spec: { replicas, selector: { matchLabels: { app: 'many' } }, template } };
}

/** From here on the page keeps the length of each task over 50 ms, and of each ping's way there and back, in ms. */
async function measure(page: Page): Promise<void> {
  await page.evaluate(() => {
    const kept = window as unknown as Measured & { podiumWorkers: Record<string, Worker> };
    kept.podiumTasks = [];
    kept.podiumPings = [];
    new PerformanceObserver((list) => kept.podiumTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
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

test('no task of the page is over 50 ms while 500 Pods start, and the worker answers', async ({ page }) => {
  test.setTimeout(180_000);
  const { server, url } = await serve(DIST, { port: 0 });
  await rememberWorkers(page);
  await page.goto(url + fragmentOf(documentOf('pool:10xlarge')));
  await expect(page.getByText('Shared cluster')).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('.monaco-editor').first()).toBeVisible({ timeout: 60_000 });
  await page.waitForTimeout(2_000);
  await measure(page);
  await tell(page, 'POST', DEPLOYMENTS, deployment(PODS));
  const ready = async (): Promise<number> => (await tell<{ status?: { readyReplicas?: number } }>(page, 'GET', `${DEPLOYMENTS}/many`)).status?.readyReplicas ?? 0;
  await expect.poll(ready, { timeout: 150_000, intervals: [1_000] }).toBe(PODS);
  const { tasks, pings } = await page.evaluate(() => {
    const kept = window as unknown as Measured;
    return { tasks: kept.podiumTasks, pings: kept.podiumPings };
  });
  const longest = Math.max(0, ...tasks);
  const slowest = Math.max(0, ...pings);
  console.log(`frames: ${tasks.length} tasks over 50 ms, the longest ${longest.toFixed(0)} ms; ${pings.length} pings, the slowest ${slowest.toFixed(0)} ms`);
  expect(pings.length).toBeGreaterThan(20);
  expect(slowest).toBeLessThan(1_000);
  expect(tasks).toEqual([]);
  server.closeAllConnections();
  server.close();
});
