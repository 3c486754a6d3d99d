import type { Locator, Page } from '@playwright/test';
import { CONFIG_MAPS, configMap, documentOf, fragmentOf, names, rememberWorkers, sandboxAt, tell } from './door';
import { expect, expectAccessible, test as base, troublesOf } from './fixtures';
import { textTroubles } from './text-boxes';

/** Home, opened, and what the console said meanwhile. */
const test = base.extend<{ home: Home }>({
  home: async ({ page, site }, use) => {
    const problems = troublesOf(page);
    await page.goto(site);
    await use(new Home(page));
    expect(problems).toEqual([]);
  },
});

class Home {
  constructor(readonly page: Page) {}

  get kill(): Locator {
    return this.page.getByRole('button', { name: 'Kill a Pod' });
  }

  get pods(): Locator {
    return this.page.getByRole('button', { name: /^Kill Pod infer-/ });
  }

  /** Names of the Pods on the picture. */
  async names(): Promise<string[]> {
    const labels = await this.pods.evaluateAll((pods) => pods.map((pod) => pod.getAttribute('aria-label') ?? ''));
    return labels.map((label) => /infer-\w+/.exec(label)?.[0] ?? '').sort();
  }
}

/** Colours that are on their way have arrived: in between they may have too little contrast for a moment. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() =>
    Promise.allSettled(document.getAnimations().flatMap((one) => (one instanceof CSSTransition ? [one.finished] : []))),
  );
}

test('within ten seconds of arriving a Pod is killed, and replaced by another of the same kind', async ({ home }) => {
  const { page } = home;
  const arrived = Date.now();
  await expect(home.kill).toBeEnabled({ timeout: 5_000 });
  const before = await home.names();
  expect(before).toHaveLength(3);
  await home.kill.click();
  const said = page.locator('.say');
  await expect(said).toContainText(/wants 3 and has 2, so it asks for one more/);
  await expect(said).toContainText(/^infer-\w+ runs on cpu-\d\. New name, same count: that is self-healing\.$/);
  expect(Date.now() - arrived).toBeLessThan(10_000);
  await expect(page.getByRole('link', { name: /^Start lesson 1, \d+ minutes$/ })).toBeVisible();
  const after = await home.names();
  expect(after).toHaveLength(3);
  expect(after.filter((name) => before.includes(name))).toHaveLength(2);
  await expect(said).toContainText(after.find((name) => !before.includes(name))!);
});

test('each Pod is a button that kills that Pod, by keyboard too', async ({ home }) => {
  const { page } = home;
  await expect(home.kill).toBeEnabled();
  const victim = home.pods.nth(1);
  const label = (await victim.getAttribute('aria-label')) ?? '';
  const name = /infer-\w+/.exec(label)![0];
  await victim.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.say')).toHaveText(`You deleted ${name}. Nobody repairs it.`);
  await expect(page.getByRole('button', { name: label })).toHaveCount(0, { timeout: 10_000 });
  await expect(page.locator('.say')).toContainText('self-healing');
  await expect(home.pods).toHaveCount(3);
});

test('what is killed here does not touch the sandbox, and nothing of it is stored', async ({ context, site, page }) => {
  await rememberWorkers(context);
  await page.goto(sandboxAt(site));
  await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  await tell(page, 'POST', CONFIG_MAPS, configMap('mine'));
  await page.getByRole('link', { name: 'Podium, home' }).click();
  const home = new Home(page);
  await expect(home.kill).toBeEnabled();
  await home.kill.click();
  await expect(page.locator('.say')).toContainText('self-healing');
  const stored = await page.evaluate(
    () =>
      new Promise<IDBValidKey[]>((resolve, reject) => {
        const open = indexedDB.open('podium');
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const keys = open.result.transaction('heads').objectStore('heads').getAllKeys();
          keys.onsuccess = () => (open.result.close(), resolve(keys.result));
        };
      }),
  );
  expect(stored).toEqual(['sandbox']);

  /* Whoever comes again finds their own cluster first. */
  const onwards = page.getByRole('link', { name: 'Continue your cluster' });
  await expect(onwards).toBeVisible();
  await onwards.click();
  await expect(page).toHaveURL(sandboxAt(site));
  await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  expect(await names(page, CONFIG_MAPS)).toContain('mine');
});

