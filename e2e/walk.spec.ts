import { starter, expect, test, tolerant, type Sandbox } from './fixtures';

test.describe.configure({ timeout: 120_000 });

const REASONS = [
  { nodes: ['cpu-1', 'cpu-2', 'cpu-3'], plugin: 'NodeResourcesFit', reason: 'Insufficient nvidia.com/gpu' },
  {
    nodes: ['gpu-a100-1', 'gpu-a100-2', 'gpu-t4-1'],
    plugin: 'TaintToleration',
    reason: 'node(s) had untolerated taint(s)',
  },
];

/** Waits for what the stage shows for a moment only. */
async function seenOnStage(sandbox: Sandbox, seen: (text: string) => boolean): Promise<void> {
  const look = async (): Promise<boolean> => seen((await sandbox.stage.locator('svg').first().textContent()) ?? '');
  await expect.poll(look, { intervals: [100], timeout: 30_000 }).toBe(true);
}

test('a Pod that no node takes stays Pending, and everybody says why in the same words', async ({ sandbox }) => {
  await expect(sandbox.stage).toContainText('No Pods yet. Apply something on the left.');
  await sandbox.apply();
  /* The scheduler pins its verdict to each node while it decides. */
  const verdicts = ['Insufficient nvidia.com/gpu', 'NodeResourcesFit', 'No key for nvidia.com/gpu', 'TaintToleration'];
  await seenOnStage(sandbox, (text) => verdicts.every((verdict) => text.split(verdict).length === 3 + 1));
  await expect(sandbox.stage.getByText('0 of 6 nodes fit', { exact: true })).toBeVisible();

  await expect(sandbox.output).toContainText('persistentvolumeclaim/ckpt created');
  await expect(sandbox.output).toContainText('job.batch/train-sgd created');
  await expect(sandbox.page.getByText('Same as in the cluster')).toBeVisible();

  await sandbox.inspect('pods/default/train-sgd-', 'Why?');
  await expect(sandbox.inspector).toContainText('Pending. 0 of 6 nodes fit.');
  const message = await sandbox.read('pods', '{.items[0].status.conditions[?(@.type=="PodScheduled")].message}');
  expect(message).toMatch(
    /^0\/6 nodes are available: 3 Insufficient nvidia\.com\/gpu, 3 node\(s\) had untolerated taint\(s\)\./,
  );
  await expect(sandbox.inspector.getByText(message).first()).toBeVisible();
  for (const { nodes, plugin, reason } of REASONS) {
    const row = sandbox.inspector.getByRole('listitem').filter({ hasText: plugin });
    await expect(row).toContainText(nodes.join(', '));
    await expect(row).toContainText(reason);
    expect(message).toContain(`${nodes.length} ${reason}`);
  }
  /* What would make room was tried, and says which field it is about and where the Pod would go. */
  const ways = sandbox.inspector.getByRole('region', { name: 'What if' }).getByRole('listitem');
  await expect(ways.filter({ hasText: 'tolerate the taint nvidia.com/gpu:NoSchedule' })).toContainText(
    /spec\.tolerations.*gpu-a100-1, gpu-a100-2 would fit/s,
  );
  await expect(ways.filter({ hasText: 'ask for no nvidia.com/gpu' })).toContainText('cpu-1, cpu-2, cpu-3 would fit');

  await sandbox.inspector.getByRole('tab', { name: 'Events' }).click();
  await expect(sandbox.inspector).toContainText(message);

  expect(await sandbox.read('events --field-selector=reason=FailedScheduling', '{.items[*].message}')).toBe(message);
  const described = await sandbox.run('kubectl describe pod -l job-name=train-sgd');
  expect(described).toContain(message);
  expect(described).toMatch(/Warning\s+FailedScheduling/);
  expect(described).toMatch(/Status:\s+Pending/);
});

