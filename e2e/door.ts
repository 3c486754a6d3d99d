import type { BrowserContext, Page } from '@playwright/test';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { serve } from '../src/cli/launch/serve.mjs';
import { BEHAVIOUR } from '../src/kernel/input';

/** The built site. */
export const DIST = process.env['PODIUM_DIST'] ?? fileURLToPath(new URL('../dist', import.meta.url));

/** The address of the sandbox of a site; an address that names a cluster opens in it anyway. */
export function sandboxAt(url: string): string {
  return url.includes('#') ? url : `${url}#/sandbox`;
}

interface Answer {
  code: number;
  body: unknown;
}

interface Doored {
  podiumWorkers: Record<string, Worker>;
  podiumAsked: number;
}

/**
 * Lets a test speak to the page's workers: it remembers each one as the page makes it. Nothing in the product knows of
 * this; a test asks with ids that the page does not use.
 */
export async function rememberWorkers(target: BrowserContext | Page): Promise<void> {
  await target.addInitScript(() => {
    const kept = window as unknown as Doored;
    kept.podiumWorkers = {};
    kept.podiumAsked = 1e9;
    const { Worker: Original } = window;
    window.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        kept.podiumWorkers[options?.name ?? ''] = this;
      }
    };
  });
}

/** Asks the simulator's own door, past everything that the page does. Text is sent as YAML. */
export async function ask(page: Page, method: string, path: string, body?: unknown): Promise<Answer> {
  return page.evaluate(
    async ({ method, path, body }) => {
      const kept = window as unknown as Doored;
      const worker = kept.podiumWorkers['simulator'];
      if (!worker) throw new Error('the page has no simulator');
      const id = ++kept.podiumAsked;
      const [plain = '', search = ''] = path.split('?');
      const query = Object.fromEntries(new URLSearchParams(search));
      const headers = {
        'content-type': typeof body === 'string' ? 'application/yaml' : 'application/json',
        'user-agent': 'test',
      };
      const answer = new Promise<Answer>((resolve) => {
        const hear = (event: MessageEvent): void => {
          if (event.data.kind !== 'response' || event.data.id !== id) return;
          worker.removeEventListener('message', hear);
          resolve(event.data.response as Answer);
        };
        worker.addEventListener('message', hear);
      });
      worker.postMessage({
        kind: 'request',
        id,
        request: { method, path: plain, query, headers, ...(body === undefined ? {} : { body }) },
      });
      return answer;
    },
    { method, path, body },
  );
}

/** Asks, and fails where the answer is a refusal. */
export async function tell<T = Record<string, unknown>>(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const { code, body: answer } = await ask(page, method, path, body);
  if (code >= 400) throw new Error(`${method} ${path}: ${code} ${JSON.stringify(answer)}`);
  return answer as T;
}

/** The hash of the whole cluster at a moment, to which it goes and where it stands still. */
export async function hashAt(page: Page, atMs: number): Promise<string> {
  await tell(page, 'POST', '/podium/v1/time', { speed: 0 });
  const { endMs } = await tell<{ endMs: number }>(page, 'GET', '/podium/v1/time');
  if (endMs < atMs) {
    await tell(page, 'POST', '/podium/v1/time', { rewindMs: endMs });
    await tell(page, 'POST', '/podium/v1/time', { advanceMs: atMs - endMs });
  } else await tell(page, 'POST', '/podium/v1/time', { rewindMs: atMs });
  const { atMs: reached } = await tell<{ atMs: number }>(page, 'GET', '/podium/v1/time');
  if (reached !== atMs) throw new Error(`the cluster stands at ${reached} ms instead of ${atMs} ms`);
  return (await tell<{ hash: string }>(page, 'GET', '/podium/v1/hash')).hash;
}

/** Names of the objects of a list, sorted. */
export async function names(page: Page, path: string): Promise<string[]> {
  const list = await tell<{ items: { metadata: { name: string } }[] }>(page, 'GET', path);
  return list.items.map((item) => item.metadata.name).sort();
}

export function configMap(name: string, data: Record<string, string> = {}): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** A Deployment of a web server with small requests. */
export function deployment(name: string, replicas: number): Record<string, unknown> {
  const requests = { cpu: '50m', memory: '32Mi' };
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'server', image: 'nginx:1.27', resources: { requests } }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template },
  };
}

export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

/** A document's text as the fragment of a link. */
export function fragmentOf(text: string): string {
  return `#cluster=${deflateRawSync(text).toString('base64url')}`;
}

/** A document of a new cluster. */
export function documentOf(preset: string, more: Record<string, unknown> = {}): string {
  const main = { id: 'main', name: 'main', parent: null, sharedInputs: 0, fromMs: 0, endMs: 0, inputs: [] };
  const head = {
    format: 1,
    kubernetes: '1.36',
    behaviour: BEHAVIOUR,
    seed: 1,
    startedAt: '2026-01-05T09:00:00Z',
    start: { preset },
    conventions: 'podium',
  };
  return JSON.stringify({ ...head, branches: [main], branch: 'main', ...more });
}

/**
 * Serves the built site with lines put before a chunk's own, by the beginning of its name: workers cannot be reached
 * by init scripts, and this is how a test gives them a browser that refuses something.
 */
export async function serveChanged(prologues: Record<string, string>): Promise<{ url: string; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'podium-site-'));
  cpSync(DIST, folder, { recursive: true });
  const assets = join(folder, 'assets');
  for (const [beginning, prologue] of Object.entries(prologues)) {
    const chunks = readdirSync(assets).filter((name) => name.startsWith(beginning) && name.endsWith('.js'));
    if (chunks.length !== 1) throw new Error(`${chunks.length} chunks begin with ${beginning}`);
    const file = join(assets, chunks[0]!);
    writeFileSync(file, `${prologue}\n${readFileSync(file, 'utf8')}`);
  }
  const { server, url } = await serve(folder, { port: 0 });
  const close = (): void => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, close };
}

/** A small seeded source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
