import type { Page } from '@playwright/test';
import { rememberWorkers, tell } from './door';
import { expect, expectAccessible, starter, test, tolerant } from './fixtures';

/** Applies YAML's objects past the editor: these tests are about what is then shown. */
async function applied(page: Page, text: string): Promise<void> {
  const claims = '/api/v1/namespaces/default/persistentvolumeclaims';
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  for (const part of text.split(/^---$/m)) await tell(page, 'POST', /^kind: Job$/m.test(part) ? jobs : claims, part);
}

test.beforeEach(({ context }) => rememberWorkers(context));

for (const scheme of ['light', 'dark'] as const) {
  test.describe(`in the ${scheme} theme`, { tag: scheme === 'dark' ? '@long' : [] }, () => {
    test.use({ colorScheme: scheme });

    test('axe finds nothing on the empty page, in the palette, in the help and in the share menu', async ({
      sandbox,
    }) => {
      const { page } = sandbox;
      await sandbox.richEditor();
      await expectAccessible(page);
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Keys and help' }).click();
      await expect(page.getByRole('button', { name: 'Keys and help' })).toHaveAttribute('aria-expanded', 'true');
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Share' }).click();
      await expect(page.getByRole('button', { name: 'Copy link' })).toBeVisible();
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Cluster', exact: true }).click();
      await expect(page.getByRole('group', { name: 'Pool cpu' })).toBeVisible();
      await expectAccessible(page);
    });

    test(
      'axe finds nothing while a Pod is pending, in any tab of the inspector',
      { tag: '@long' },
      async ({ sandbox }) => {
        const { page } = sandbox;
        await applied(page, starter('train-job.yaml'));
        await expect(sandbox.thing('pods/default/train-sgd')).toBeVisible();
        await sandbox.inspect('pods/default/train-sgd', 'Why');
        for (const tab of await sandbox.inspector.getByRole('tab').all()) {
          await tab.click();
          await expect(tab).toHaveAttribute('aria-selected', 'true');
          await expectAccessible(page);
        }
      },
    );

    test('axe finds nothing while a model trains, and when one looks back', { tag: '@long' }, async ({ sandbox }) => {
      const { page } = sandbox;
      await applied(page, tolerant());
      const training = await sandbox.openTraining('Job train-sgd');
      await expect(training.getByText(/^(WebGL, real computation|WASM|CPU)$/)).toBeVisible({ timeout: 60_000 });
      await expectAccessible(page);
      await tell(page, 'POST', '/podium/v1/time', { rewindMs: 2_000 });
      await expect(page.getByText(/^Looking at \d/).first()).toBeVisible();
      await expectAccessible(page);
    });
  });
}

for (const [device, viewport] of Object.entries({
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  'phone on its side': { width: 844, height: 390 },
})) {
  test.describe(`on a ${device}`, { tag: '@long' }, () => {
    test.use({ viewport });

    test('axe finds nothing, and nothing is wider than the screen', async ({ sandbox }) => {
      const { page } = sandbox;
      await applied(page, starter('train-job.yaml'));
      await expect(sandbox.thing('pods/default/train-sgd')).toBeAttached();
      for (const tab of await page.getByRole('navigation', { name: 'Panes' }).getByRole('tab').all()) {
        await tab.click();
        await expectAccessible(page);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
    });
  });
}

test('with the keyboard alone: apply, look at the Pod, and ask why it waits', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.richEditor();
  /* Tab reaches the editor; Ctrl Enter applies what is in it. */
  const inEditor = (): Promise<boolean> =>
    page.evaluate(
      () =>
        document.activeElement?.closest('#editor-pane') !== null &&
        document.activeElement?.tagName !== 'BUTTON' &&
        document.activeElement !== document.body,
    );
  for (let presses = 0; presses < 40 && !(await inEditor()); presses++) await page.keyboard.press('Tab');
  expect(await inEditor()).toBe(true);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(sandbox.output).toContainText('job.batch/train-sgd created');
  await expect(sandbox.thing('pods/default/train-sgd')).toBeVisible();
  /* Monaco keeps Tab to itself; F6 goes from region to region. */
  const onStage = (): Promise<boolean> => page.evaluate(() => document.activeElement?.closest('main') !== null);
  for (let presses = 0; presses < 6 && !(await onStage()); presses++) await page.keyboard.press('F6');
  expect(await onStage()).toBe(true);
  /* From the first node up to the trunk and the scheduler, and down to the Pod that waits for it. */
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.closest('[data-ref]')?.getAttribute('data-ref') ?? '');
  for (const key of ['ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowDown']) await page.keyboard.press(key);
  await expect.poll(focused).toMatch(/^pods\/default\/train-sgd/);
  await page.keyboard.press('Enter');
  await expect(sandbox.inspector.getByRole('tab', { name: 'Overview' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('w');
  await expect(sandbox.inspector).toContainText(/untolerated taint|didn't tolerate|Insufficient nvidia\.com\/gpu/);
});

test('no focus is trapped: Tab leaves the terminal and every overlay, and Escape gives the focus back', async ({
  sandbox,
}) => {
  const { page } = sandbox;
  const opener = page.getByRole('button', { name: 'Keys and help' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(opener).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Escape');
  await expect(opener).toHaveAttribute('aria-expanded', 'false');
  await expect(opener).toBeFocused();
  await sandbox.terminal.focus();
  await page.keyboard.press('Tab');
  await expect(sandbox.terminal).not.toBeFocused();
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('nothing moves, and everything still arrives', async ({ sandbox }) => {
    const { page } = sandbox;
    await applied(page, tolerant());
    await expect(sandbox.thing('pods/default/train-sgd')).toBeVisible();
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter(
          (animation) =>
            animation.playState === 'running' && Number(animation.effect?.getComputedTiming().duration ?? 0) > 10,
        )
        .filter((animation) =>
          (animation.effect as KeyframeEffect)
            .getKeyframes()
            .some((frame) => 'transform' in frame || 'offsetDistance' in frame || 'translate' in frame),
        )
        .map((animation) => (animation.effect as KeyframeEffect).target?.className ?? ''),
    );
    expect(moving).toEqual([]);
    const training = await sandbox.openTraining('Job train-sgd');
    await expect(training.getByText(/^(WebGL, real computation|WASM|CPU)$/)).toBeVisible({ timeout: 60_000 });
  });
});
