import { expect, expectAccessible, test, tolerant, type Sandbox } from './fixtures';

test.describe.configure({ timeout: 120_000 });

/** Virtual seconds that the clock shows: whole ones while it goes at ×1 or faster. */
async function clock(sandbox: Sandbox): Promise<number> {
  const text = (await sandbox.page.locator('.clock b').textContent()) ?? '';
  return text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
}

const slider = (sandbox: Sandbox) => sandbox.page.getByRole('slider', { name: 'Time' });

test('time stands still when paused, and runs at the speed that is chosen', async ({ sandbox }) => {
  const { page } = sandbox;
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(page.getByText('Paused').first()).toBeVisible();
  const stopped = await clock(sandbox);
  await page.waitForTimeout(700);
  expect(await clock(sandbox)).toBe(stopped);
  /* What is written while time stands still is written at that moment. */
  await sandbox.apply();
  await expect(sandbox.output).toContainText('job.batch/train-sgd created');
  expect(await clock(sandbox)).toBe(stopped);
  expect(await sandbox.run('kubectl get pods')).toBe('No resources found in default namespace.\n');

  for (const [name, factor] of [
    ['×0.1', 0.1],
    ['×0.5', 0.5],
    ['×1', 1],
    ['×4', 4],
    ['×20', 20],
    ['×60', 60],
  ] as const) {
    await sandbox.speed(name);
    const [from, at] = [await clock(sandbox), performance.now()];
    await page.waitForTimeout(factor < 1 ? 2_000 : 4_000);
    const passed = (await clock(sandbox)) - from;
    const real = (performance.now() - at) / 1000;
    expect(passed / real, name).toBeLessThan(factor * 1.35 + 0.3);
    expect(passed / real, name).toBeGreaterThan(factor * 0.5 - 0.25);
  }
});

test('steps go from change to change, and back', async ({ sandbox }) => {
  const { page } = sandbox;
  await page.getByRole('button', { name: 'Pause' }).click();
  await sandbox.apply();
  await expect(sandbox.output).toContainText('job.batch/train-sgd created');
  const moments = [await clock(sandbox)];
  const revision = async (): Promise<number> =>
    Number(/rev (\d+)/.exec((await sandbox.stage.getByText(/^rev \d+$/).textContent()) ?? '')?.[1]);
  let seen = 0;
  for (let step = 0; step < 12; step++) {
    await page.getByRole('button', { name: 'Step to the next change' }).click();
    await page.waitForTimeout(150);
    moments.push(await clock(sandbox));
    if ((await sandbox.stage.getByRole('row', { name: /^train-sgd-/ }).count()) > 0) seen += 1;
  }
  expect(seen).toBeGreaterThan(0);
  expect(moments).toEqual([...moments].sort((left, right) => left - right));
  expect(moments.at(-1)).toBeGreaterThan(moments[0]!);
  expect(await revision()).toBeGreaterThan(0);
  const end = await clock(sandbox);
  await page.getByRole('button', { name: 'Step back' }).click();
  await expect.poll(() => clock(sandbox)).toBeLessThan(end);
  await expect(page.getByText(/Looking at \d:\d\d/).first()).toBeVisible();
});

test('rewind, look, go on as a branch, and go back to the old future', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.paste(tolerant());
  await sandbox.apply();
  await sandbox.speed('×20');
  await sandbox.until('kubectl get jobs', /Complete\s+1\/1/);
  await page.getByRole('button', { name: 'Pause' }).click();
  const end = await clock(sandbox);
  const log = await sandbox.run('kubectl logs job/train-sgd');
  const pods = await sandbox.run('kubectl get pods');

  /* Rewound to before anything was applied: it is as it was. */
  await slider(sandbox).focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('Looking at 0:00. Apply here starts a what if')).toBeVisible();
  expect(await sandbox.run('kubectl get pods')).toBe('No resources found in default namespace.\n');
  await expect(sandbox.stage).toContainText('No Pods yet.');
  /* Where the training stands stays, so that nothing jumps while one looks around. */
  await expect(page.getByRole('button', { name: 'Show the training view' })).toContainText('Nothing trains yet');

  /* Half way: the numbers come from the journal. */
  const target = 60;
  await slider(sandbox).focus();
  for (let step = 0; step < target / 10; step++) await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => clock(sandbox)).toBeGreaterThan(40);
  const middle = await sandbox.run('kubectl logs job/train-sgd');
  expect(log.startsWith(middle.trimEnd())).toBe(true);
  expect(middle.length).toBeGreaterThan(50);
  expect(middle.length).toBeLessThan(log.length);
  const training = await sandbox.openTraining('Job train-sgd');
  await expect(training.getByText('recorded', { exact: true })).toBeVisible();

  /* Going on from there by an act is a branch; the old future stays beside it. */
  await sandbox.run('kubectl delete job train-sgd');
  await sandbox.speed('×4');
  await sandbox.until('kubectl get pods', /No resources found/);
  const lane = page.getByTitle(/^Go to main/);
  await expect(lane).toBeVisible();
  await lane.click();
  await expect.poll(() => clock(sandbox), { timeout: 20_000 }).toBeGreaterThanOrEqual(end);
  await page.getByRole('button', { name: 'Pause' }).click();
  expect(await sandbox.run('kubectl get jobs')).toMatch(/Complete\s+1\/1/);
  expect(await sandbox.run('kubectl logs job/train-sgd')).toBe(log);
  expect((await sandbox.run('kubectl get pods')).replace(/\S+\n$/, '')).toBe(pods.replace(/\S+\n$/, ''));
});