test('two tabs of Home each have a cluster of their own', { tag: '@long' }, async ({ home, context, site }) => {
  const second = new Home(await context.newPage());
  await second.page.goto(site);
  for (const one of [second, home]) {
    await one.page.bringToFront();
    await expect(one.kill).toBeEnabled();
    await one.kill.click();
    await expect(one.page.locator('.say')).toContainText('self-healing');
  }
});

test('a link to a cluster opens it in the sandbox, and Back leads home', async ({ home, site }) => {
  const { page } = home;
  await expect(home.kill).toBeVisible();
  await page.evaluate((hash) => (window.location.hash = hash), fragmentOf(documentOf('laptop')));
  await expect(page.getByText('Shared cluster')).toBeVisible({ timeout: 30_000 });
  await page.goBack();
  await expect(home.kill).toBeEnabled();
  await expect(page).toHaveURL(site);
});

test('says in words when its worker cannot be loaded', async ({ page, site }) => {
  await page.route(/simulator\.worker/, (route) => route.abort());
  await page.goto(site);
  await expect(page.locator('.say')).toContainText('The simulation does not run', { timeout: 10_000 });
  await expect(page.getByRole('button', { name: 'Kill a Pod' })).toBeDisabled();
});

test('the eighteen lessons are listed in order; those that are written open, the others do not pretend to', async ({
  home,
}) => {
  const lessons = home.page.getByRole('region', { name: 'Eighteen lessons' });
  const items = lessons.getByRole('listitem');
  await expect(items).toHaveCount(18);
  await expect(items.first()).toHaveText(/Read the map\s*5 min/);
  await expect(items.last()).toHaveText(/Three in the morning\s*coming/);
  const coming = await items.filter({ hasText: 'coming' }).count();
  await expect(lessons.getByRole('link')).toHaveCount(18 - coming);
  await expect(items.filter({ hasText: 'coming' }).getByRole('link')).toHaveCount(0);
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('no message flies, and every sentence is said', async ({ home }) => {
    await expect(home.kill).toBeEnabled();
    await home.kill.click();
    for (const words of [/Nobody repairs it/, /asks for one more/, /self-healing/]) {
      await expect(home.page.locator('.say')).toContainText(words);
      await expect(home.page.locator('.home-stage .dot')).toHaveCount(0);
    }
  });
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [390, 1024, 1440]) {
    const tag = scheme === 'light' && width === 1440 ? [] : '@long';
    test.describe(`${scheme}, ${width} px wide`, { tag }, () => {
      test.use({ colorScheme: scheme, viewport: { width, height: 844 } });

      test('axe finds nothing, at first and while a Pod is replaced', async ({ home }) => {
        await expect(home.kill).toBeEnabled();
        await settled(home.page);
        await expectAccessible(home.page);
        await home.kill.click();
        await settled(home.page);
        await expectAccessible(home.page);
      });
    });
  }
}

for (const width of [320, 390, 760, 1024, 1280, 1440, 1920, 2560]) {
  test.describe(`${width} px wide`, { tag: width === 390 ? [] : '@long' }, () => {
    test.use({ viewport: { width, height: 900 } });

    test('no text is cut or over another, whatever is said', async ({ home }) => {
      await expect(home.kill).toBeEnabled();
      expect(await textTroubles(home.page)).toEqual([]);
      await home.kill.click();
      const troubles = new Set<string>();
      while (!(await home.page.locator('.say').textContent())?.includes('self-healing')) {
        for (const trouble of await textTroubles(home.page)) troubles.add(trouble);
      }
      expect([...troubles]).toEqual([]);
    });
  });
}
