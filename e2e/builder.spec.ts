import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, test, troublesOf } from './fixtures';
import { readLessonArchive } from '../src/lesson/archive/lesson-archive';

/** A lesson is made of what somebody plays, goes out as a zip, and comes in again by being dropped or chosen. */

test.describe.configure({ timeout: 180_000 });

async function type(page: Page, line: string): Promise<void> {
  const prompt = page.getByRole('textbox', { name: 'Command' });
  await prompt.fill(line);
  await prompt.press('Enter');
}

/** Drops a file on the page, as the browser tells of it. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([file, text]) => {
      const given = new DataTransfer();
      const binary = atob(text!);
      given.items.add(new File([Uint8Array.from(binary, (one) => one.charCodeAt(0))], file!));
      return given;
    },
    [name, bytes.toString('base64')],
  );
  for (const event of ['dragover', 'drop']) await page.dispatchEvent('body', event, { dataTransfer: transfer });
}

test('a lesson is made by playing, exported, dropped on the page and done', async ({ sandbox }) => {
  const { page } = sandbox;
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Find or run anything' })).toBeFocused();
  await page.keyboard.insertText('Make a lesson');
  await expect(page.getByRole('option', { selected: true })).toContainText('Make a lesson');
  await page.keyboard.press('Enter');
  const builder = page.getByRole('region', { name: 'Make a lesson' });
  await builder.getByRole('button', { name: 'Mark start', exact: true }).click();
  await expect(builder).toContainText('Now do what a learner should do');
  await type(page, 'kubectl create deployment web --image=nginx --replicas=3');
  await expect(sandbox.stage.getByRole('button', { name: /^Pod web-.*Running/ })).toHaveCount(3, { timeout: 60_000 });
  await page.waitForTimeout(3_000);
  await builder.getByRole('button', { name: 'Mark goal' }).click();
  await expect(builder.getByRole('checkbox', { name: 'A Deployment of nginx has 3 Pods Ready' })).toBeChecked();
  await expect(builder).toContainText('Open at the start, met at');
  await expectAccessible(page);

  /* What is not CEL is told, and put right. */
  await builder.getByText('Word it, or change what it asks').first().click();
  const cel = builder.getByRole('textbox', { name: 'CEL of goal 1' });
  const own = await cel.inputValue();
  await cel.fill(`${own} &&`);
  await expect(builder.getByRole('button', { name: 'Export zip' })).toBeDisabled();
  await cel.fill(own);
  await builder.getByRole('textbox', { name: 'Wording of goal 1' }).fill('Three web servers are Ready');
  await builder.getByRole('textbox', { name: 'Title' }).fill('<b>Three</b> servers');
  await builder
    .getByRole('textbox', { name: /^Pages/ })
    .fill('# Make three\nRun three Pods of nginx. <img src=x onerror=alert(1)>');
  const saved = page.waitForEvent('download');
  await builder.getByRole('button', { name: 'Export zip' }).click();
  const bytes = readFileSync(await (await saved).path());
  const read = await readLessonArchive('zip', bytes);
  expect('problem' in read ? read.problem : Object.keys(read.files)).toHaveLength(6);

  await drop(page, 'mine.zip', bytes);
  await expect(page.getByRole('heading', { name: 'Make three' })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('.lesson-place')).toContainText('<img src=x onerror=alert(1)>');
  const goal = page.getByRole('list', { name: 'Goals' }).getByRole('listitem');
  await expect(goal).toContainText('Not yet: no Deployment runs nginx.', { timeout: 60_000 });
  const prompt = page.getByRole('textbox', { name: 'Command' });
  if (!(await prompt.isVisible())) await page.getByRole('tab', { name: 'kubectl' }).first().click();
  await type(page, 'kubectl create deployment other --image=nginx:1.27 --replicas=4');
  await expect(goal).toContainText(/Three web servers are Ready ?, met/, { timeout: 60_000 });
});

test('what is dropped and is no lesson is told in words, on any page', async ({ page, site }) => {
  const troubles = troublesOf(page);
  await page.goto(site);
  await expect(async () => {
    await drop(page, 'picture.png', Buffer.from('x'));
    await expect(page.getByRole('alert')).toContainText('picture.png is no lesson: that is a zip, or a folder.');
  }).toPass();
  await drop(page, 'broken.zip', Buffer.from('x'));
  await expect(page.getByRole('alert')).toContainText('it is no zip archive, or it is damaged');
  await expect(page.getByRole('alert')).toHaveCount(1);
  await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(troubles).toEqual([]);
});

test('the Share menu opens the builder, which is closed again', async ({ sandbox }) => {
  const { page } = sandbox;
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Make a lesson' }).click();
  const builder = page.getByRole('region', { name: 'Make a lesson' });
  await expect(builder.getByRole('button', { name: 'Mark start', exact: true })).toBeVisible();
  await builder.getByRole('button', { name: 'Close the builder' }).click();
  await expect(builder).toHaveCount(0);
});