test('dragging the head looks at earlier moments, exactly where it is released', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.apply();
  await sandbox.speed('×4');
  await expect.poll(() => clock(sandbox)).toBeGreaterThan(20);
  await page.getByRole('button', { name: 'Pause' }).click();
  const head = (await slider(sandbox).boundingBox())!;
  await page.mouse.move(head.x + head.width / 2, head.y + head.height / 2);
  await page.mouse.down();
  await page.mouse.move(head.x - 60, head.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByText(/Looking at \d:\d\d\. Apply here starts a what\s+if/)).toBeVisible();
  const looked = await clock(sandbox);
  expect(looked).toBeGreaterThan(0);
  await page.getByRole('button', { name: /^Back to/ }).click();
  await expect.poll(() => clock(sandbox)).toBeGreaterThan(looked);
});

test(
  'a what if has a lane that is named by what it changes, and is compared with what it left, at one moment',
  { tag: '@long' },
  async ({ sandbox }) => {
    const { page } = sandbox;
    const lanes = page.getByRole('group', { name: 'Branches' });
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await clock(sandbox);
    await sandbox.apply();
    await expect(sandbox.output).toContainText('job.batch/train-sgd created');
    await page.getByRole('button', { name: 'Step to the next change' }).hover();
    await page.mouse.down();
    await expect(sandbox.stage.getByRole('row', { name: /^train-sgd-/ })).toBeAttached();
    await page.mouse.up();
    await sandbox.speed('×20');
    await sandbox.until('kubectl get pods', /Pending/);
    await expect.poll(() => clock(sandbox)).toBeGreaterThan(before + 20);
    await page.getByRole('button', { name: 'Pause' }).click();

    /* Back to before the Apply; there the same file with a toleration. */
    await slider(sandbox).focus();
    await page.keyboard.press('Home');
    await expect(page.getByText('Looking at 0:00. Apply here starts a what if')).toBeVisible();
    await sandbox.paste(tolerant());
    await sandbox.apply();
    await expect(lanes.getByRole('button', { name: 'tolerations added', exact: true })).toHaveAttribute(
      'aria-current',
      'true',
    );
    await expect(sandbox.stage.getByText(/^tolerations added/)).toBeVisible();
    await sandbox.speed('×4');
    await sandbox.until('kubectl get pods', /Running/);
    await page.getByRole('button', { name: 'Pause' }).click();

    await lanes.getByRole('button', { name: 'Compare with main' }).click();
    const words = page.getByRole('region', { name: 'Differences between tolerations added and main' });
    const row = words.getByRole('row', { name: /^train-sgd-/ });
    await expect(row).toContainText(/Running on gpu-\S+ ?Pending/);
    const other = page.getByRole('region', { name: 'main, which is looked at' });
    await expect(other.getByRole('row', { name: /^train-sgd-.*Pending/ })).toBeAttached();
    /* The Pod itself, field by field. */
    await row.getByRole('button').click();
    await page.getByRole('tab', { name: 'Compare' }).click();
    const compared = page.getByRole('tabpanel');
    await expect(compared.getByRole('row', { name: 'spec.nodeName' })).toBeVisible();
    await expect(compared.getByRole('row', { name: /^gpu-\S+ not set/ })).toBeVisible();
    await expectAccessible(page);
    /* One head for both: at the start there is no Pod yet, but what was applied then. */
    await page.getByRole('button', { name: 'Play', exact: true }).focus();
    await page.keyboard.press('Home');
    await expect(row).toBeHidden();
    await expect(words.getByRole('row', { name: /^ckpt/ })).toContainText('not there');
    await page.keyboard.press('End');
    await expect(row).toContainText(/Running on gpu-\S+ ?Pending/);

    /* What is beside becomes what is open, and the two change sides. */
    await other.getByRole('button', { name: 'Go to it' }).click();
    await expect(page.getByRole('region', { name: 'main, which is open' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'tolerations added, which is looked at' })).toBeVisible();
    expect(await sandbox.run('kubectl get pods')).toMatch(/Pending/);
    await page.getByRole('button', { name: 'End comparing' }).click();
    await expect(words).toBeHidden();

    /* B starts a branch where one stands. */
    await sandbox.stage.locator('.view').focus();
    await page.keyboard.press('b');
    await expect(lanes.getByRole('button', { name: 'what if 2', exact: true })).toHaveAttribute('aria-current', 'true');
  },
);

test('undo goes to before the last input, and on from there', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.apply();
  await sandbox.until('kubectl get pods', /Pending/);
  await sandbox.run('kubectl taint nodes cpu-1 a=b:NoSchedule');
  expect(await sandbox.read('node cpu-1', '{.spec.taints[*].key}')).toBe('a');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await sandbox.until("kubectl get node cpu-1 -o jsonpath='{.spec.taints[*].key}'", /^\n?$/);
  expect(await sandbox.run('kubectl get pods')).toMatch(/Pending/);
  await expect(page.getByTitle(/^Go to main/)).toBeVisible();
});
