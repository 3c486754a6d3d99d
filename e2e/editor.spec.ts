import { sandboxAt } from './door';
import { expect, starter, test, tolerant } from './fixtures';

test('text is there before the editor proper, which takes its place and keeps the caret', async ({ page, site }) => {
  /* The editor's code comes when the test lets it. */
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/rich-editor/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(sandboxAt(site));
  const plain = page.getByRole('textbox', { name: 'train-job.yaml, YAML' });
  await expect(plain).toHaveValue(starter('train-job.yaml'));
  await plain.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(2, 2));
  await plain.focus();
  await page.keyboard.type('Some ');
  release();
  await expect(page.locator('.monaco-editor')).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('.view-lines')).toContainText('# Some Checkpoints');
  await page.keyboard.type('say ');
  await expect(page.locator('.view-lines')).toContainText('# Some say Checkpoints');
});

test('completion knows the fields and the values of the kind', async ({ sandbox }) => {
  const { page } = sandbox;
  /* The file ends, and the caret stands, where the field is missing. */
  const yaml = starter('train-job.yaml');
  const line = 'restartPolicy: OnFailure';
  await sandbox.paste(yaml.slice(0, yaml.indexOf(line) + line.length));
  await page.keyboard.type('\ntol');
  const choices = page.getByRole('listbox', { name: 'Suggest' });
  await expect(choices.getByRole('option', { name: /^tolerations/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator('.view-lines')).toContainText('tolerations:');
  await page.keyboard.type('key: nvidia.com/gpu\nop');
  await expect(choices.getByRole('option', { name: /^operator/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+Space');
  await expect(choices.getByRole('option', { name: /^Exists/ })).toBeVisible();
  await expect(choices.getByRole('option', { name: /^Equal/ })).toBeVisible();
  await page.keyboard.type('Exi');
  await expect(choices.getByRole('option', { name: /^Equal/ })).toBeHidden();
  await page.keyboard.press('Enter');
  /* After a word typed in full, Enter begins a line. */
  await page.keyboard.type('\neffect: NoSchedule\n', { delay: 30 });
  await sandbox.run('cat train-job.yaml');
  expect(await sandbox.printed()).toMatch(
    /restartPolicy: OnFailure\n( +)tolerations:\n( +)- key: nvidia\.com\/gpu\n\2  operator: Exists\n\2  effect: NoSchedule\n *\n/,
  );
});

test('hovering over a field explains it', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.richEditor();
  const explained = page.locator('.monaco-hover:not(.hidden)').first();
  await expect(async () => {
    /* What is hovered over before its schema is there is hovered over again. */
    await page.mouse.move(5, 5);
    await page.locator('.view-line', { hasText: 'storageClassName' }).getByText('storageClassName').hover();
    await expect(explained).toContainText('the name of the StorageClass required by the claim', { timeout: 2_000 });
  }).toPass();
  await expect(explained).not.toContainText('Source');
});

test('mistakes are marked with a line and words, and what the cluster has stays', async ({ sandbox }) => {
  const { page } = sandbox;
  const problem = page.locator('#editor-pane [role=status]');
  const cases: [yaml: string, words: RegExp][] = [
    [starter('train-job.yaml').replace('backoffLimit: 4', 'backoffLimit: four'), /^Line 2\d:.*backoffLimit/],
    [starter('train-job.yaml').replace('memory: 16Gi', 'memory: 16Gb'), /^Line \d+:.*(quantity|quantities)/],
    [starter('train-job.yaml').replace('backoffLimit', 'backofLimit'), /^Line 2\d:.*unknown field "spec\.backofLimit"/],
    [starter('train-job.yaml').replace('storage: 10Gi', 'storage: [10Gi'), /^Line \d+:/],
  ];
  for (const [yaml, words] of cases) {
    await sandbox.paste(yaml);
    await expect(problem).toHaveText(words);
    const line = Number(/Line (\d+)/.exec((await problem.textContent()) ?? '')?.[1]);
    await page.keyboard.press('ControlOrMeta+Home');
    for (let step = 1; step < line; step++) await page.keyboard.press('ArrowDown');
    await expect(page.locator('.monaco-editor :is(.squiggly-error, .squiggly-warning)').first()).toBeAttached();
  }
  /* Apply stays possible, and the API answers. */
  await sandbox.paste(starter('train-job.yaml').replace('memory: 16Gi', 'memory: 16Gb'));
  await sandbox.apply();
  await expect(page.getByText('Rejected.')).toBeVisible();
  await expect(sandbox.output).toContainText(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
  await sandbox.paste(starter('train-job.yaml'));
  await expect(problem).toBeHidden();
  await expect(page.getByText('Rejected.')).toBeHidden();
});

test('Apply says how the file differs from the cluster', async ({ sandbox }) => {
  const { page } = sandbox;
  await expect(page.getByText('Job train-sgd is new')).toBeHidden();
  await expect(page.getByText('2 objects are new')).toBeVisible();
  await (await sandbox.richEditor()).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByText('Applied', { exact: true })).toBeVisible();
  await expect(page.getByText('Same as in the cluster')).toBeVisible();
  await sandbox.paste(tolerant());
  await expect(page.getByText(/^[34] lines differ$/)).toBeVisible();
});

test('files are kept, renamed, added and deleted', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.paste('# mine\n');
  await page.getByRole('button', { name: 'New file' }).click();
  await page.getByRole('textbox', { name: /^New name of/ }).fill('other.yaml');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: 'other.yaml', exact: true })).toHaveAttribute('aria-selected', 'true');
  await sandbox.paste('# other\n');
  await page.reload();
  await expect(page).toHaveURL(sandboxAt(sandbox.site));
  await expect(page.getByRole('button', { name: 'Pause' })).toBeEnabled({ timeout: 30_000 });
  expect(await sandbox.run('ls')).toBe('train-job.yaml\ninfer.yaml\ntrain-local-disk.yaml\nother.yaml\n');
  expect(await sandbox.run('cat train-job.yaml')).toBe('# mine\n');
  expect(await sandbox.run('cat other.yaml')).toBe('# other\n');
  const tab = page.getByRole('tab', { name: 'other.yaml', exact: true });
  await tab.focus();
  await page.keyboard.press('Delete');
  await expect(tab).toBeHidden();
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(tab).toBeVisible();
});
