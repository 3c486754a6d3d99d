import { expect, type Browser, type Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { deployment, DEPLOYMENTS, DIST, tell } from './door';

export const KIB = 1024;

/** Every file of a folder, as a path. */
export const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

export const scripts = (): string[] => files(DIST).filter((name) => name.endsWith('.js'));

/** A file of the site, as text. */
export const read = (name: string): string => readFileSync(join(DIST, name), 'utf8');

/** Scripts and all that they import statically. */
export function withImports(scripts: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const [, imported] of readFileSync(path, 'utf8').matchAll(
      /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{},\s$]*?\bfrom\s*)?["'](\.\.?\/[^"']+\.js)["']/g,
    )) {
      visit(join(dirname(path), imported!));
    }
  };
  for (const path of scripts) visit(path);
  return [...found];
}

/** The scripts that a page needs before it can show anything: its entries and all that they import statically. */
export function firstView(page: string): string[] {
  const named = [/<script[^>]+src="([^"]+)"/g, /<link[^>]+rel="modulepreload"[^>]+href="([^"]+)"/g];
  return withImports(named.flatMap((tag) => [...read(page).matchAll(tag)].map(([, source]) => join(DIST, source!))));
}

/** The scripts of the sandbox's first view. */
export function sandboxView(): string[] {
  const app = scripts().filter((path) => /\/App-[\w-]+\.js$/.test(path));
  expect(app).toHaveLength(1);
  return withImports([...firstView('index.html'), ...app]);
}

/** What files weigh as they are sent, in bytes of brotli. */
export function weigh(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + brotliCompressSync(readFileSync(path)).length, 0);
}

/** Applies a Deployment past the page, and waits until all of its Pods are Ready. */
export async function startPods(page: Page, name: string, replicas: number, timeout: number): Promise<void> {
  await tell(page, 'POST', DEPLOYMENTS, deployment(name, replicas));
  const ready = async (): Promise<number> =>
    (await tell<{ status?: { readyReplicas?: number } }>(page, 'GET', `${DEPLOYMENTS}/${name}`)).status
      ?.readyReplicas ?? 0;
  await expect.poll(ready, { timeout, intervals: [1_000] }).toBe(replicas);
}

/** One event of a Chromium trace; times in microseconds. `tdur` is the time that the thread itself computed. */
interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  tdur?: number;
  args: { name?: string };
}

/**
 * How long each task of the page's main thread computes while something happens, in ms, the longest first. The thread's
 * own time is counted: on a machine that runs other things too, the clock on the wall says how long the page was kept
 * waiting.
 */
export async function tasksDuring(browser: Browser, page: Page, work: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await work();
  const trace = await browser.stopTracing();
  const { traceEvents: events } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const threads = new Set(
    events
      .filter((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain')
      .map((event) => `${event.pid}/${event.tid}`),
  );
  return events
    .filter(
      (event) => event.name.endsWith('RunTask') && threads.has(`${event.pid}/${event.tid}`) && event.tdur !== undefined,
    )
    .map((event) => event.tdur! / 1000)
    .sort((a, b) => b - a);
}
