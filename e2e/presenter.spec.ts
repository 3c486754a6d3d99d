import { rememberWorkers, tell, CONFIG_MAPS, configMap } from './door';
import { expect, expectAccessible, test } from './fixtures';

test.beforeEach(({ context }) => rememberWorkers(context));

const DOWN = { type: 'NodeDown', node: 'cpu-2' };

test.describe('on a projector', () => {
  test.use({ viewport: { width: 1920, height: 1200 } });

  test('P shows the stage alone and larger, and G E and G I bring the other panes back', async ({ sandbox }) => {
    const { page } = sandbox;
    const ask = page.getByRole('region', { name: 'Ask' });
    const name = sandbox.thing('nodes//cpu-1');
    const heightOf = async (): Promise<number> => (await name.boundingBox())!.height;
    await expect(name).toBeVisible();
    const before = { height: await heightOf(), stage: (await sandbox.stage.boundingBox())!.width };
    await sandbox.stage.locator('.view').focus();
    await page.keyboard.press('p');
    await expect(page.getByRole('button', { name: 'Present', exact: true })).toHaveAttribute('aria-pressed', 'true');
    await expect(ask).toBeHidden();
    await expect(sandbox.inspector).toBeHidden();
    expect((await sandbox.stage.boundingBox())!.width).toBe(1920);
    await expect.poll(async () => (await heightOf()) / before.height).toBeGreaterThan(1.35);
    expect(await page.locator('.page').evaluate((one) => getComputedStyle(one).cursor)).toContain("width='28'");
    await expect(page.getByRole('contentinfo', { name: 'When' })).toBeVisible();

    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await expect(sandbox.inspector).toBeVisible();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await expect(ask).toBeVisible();
    const lines = await sandbox.richEditor();
    await expect.poll(() => lines.evaluate((one) => getComputedStyle(one).fontSize)).toBe('18.2px');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Present', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Present', exact: true })).toHaveAttribute('aria-pressed', 'false');
    await expect.poll(async () => (await sandbox.stage.boundingBox())!.width).toBe(before.stage);
  });
});

test('Page Up and Page Down go through the marked moments, which the caption names; X blanks the stage', async ({
  sandbox,
}) => {
  const { page } = sandbox;
  await tell(page, 'POST', '/podium/v1/time', { speed: 0 });
  await tell(page, 'POST', CONFIG_MAPS, configMap('first'));
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 10_000 });
  await tell(page, 'POST', '/podium/v1/faults', DOWN);
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 10_000 });
  const slider = page.getByRole('slider', { name: 'Time' });
  const bar = page.locator('.caption-bar');
  const endS = Number(await slider.getAttribute('aria-valuenow'));
  await sandbox.stage.locator('.view').focus();
  await page.keyboard.press('p');
  await expect(bar).toBeVisible();
  expect(await bar.locator('p').evaluate((one) => getComputedStyle(one).fontSize)).toBe('24px');
  await page.keyboard.press('PageUp');
  await expect(bar).toContainText('cpu-2');
  const faultS = Number(await slider.getAttribute('aria-valuenow'));
  expect(faultS).toBeLessThan(endS + 11);
  await page.keyboard.press('PageUp');
  await expect(bar).toContainText('first');
  await page.keyboard.press('PageDown');
  await expect(bar).toContainText('cpu-2');

  await page.keyboard.press('x');
  const inMiddle = (): Promise<string> =>
    page.evaluate(() => document.elementFromPoint(window.innerWidth / 2, 300)?.className.toString() ?? '');
  await expect.poll(inMiddle).toContain('blank');
  await page.keyboard.press('x');
  await expect.poll(inMiddle).not.toContain('blank');
});

test('what happens is said in the caption below the stage, not over it', async ({ sandbox }) => {
  const { page } = sandbox;
  await page.getByRole('button', { name: 'Present', exact: true }).click();
  await tell(page, 'POST', '/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'hello' },
    spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
  });
  await expect(page.locator('.caption-bar')).toContainText(/scheduler|kubelet|hello/i);
  await expect(sandbox.stage.locator('button.caption')).toBeHidden();
});
