import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expect, expectAccessible, test } from './fixtures';
import { serve } from '../src/cli/launch/serve.mjs';
import { DIST } from './door';

test.describe.configure({ timeout: 180_000 });

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

const next = (page: Page): Promise<void> => page.getByRole('button', { name: 'Next', exact: true }).click();
const goal = (page: Page, title: string): ReturnType<Page['locator']> =>
  page.getByRole('list', { name: 'Goals' }).getByRole('listitem').filter({ hasText: title });
const pods = (page: Page): ReturnType<Page['locator']> =>
  page.locator('main .view').getByRole('button', { name: /^Pod web-/ });

async function type(page: Page, line: string): Promise<void> {
  const prompt = page.getByRole('textbox', { name: 'Command' });
  if (!(await prompt.isVisible())) await page.getByRole('tab', { name: 'kubectl' }).first().click();
  await prompt.fill(line);
  await prompt.press('Enter');
}

test('Break it is found at home, worked through, kept over a reload, and ends with a recap', async ({ page }) => {
  await page.goto(site);
  await page.getByRole('link', { name: 'Break it' }).click();
  await expect(page.getByRole('heading', { name: 'Three Pods, one wish' })).toBeVisible();
  await expect(pods(page)).toHaveCount(3, { timeout: 60_000 });
  await expectAccessible(page);
  await page.getByRole('button', { name: 'ReplicaSet', exact: true }).click();
  await expect(page.getByRole('note')).toContainText('ReplicaSet.');
  await page.getByRole('button', { name: 'The same Pod comes back' }).click();
  await expect(page.getByText('Your run will answer.')).toBeVisible();

  await next(page);
  await expect(goal(page, 'A deleted Pod is replaced')).toContainText('Not yet: all 3 Pods are still there.');
  const name = /web-\S+(?=:)/.exec((await pods(page).first().getAttribute('aria-label')) ?? '')![0];
  await type(page, `kubectl delete pod ${name}`);
  await expect(goal(page, 'A deleted Pod is replaced')).toContainText(', met', { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Prediction' })).toContainText('A deleted Pod never comes back.');

  await page.reload();
  await expect(page.getByRole('heading', { name: 'Delete one' })).toBeVisible();
  await expect(goal(page, 'A deleted Pod is replaced')).toContainText(', met', { timeout: 60_000 });

  await next(page);
  await page.getByRole('button', { name: 'Hint, 1 of 3' }).click();
  await expect(page.getByText('How can a container end without its Pod going?')).toBeVisible();
  /* Not the one that is still seen to go. */
  await pods(page).filter({ hasNotText: name }).last().click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Kill its container/ }).click();
  await expect(goal(page, 'A killed container runs again in its Pod')).toContainText(', met', { timeout: 60_000 });

  await next(page);
  await type(page, 'kubectl scale deployment web --replicas=5');
  await expect(goal(page, 'Five Pods are Ready')).toContainText(', met', { timeout: 60_000 });
  await next(page);
  await type(page, 'kubectl delete pod --all --wait=false');
  await expect(goal(page, 'A Pod deleted against the wish comes back')).toContainText(', met', { timeout: 60_000 });
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect(page.getByRole('heading', { name: /^You declare how many/ })).toBeVisible();
  await expect(page.getByText('It came otherwise.')).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByRole('link', { name: /^Next: Who does what/ })).toBeVisible();

  await page.goto(site);
  await expect(page.getByRole('listitem').filter({ hasText: 'Break it' })).toContainText('done');
});

test('how it is done is shown on a branch, and the learner’s own cluster comes back', async ({ page }) => {
  await page.goto(`${site}#/lesson/03-break-it`);
  await expect(pods(page)).toHaveCount(3, { timeout: 60_000 });
  const before = await pods(page).evaluateAll((found) => found.map((one) => one.getAttribute('aria-label')));
  await next(page);
  await page.getByRole('button', { name: 'Show me' }).click();
  await expect(page.getByText('This is one way to do it.')).toBeVisible();
  await expect(page.getByText('This was one way to do it.')).toBeVisible({ timeout: 90_000 });
  expect(await pods(page).evaluateAll((found) => found.map((one) => one.getAttribute('aria-label')))).not.toEqual(
    before,
  );
  await page.getByRole('button', { name: 'Back to your own' }).click();
  await expect
    .poll(() => pods(page).evaluateAll((found) => found.map((one) => one.getAttribute('aria-label'))))
    .toEqual(before);
  await expect(goal(page, 'A deleted Pod is replaced')).toContainText('Not yet');
});

test('every lesson that is written comes to its start, a training among them', async ({ page }) => {
  await page.goto(site);
  const links = page.getByRole('region', { name: 'Eighteen lessons' }).getByRole('link');
  const addresses = await links.evaluateAll((found) => found.map((one) => one.getAttribute('href')!));
  expect(addresses.length).toBeGreaterThanOrEqual(8);
  for (const address of addresses) {
    await page.goto(`${site}${address}`);
    const pane = page.locator(`[data-lesson="${address.split('/').at(-1)}"]`);
    await expect(pane.getByRole('button', { name: 'Start the lesson over' }), address).toBeVisible({ timeout: 60_000 });
  }
});