test('a refusal leads to the line of the manifest that causes it, and a way out is written there', async ({
  sandbox,
}) => {
  const { page, inspector } = sandbox;
  await sandbox.apply();
  await sandbox.until('kubectl get pods', /Pending/);
  await sandbox.richEditor();
  await sandbox.inspect('pods/default/train-sgd-', 'Why?');
  const refusal = inspector.getByRole('listitem').filter({ hasText: 'NodeResourcesFit' });
  const lines = starter('train-job.yaml').split('\n');
  const asked = lines.findIndex((line) => line.includes('nvidia.com/gpu: 1')) + 1;
  await refusal.getByRole('button', { name: `line ${asked}` }).click();
  const pointed = page.locator('.monaco-editor .view-line').filter({ hasText: 'nvidia.com/gpu: 1' });
  await expect(pointed).toContainText('3 nodes out');
  await expect(page.locator('.monaco-editor .line-numbers.active-line-number')).toHaveText(String(asked));

  const table = inspector.getByRole('region', { name: 'Nodes and plugins' });
  await inspector.getByText('Every node and plugin').click();
  await expect(table.getByRole('row')).toHaveCount(1 + 6);
  const column = (await table.getByRole('columnheader').allTextContents()).indexOf('NodeResourcesFit');
  const cells = table.getByRole('row', { name: 'cpu-1' }).getByRole('cell');
  await expect(cells.nth(column - 1)).toContainText('Insufficient nvidia.com/gpu');
  await expect(cells.nth(column)).toContainText('not asked');

  await inspector.getByRole('button', { name: 'Add one' }).click();
  await expect(page.getByText('3 lines differ')).toBeVisible();
  const written = await sandbox.run('cat train-job.yaml');
  expect(written).toMatch(
    /tolerations:\s+- key: nvidia\.com\/gpu\s+operator: Exists\s+effect: NoSchedule\s+containers:/,
  );
  await expect(inspector.getByRole('button', { name: 'Add one' })).toHaveCount(0);

  /* On a phone the plain editor shows the line. */
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('navigation').getByText('Why?').click();
  await refusal.getByRole('button', { name: /^line/ }).click();
  await expect(page.locator('.plain-editor .line.changed', { hasText: '3 nodes out' }).last()).toBeInViewport();
});

