import { expect, test, type Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST, sandboxAt } from './door';
import { richEditor } from './fixtures';
import { files, firstView, KIB, read, sandboxView, scripts, weigh } from './measure';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Weighs scripts, and keeps what they weigh with the test. */
function weighed(what: string, paths: readonly string[]): number {
  const bytes = weigh(paths);
  const description = `${paths.length} scripts, ${(bytes / KIB).toFixed(1)} KiB brotli`;
  test.info().annotations.push({ type: what, description });
  console.log(`${what}: ${description}`);
  return bytes;
}

/** Opens an address while the site gives these scripts only. Returns the names of all that were asked for, by ending. */
async function openWithOnly(page: Page, address: string, scripts: readonly string[]): Promise<string[]> {
  const asked: string[] = [];
  await page.route(/\.(js|woff2)$/, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    asked.push(name);
    if (!name.endsWith('.js') || scripts.includes(join(DIST, name))) await route.continue();
    else await route.abort();
  });
  await page.goto(address);
  return asked;
}

test('the first view of Home needs at most 60 KiB of compressed JavaScript and one font', async ({ page }) => {
  const first = firstView('index.html');
  expect(first.length).toBeGreaterThan(0);
  expect(weighed('first view of Home', first)).toBeLessThanOrEqual(60 * KIB);

  /* What the browser really asks for until the page stands is exactly that: the rest is asked for by what then runs. */
  const { server, url } = await serve(DIST, { port: 0 });
  const asked = await openWithOnly(page, url, first);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('list')).toHaveCount(4);
  await expect(page.getByRole('group', { name: /three Pods/ })).toContainText('infer-');
  await page.evaluate(() => document.fonts.ready);
  const scripts = asked.filter((name) => name.endsWith('.js'));
  expect(first.filter((path) => !scripts.some((name) => path.endsWith(name)))).toEqual([]);
  const fonts = asked.filter((name) => name.endsWith('.woff2'));
  expect(fonts).toHaveLength(1);
  expect(statSync(join(DIST, fonts[0]!)).size).toBeLessThanOrEqual(34 * KIB);
  server.closeAllConnections();
  server.close();
});

test('the first view of the sandbox needs at most 64 KiB, and neither editor proper, drawing nor cluster', async ({
  page,
}) => {
  const first = sandboxView();
  expect(weighed('first view of the sandbox', first)).toBeLessThanOrEqual(64 * KIB);
  const { server, url } = await serve(DIST, { port: 0 });
  await openWithOnly(page, `${url}#/sandbox`, first);
  await expect(page.getByRole('banner')).toBeVisible();
  await expect(page.getByRole('textbox', { name: /YAML/ })).toBeVisible();
  server.closeAllConnections();
  server.close();
});

test('kubectl comes with the first command, and its size is told', async ({ page }) => {
  const { server, url } = await serve(DIST, { port: 0 });
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(new URL(request.url()).pathname.slice(1)));
  await page.goto(sandboxAt(url));
  await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await page.waitForLoadState('networkidle');
  const before = new Set(asked);
  await page.getByRole('textbox', { name: 'Command line' }).fill('kubectl get nodes');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log').first()).toContainText('gpu-t4-1');
  const came = [...asked].filter((name) => name.endsWith('.js') && !before.has(name));
  expect(came.length).toBeGreaterThan(0);
  expect(
    weighed(
      'kubectl',
      came.map((name) => join(DIST, name)),
    ),
  ).toBeLessThanOrEqual(150 * KIB);
  server.closeAllConnections();
  server.close();
});

test('no chunk compiles code from text', () => {
  expect(scripts().length).toBeGreaterThan(5);
  const found = scripts().flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?:\beval\s*\(|\bnew\s+Function\b|[^.\w$]Function\s*\().{0,60}/g)].map(
      ([text]) => `${path}: ${text}`,
    ),
  );
  expect(found).toEqual([]);
});

test('the policy is as strict in the page as in the headers', () => {
  const meta = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(read('index.html'))?.[1] ?? '';
  const header = /Content-Security-Policy: (.*)/.exec(read('_headers'))?.[1] ?? '';
  const directives = (policy: string): string[] =>
    policy
      .split(';')
      .map((directive) => directive.trim())
      .filter(Boolean)
      .sort();
  expect(directives(meta)).toEqual(directives(header));
  expect(directives(meta)).toContain("default-src 'none'");
  expect(meta).not.toMatch(/'unsafe-eval'|https?:|\*/);
  expect(/script-src ([^;]*)/.exec(meta)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
});

test('nothing in the build names an address outside it to load from', () => {
  const absolute = files(DIST)
    .filter((name) => /\.(html|css)$/.test(name))
    .flatMap((name) =>
      [
        ...readFileSync(name, 'utf8').matchAll(
          /(?:src|href)="(?:https?:)?\/[^"]*"|url\(["']?(?:https?:)?\/[^)]*\)|@import\s+["']?https?:/g,
        ),
      ].map(([text]) => `${name}: ${text}`),
    );
  expect(absolute).toEqual([]);
});

test('works from any folder, and asks no other host for anything', async ({ page }) => {
  const { server, url } = await serve(DIST, { port: 0, base: '/some/where/deep/' });
  const foreign: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(sandboxAt(url));
  await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await page.getByRole('textbox', { name: 'Command line' }).fill('kubectl get nodes');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log').first()).toContainText('gpu-t4-1');
  await richEditor(page);
  expect({ foreign, problems }).toEqual({ foreign: [], problems: [] });
  server.closeAllConnections();
  server.close();
});

test('npm start serves the site and prints its address', async ({ page }) => {
  test.setTimeout(180_000);
  const child = spawn(process.execPath, ['src/cli/launch/start.mjs'], {
    cwd: ROOT,
    env: { ...process.env, CI: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
        const address = /Podium: (http:\/\/\S+)/.exec(said)?.[1];
        if (address) resolve(address);
      });
      child.on('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    });
    const response = await page.goto(url);
    expect(response?.headers()['content-security-policy']).toContain("default-src 'none'");
    await page.getByRole('link', { name: 'Open the sandbox' }).click();
    await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  } finally {
    child.kill();
  }
});