test('a lesson that does not exist says so, and every lesson opens on a phone', async ({ page }) => {
  await page.goto(`${site}#/lesson/99-nothing`);
  await expect(page.getByRole('alert')).toContainText('There is no such lesson.');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${site}#/lesson/07-keep-out`);
  await expect(page.getByRole('tab', { name: 'Lesson' })).toHaveAttribute('aria-selected', 'true');
  const [, title] = /^# (.*)$/m.exec(readFileSync('lessons/07-keep-out/lesson.md', 'utf8'))!;
  await expect(page.getByRole('heading', { name: title!, exact: true })).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
});

test('a node on the stage answers a prediction, and the last hint can be taken over', async ({ page }) => {
  await page.goto(`${site}#/lesson/08-the-ticket`);
  await expect(page.getByText('click one on the stage')).toBeVisible({ timeout: 60_000 });
  const node = page.locator('main [data-ref="nodes//gpu-a100-1"]').first();
  await node.click({ position: { x: 90, y: 12 } });
  await expect(page.getByText('You predicted: gpu-a100-1')).toBeVisible();
  await expect(page.locator('main .view').getByText('your prediction')).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Overview' })).toBeHidden();
  await node.click({ position: { x: 90, y: 12 } });
  await expect(page.getByRole('complementary', { name: 'Why' })).toContainText('gpu-a100-1');

  await next(page);
  await page.locator('main .view').focus();
  for (let rung = 0; rung < 3; rung++) await page.keyboard.press('h');
  const lines = page.getByLabel('Changes of train.yaml');
  await expect(lines).toContainText('+ tolerations:');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Write it into train.yaml' }).click();
  await expect(page.getByText('lines differ')).toBeVisible();
  await expect(lines).toBeHidden();
  await page.getByRole('button', { name: /^Apply/ }).click();
  await page.getByRole('button', { name: /^Replace/ }).click();
  await expect(goal(page, 'The Pod tolerates the GPU taint')).toContainText(', met', { timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Prediction' })).toContainText('cpu-3');
  await expect(page.locator('footer .mark.goal')).toHaveCount(1);
});

test('a lesson begins with the same cluster on a slow machine', async ({ page, browser }) => {
  const address = `${site}#/lesson/08-the-ticket`;
  /* The stage comes after the lesson, and its cards one by one: they are all there when there are no more. */
  const begun = async (one: Page): Promise<string[]> => {
    await one.goto(address);
    await expect(one.getByRole('button', { name: 'Start the lesson over' })).toBeVisible({ timeout: 90_000 });
    const things = one.locator('main .view').getByRole('button', { name: /^Pod / });
    await expect(things.first()).toBeVisible();
    let count = -1;
    await expect
      .poll(async () => count === (count = await things.count()), { intervals: [1_000], timeout: 30_000 })
      .toBe(true);
    return things.evaluateAll((found) => found.map((each) => each.getAttribute('aria-label')!.split(':')[0]!).sort());
  };
  const quick = await begun(page);
  const context = await browser.newContext();
  const slow = await context.newPage();
  await (await context.newCDPSession(slow)).send('Emulation.setCPUThrottlingRate', { rate: 4 });
  expect(quick.length).toBeGreaterThan(5);
  expect(await begun(slow)).toEqual(quick);
  await context.close();
});

test('who knows a lesson skips it, and progress goes to another machine as a file', async ({ page, browser }) => {
  await page.goto(`${site}#/lesson/03-break-it`);
  await page.getByText('You know this already?').click({ timeout: 60_000 });
  for (const question of await page.locator('details').last().getByRole('group').all()) {
    const ask = await question.locator('.ask').textContent();
    const { choices } = skipQuestions('03-break-it').find((one) => one.ask === ask)!;
    await question.getByRole('button', { name: choices.find(({ right }) => right)!.text }).click();
  }
  await expect(page.getByText('It counts as done.')).toBeVisible();

  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox', { name: 'Find or run anything' }).fill('lesson break');
  await expect(page.getByRole('option', { selected: true })).toContainText('Lesson 3: Break it');
  await expect(page.getByRole('option', { selected: true })).toContainText('done');

  await page.goto(site);
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save it as a file' }).click();
  const path = await (await saving).path();
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(site);
  await other.getByLabel('Load progress').setInputFiles(path);
  await expect(other.getByRole('listitem').filter({ hasText: 'Break it' })).toContainText('done');
  await other.getByLabel('Load progress').setInputFiles({ name: 'x.json', mimeType: '', buffer: Buffer.from('[]') });
  await expect(other.getByText('This file holds no progress of Podium’s lessons.')).toBeVisible();
  await expect(other.getByRole('listitem').filter({ hasText: 'Break it' })).toContainText('done');
  await context.close();
});

function skipQuestions(slug: string): { ask: string; choices: { text: string; right?: boolean }[] }[] {
  return (parse(readFileSync(`lessons/${slug}/goal.yaml`, 'utf8')) as { skip: ReturnType<typeof skipQuestions> }).skip;
}