test('with the toleration it is refused, replaced, placed, and trains to the end', async ({ sandbox }) => {
  const { page } = sandbox;
  await sandbox.apply();
  await sandbox.until('kubectl get pods', /Pending/);

  /* As a person types it, below restartPolicy. */
  await (await sandbox.richEditor()).click();
  await page.keyboard.press('ControlOrMeta+Home');
  const before = tolerant().split('\n');
  for (let line = 1; line < before.findIndex((text) => text.includes('tolerations:')); line++)
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.type('\ntolerations:\n- key: nvidia.com/gpu\noperator: Exists\neffect: NoSchedule', {
    delay: 20,
  });
  await expect(page.getByText(/lines? differ/)).toBeVisible();
  await sandbox.apply();
  await expect(page.getByText('Rejected. Job train-sgd: spec.template: field is immutable')).toBeVisible();
  await expect(sandbox.output).toContainText('The Job "train-sgd" is invalid: spec.template: Invalid value:');
  await expect(sandbox.output).toContainText('field is immutable');
  const refused = await sandbox.read('pods', '{.items[*].metadata.uid}');

  await page.getByRole('button', { name: 'Replace: delete, then apply' }).click();
  /* Filtered, scored, chosen: one of the two nodes that fit. */
  await seenOnStage(sandbox, (text) => text.includes('Fits') && text.includes('Best'));
  await expect(sandbox.output).toContainText('job.batch "train-sgd" deleted from default namespace');
  await expect(sandbox.output).toContainText('job.batch/train-sgd replaced');
  await expect(page.getByText('Rejected.')).toBeHidden();

  await sandbox.until('kubectl get pods', /1\/1\s+Running/);
  expect(await sandbox.read('pods', '{.items[*].metadata.uid}')).not.toBe(refused);
  const [pod, node] = (await sandbox.read('pods', '{.items[0].metadata.name} {.items[0].spec.nodeName}')).split(' ');
  expect(node).toMatch(/^gpu-a100-/);

  await sandbox.speed('×20');
  await sandbox.enter('kubectl logs -f job/train-sgd');
  await expect(sandbox.output).toContainText(/step 125 loss 2\.55/);
  await expect(sandbox.output).toContainText(/step 500 loss 0\.30/);
  const curve = await sandbox.openTraining('Job train-sgd');
  await expect(curve.getByText('WebGL, real computation')).toBeVisible();
  await expect(sandbox.output).toContainText('Model coefficients: [2.3', { timeout: 30_000 });
  /* The program has ended, and so has what followed its log. */
  await expect(sandbox.terminal).toHaveAttribute('aria-label', 'Command line');
  expect(await sandbox.printed()).toMatch(/Intercept: \[1\.0.*\]\nR2: 0\.99\d+\nsaved model to \/ckpt\/model\.json\n$/);

  await sandbox.until('kubectl get pods', /0\/1\s+Completed\s+0/);
  expect(await sandbox.run('kubectl get jobs')).toMatch(/train-sgd\s+Complete\s+1\/1/);
  const status = await sandbox.run(
    `kubectl get pod ${pod} -o jsonpath='{range .status.conditions[*]}{.type}={.status}{"\\n"}{end}{.status.containerStatuses[0].state.terminated.exitCode}'`,
  );
  expect(status.trim().split('\n').sort()).toEqual([
    '0',
    'ContainersReady=False',
    'Initialized=True',
    'PodReadyToStartContainers=False',
    'PodScheduled=True',
    'Ready=False',
  ]);
  const reasons = await sandbox.read(`events --field-selector=involvedObject.name=${pod}`, '{.items[*].reason}');
  expect(reasons.split(' ').sort()).toEqual(['Created', 'Pulled', 'Pulling', 'Scheduled', 'Started']);
  expect(await sandbox.run('kubectl get pvc')).toMatch(/ckpt\s+Bound\s+pvc-\S+\s+10Gi\s+RWX\s+shared/);

  /* What the curve's table holds falls, and ends where the log ends. */
  const losses = await curve
    .getByRole('table', { name: /loss falls/ })
    .getByRole('cell')
    .evaluateAll((cells) => cells.filter((_, index) => index % 3 === 2).map((cell) => Number(cell.textContent)));
  expect(losses.length).toBeGreaterThan(5);
  expect(losses.at(-1)).toBeCloseTo(0.0713, 3);
  expect(losses).toEqual([...losses].sort((left, right) => right - left));
  /* 1,200 steps, a checkpoint every 200. */
  await expect(sandbox.stage.getByRole('row', { name: /^ckpt/ })).toContainText(
    /10Gi, ReadWriteMany, attached to no node\s*6/,
  );
  await expect(curve.locator('.checkpoint')).toHaveCount(6);

  /* What it learned stands beside what made its data; reading the curve off shows the fit of that moment. */
  await expect(curve.getByText('true 2.4')).toBeVisible();
  const fit = curve.getByRole('img', { name: /^After step/ });
  await expect(fit).toHaveAccessibleName(
    /After step 1,200 the line is y = 2\.3\d+ x \+ 1\.0\d+, and the data were made/,
  );
  const reading = curve.getByRole('slider', { name: 'Loss curve' });
  await reading.press('Home');
  await expect(fit).toHaveAccessibleName(/After step \d the line is y = 0\.\d+ x/);
  await reading.press('Enter');
  await expect(page.getByText(/^Looking at/).first()).toBeVisible();
  await expect(curve.getByText('recorded')).toBeVisible();
});

test('the causal chain of a Pod leads back to Apply', async ({ sandbox }) => {
  await sandbox.paste(tolerant());
  await sandbox.apply();
  await sandbox.speed('×4');
  await sandbox.until('kubectl get pods', /1\/1\s+Running/);
  await sandbox.inspect('pods/default/train-sgd-', 'Why?');
  const chain = sandbox.inspector
    .getByRole('listitem')
    .filter({ has: sandbox.page.getByRole('button', { name: /rev \d+$/ }) });
  await expect(chain.first()).toContainText(/You .*train-sgd/);
  await expect(chain.filter({ hasText: 'The Job controller created this Pod' })).toBeVisible();
  await expect(chain.filter({ hasText: /The scheduler bound this Pod to gpu-/ })).toBeVisible();
  await expect(sandbox.inspector).toContainText(/2 of 6 nodes fit/);
});
