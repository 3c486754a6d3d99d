import { deployment, DEPLOYMENTS, documentOf, fragmentOf, rememberWorkers, tell } from './door';
import { expect, expectAccessible, Sandbox, test } from './fixtures';
import { startPods } from './measure';

const PODS = 600;

/** Above a few Pods the stage is a crowd on a canvas; whoever comes near finds names, keys and words as ever. */
test('200 nodes are a crowd from afar and have their names from near', { tag: '@long' }, async ({ page, site }) => {
  test.setTimeout(180_000);
  await rememberWorkers(page);
  const sandbox = new Sandbox(page, site);
  await page.goto(site + fragmentOf(documentOf('pool:200xlarge')));
  const scene = page.locator('svg.scene');
  await expect(scene).toBeVisible({ timeout: 60_000 });
  await startPods(page, 'many', PODS, 120_000);
  const pods = scene.locator('[data-ref^="pods/default/many"]');
  await expect(page.locator('.stage canvas')).toBeVisible();
  await expect(page.getByText(`200 nodes, ${PODS} Pods`)).toBeVisible();
  await expect(pods).toHaveCount(0);

  /* A click finds the node that is painted there; the keyboard goes on from it, in words. */
  const view = page.locator('.stage .view').first();
  const box = (await view.boundingBox())!;
  await view.press('ArrowDown');
  const focused = scene.locator(':focus');
  await expect(focused).toHaveAttribute('aria-label', /^Node large-\d+: Ready, /);
  await page.keyboard.press('ArrowDown');
  await expect(focused).toHaveAttribute('aria-label', /^Pod many-.*: Running on large-/);
  await page.keyboard.press('t');
  await expect(page.getByText('nodes 1 to 40 of 200')).toBeVisible();
  await page.getByRole('button', { name: 'Next Pods' }).click();
  await expect(page.getByText(`Pods 41 to 80 of ${PODS}`)).toBeVisible();
  await page.getByRole('button', { name: /^Back to the stage/ }).click();

  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.45);
  await expect(async () => {
    await page.mouse.wheel(0, -400);
    await expect(pods.first()).toBeVisible({ timeout: 300 });
    await expect(scene.locator('.podname', { hasText: /^many-/ }).first()).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 30_000 });
  await expect(page.locator('.stage canvas')).toHaveCount(0);
  await expectAccessible(page);
  await view.press('0');
  await expect(page.locator('.stage canvas')).toBeVisible();
  await expect(pods).toHaveCount(0);
  expect(sandbox.problems).toEqual([]);
});

test('a moment reached by going back to it is drawn as it was when it was played', async ({ page, site }) => {
  await rememberWorkers(page);
  await page.goto(site + fragmentOf(documentOf('ml')));
  const scene = page.locator('svg.scene');
  await expect(scene).toBeVisible({ timeout: 60_000 });
  await tell(page, 'POST', DEPLOYMENTS, deployment('some', 4));
  await tell(page, 'POST', '/podium/v1/time', { speed: 0 });
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 40_000 });
  const drawn = (): Promise<string> =>
    scene.evaluate((element) => element.innerHTML.replaceAll(/<!--.*?-->| class=""/g, '').replaceAll('><', '>\n<'));
  await expect(scene.locator('[data-ref^="pods/default/some"]')).toHaveCount(4);
  const { metadata } = await tell<{ metadata: { resourceVersion: string } }>(page, 'GET', DEPLOYMENTS);
  let played = '';
  await expect
    .poll(
      async () => {
        const before = played;
        played = await drawn();
        /* On a machine that is busy the picture may stand before it has come to the moment. */
        return before === played && played.includes(`etcd: revision ${metadata.resourceVersion},`);
      },
      { intervals: [500] },
    )
    .toBe(true);
  const { atMs } = await tell<{ atMs: number }>(page, 'GET', '/podium/v1/time');
  /* What is written at a moment is part of it. */
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 1_000 });
  await tell(page, 'DELETE', `${DEPLOYMENTS}/some`);
  await tell(page, 'POST', '/podium/v1/time', { advanceMs: 60_000 });
  await expect(scene.locator('[data-ref^="pods/default/some"]')).toHaveCount(0);
  await tell(page, 'POST', '/podium/v1/time', { rewindMs: atMs });
  await expect.poll(drawn).toBe(played);
});
