import { devices } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST, rememberWorkers } from './door';
import { expectAccessible, expect, test, troublesOf } from './fixtures';
import { KeyboardHands, MouseHands, ThumbHands } from './hands';
import { Learner } from './learner';

test.describe.configure({ timeout: 420_000 });
test.use({ actionTimeout: 30_000 });

const LESSONS = readdirSync('lessons', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/* Each is worked through with the mouse; some by keys alone, some with a thumb on a phone. */
const BY_KEYS = ['01-read-the-map', '03-break-it', '07-keep-out'];
const BY_THUMB = ['02-declare', '04-who-does-what'];
/* What `npm test` has time for. */
const SHORT = ['01-read-the-map by keys alone', '02-declare on a phone'];
const tagOf = (title: string): { tag: string[] } => ({ tag: SHORT.includes(title) ? [] : ['@long'] });

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

for (const slug of LESSONS) {
  test(slug, tagOf(slug), async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await rememberWorkers(page);
    const troubles = troublesOf(page);
    await page.goto(`${site}#/lesson/${slug}`);
    const learner = await Learner.before(page, slug, new MouseHands(page));
    await learner.work(async (number) => {
      if (number <= 2) await expectAccessible(page);
    });
    await expectAccessible(page);
    expect(troubles).toEqual([]);
  });
}

for (const slug of BY_KEYS) {
  const title = `${slug} by keys alone`;
  test(title, tagOf(title), async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await rememberWorkers(page);
    await page.goto(`${site}#/lesson/${slug}`);
    const learner = await Learner.before(page, slug, new KeyboardHands(page));
    await learner.work();
  });
}

for (const slug of BY_THUMB) {
  const title = `${slug} on a phone`;
  test(title, tagOf(title), async ({ browser }) => {
    const { userAgent } = devices['Pixel 7'];
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      userAgent,
    });
    const page = await context.newPage();
    await rememberWorkers(page);
    await page.goto(`${site}#/lesson/${slug}`);
    const learner = await Learner.before(page, slug, new ThumbHands(page));
    await learner.work();
    await expectAccessible(page);
    await context.close();
  });
}
