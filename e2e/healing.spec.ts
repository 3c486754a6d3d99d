import { expect, starter, test, tolerant, type Sandbox } from './fixtures';

/* Minutes of virtual time, and a machine may be busy. */
test.describe.configure({ timeout: 120_000 });

/** Applies a training Job and waits until it has saved its second checkpoint, so that there is something to resume from. */
async function train(sandbox: Sandbox, yaml = tolerant(), job = 'train-sgd'): Promise<{ pod: string; node: string }> {
  await sandbox.paste(yaml);
  await sandbox.apply();
  await sandbox.speed('×20');
  await sandbox.until(`kubectl logs job/${job}`, /step 500 /);
  await sandbox.speed('×1');
  const [pod = '', node = ''] = (
    await sandbox.read(`pods -l job-name=${job}`, '{.items[0].metadata.name} {.items[0].spec.nodeName}')
  ).split(' ');
  return { pod, node };
}

async function fault(sandbox: Sandbox, ref: string, name: string): Promise<void> {
  await sandbox.inspect(ref);
  await sandbox.inspector.getByRole('button', { name, exact: true }).click();
}

/** The controller takes the taints off at its next look, some seconds after the node is Ready. */
async function untainted(sandbox: Sandbox, node: string): Promise<void> {
  await sandbox.until(`kubectl get node ${node} -o jsonpath='{.spec.taints[*].key}'`, /^nvidia\.com\/gpu\s*$/);
}

/** Where a trainer goes on: at one of the checkpoints that are saved every 200 steps, later ones on a slow machine. */
const RESUMED = /resumed from \/ckpt\/checkpoint-00(0[468]|1[02])00\.json at step ([468]|1[02])00/;

const OTHER: Record<string, string> = { 'gpu-a100-1': 'gpu-a100-2', 'gpu-a100-2': 'gpu-a100-1' };

test(
  'a killed container starts again where its last checkpoint stands, the second time after a back-off',
  { tag: '@long' },
  async ({ sandbox }) => {
    const { pod } = await train(sandbox);
    await sandbox.speed('×4');
    await fault(sandbox, `pods/default/${pod}`, 'Kill container');
    await sandbox.until('kubectl get pods', /1\/1\s+Running\s+1 \(\d+s ago\)/);
    expect(await sandbox.run(`kubectl logs ${pod}`)).toMatch(RESUMED);
    expect(await sandbox.run(`kubectl logs ${pod} --previous`)).toMatch(/starting at step 0/);
    expect(await sandbox.run(`kubectl describe pod ${pod}`)).toMatch(
      /Last State:\s+Terminated\n\s+Reason:\s+Error\n\s+Exit Code:\s+137/,
    );

    /* The back-off is 10 s: at ×0.5 there is time to look at it. CrashLoopBackOff is shown at its end only. */
    await sandbox.speed('×0.5');
    await fault(sandbox, `pods/default/${pod}`, 'Kill container');
    await sandbox.until('kubectl get pods', /0\/1\s+Error\s+1 /);
    await sandbox.inspect(`pods/default/${pod}`, 'Why?');
    await expect(sandbox.inspector).toContainText(
      'The next start of container trainer: it ended with exit code 137 (Error).',
    );
    expect(await sandbox.run(`kubectl events --for pod/${pod} --types=Warning`)).toMatch(
      /BackOff .*Back-off restarting failed container trainer/,
    );
    await sandbox.enter('kubectl get pods -w');
    await sandbox.speed('×4');
    await expect(sandbox.output).toContainText(/0\/1\s+CrashLoopBackOff\s+1 .*1\/1\s+Running\s+2 /s);
    await sandbox.terminal.focus();
    await sandbox.page.keyboard.press('Control+c');
    expect(await sandbox.run(`kubectl logs ${pod}`)).toMatch(RESUMED);
    await sandbox.speed('×60');
    await sandbox.until('kubectl get jobs', /Complete\s+1\/1/);
  },
);

test('a deleted Pod is replaced, and the replacement resumes', { tag: '@long' }, async ({ sandbox }) => {
  const { pod } = await train(sandbox);
  await sandbox.inspect(`pods/default/${pod}`);
  await sandbox.inspector.getByRole('button', { name: 'Delete Pod' }).click();
  await expect(sandbox.output).toContainText(`pod "${pod}" deleted`);
  await sandbox.speed('×4');
  await sandbox.until('kubectl get pods', /^NAME.*\ntrain-sgd-\w+\s+1\/1\s+Running\s+0 .*\n$/);
  const successor = await sandbox.read('pods', '{.items[0].metadata.name}');
  expect(successor).not.toBe(pod);
  /* SIGTERM gave the first one time for a last checkpoint, between those that it saves every 200 steps. */
  expect(await sandbox.run(`kubectl logs ${successor}`)).toMatch(
    /resumed from \/ckpt\/checkpoint-000[5-9]\d\d\.json at step [5-9]\d\d/,
  );
  expect(await sandbox.run('kubectl get jobs')).toMatch(/train-sgd\s+Running\s+0\/1/);
});

test('a node without power: NotReady, tainted, its Pod evicted and replaced, and training resumes', async ({
  sandbox,
}) => {
  const { pod, node } = await train(sandbox);
  await fault(sandbox, `nodes//${node}`, 'Power off');
  await expect(sandbox.inspector.getByRole('button', { name: 'Power on' })).toBeVisible();
  /* Nobody has noticed yet. */
  expect(await sandbox.run(`kubectl get node ${node}`)).toMatch(/ Ready /);
  await sandbox.speed('×20');
  await sandbox.until(`kubectl get node ${node}`, / NotReady /);
  expect(await sandbox.run(`kubectl describe node ${node}`)).toMatch(
    /node\.kubernetes\.io\/unreachable:NoExecute\n\s+node\.kubernetes\.io\/unreachable:NoSchedule/,
  );
  expect(await sandbox.run(`kubectl get pod ${pod}`)).toMatch(/Running/);
  await sandbox.inspect(`pods/default/${pod}`, 'Why?');
  await expect(sandbox.inspector).toContainText(`Nobody hears from ${node}, so nobody knows how this Pod is.`);
  await sandbox.speed('×60');
  await sandbox.until('kubectl get pods', /Terminating/);
  await sandbox.speed('×4');
  const evicted = await sandbox.read(`pod ${pod}`, '{.metadata.deletionTimestamp}');
  const tainted = await sandbox.read(`node ${node}`, '{.spec.taints[?(@.effect=="NoExecute")].timeAdded}');
  expect((Date.parse(evicted) - Date.parse(tainted)) / 1000).toBeGreaterThanOrEqual(300);
  await sandbox.until(`kubectl get pods --field-selector=spec.nodeName=${OTHER[node]}`, /1\/1\s+Running/);
  await sandbox.until('kubectl logs job/train-sgd', RESUMED);
  /* The dead node's kubelet cannot confirm; once it is back, it does. */
  expect(await sandbox.run('kubectl get pods')).toMatch(/Terminating/);
  await sandbox.inspect(`nodes//${node}`);
  await sandbox.inspector.getByRole('button', { name: 'Power on' }).click();
  await sandbox.speed('×20');
  await sandbox.until('kubectl get pods', /^NAME.*\ntrain-sgd-\w+\s.*\n$/);
  await sandbox.until(`kubectl get node ${node}`, / Ready /);
  await untainted(sandbox, node);
});

test('a node whose network is cut and mended in time keeps its Pod', { tag: '@long' }, async ({ sandbox }) => {
  const { pod, node } = await train(sandbox);
  await fault(sandbox, `nodes//${node}`, 'Cut network');
  await sandbox.speed('×20');
  await sandbox.until(`kubectl get node ${node}`, / NotReady /);
  await sandbox.inspect(`nodes//${node}`, 'Why?');
  await expect(sandbox.inspector).toContainText(/cut\b.* its Pods run on, and nobody hears them\./i);
  await sandbox.inspector.getByRole('button', { name: 'Mend the network' }).click();
  await sandbox.until(`kubectl get node ${node}`, / Ready /);
  await untainted(sandbox, node);
  expect(await sandbox.run('kubectl get pods')).toMatch(new RegExp(`^NAME.*\\n${pod}\\s.*\\n$`));
  await sandbox.until('kubectl get jobs', /Complete\s+1\/1/);
});

test(
  'a disk on a dead node keeps the replacement waiting; the page says three ways out, and the taint is one',
  { tag: '@long' },
  async ({ sandbox }) => {
    const { pod, node } = await train(sandbox, starter('train-local-disk.yaml'), 'train-disk');
    await fault(sandbox, `nodes//${node}`, 'Power off');
    await sandbox.speed('×60');
    await sandbox.until('kubectl get pods', /ContainerCreating/);
    await sandbox.until(
      'kubectl events --types=Warning',
      /FailedAttachVolume .*Multi-Attach error for volume "pvc-\S+" Volume is already used by pod\(s\) train-disk-/,
    );
    const waiting = await sandbox.read(
      `pods --field-selector=spec.nodeName=${OTHER[node]}`,
      '{.items[0].metadata.name}',
    );
    await sandbox.inspect(`pods/default/${waiting}`, 'Why?');
    await expect(sandbox.inspector).toContainText(
      `Its volume ckpt-disk is still attached to ${node}, which cannot let go.`,
    );
    await expect(sandbox.inspector).toContainText('Nothing will change by itself.');
    await expect(sandbox.inspector.getByRole('heading', { name: 'Three ways out' })).toBeVisible();
    await expect(sandbox.inspector.getByRole('button', { name: `Power ${node} on` })).toBeVisible();
    await expect(sandbox.inspector.getByRole('button', { name: 'Delete its Pods by force' })).toBeVisible();
    /* Nothing changes by itself, however long one waits. */
    await sandbox.page.waitForTimeout(3_000);
    expect(await sandbox.run(`kubectl get pod ${waiting}`)).toMatch(/0\/1\s+ContainerCreating/);

    await sandbox.inspector.getByRole('button', { name: 'Taint it out-of-service' }).click();
    await expect(sandbox.output).toContainText(`node/${node} tainted`);
    await sandbox.speed('×20');
    await sandbox.until(`kubectl logs ${waiting}`, RESUMED);
    expect(await sandbox.run('kubectl get pods')).not.toContain(pod);
  },
);

test('deleting the lost Pod by force frees the disk too, after six minutes', { tag: '@long' }, async ({ sandbox }) => {
  const { pod, node } = await train(sandbox, starter('train-local-disk.yaml'), 'train-disk');
  await fault(sandbox, `nodes//${node}`, 'Power off');
  await sandbox.speed('×60');
  await sandbox.until('kubectl get pods', /ContainerCreating/);
  await sandbox.speed('×20');
  expect(await sandbox.run(`kubectl delete pod ${pod} --force --grace-period=0`)).toMatch(
    new RegExp(`Warning: Immediate deletion does not wait for confirmation.*\\npod "${pod}" force deleted`),
  );
  await sandbox.speed('×60');
  await sandbox.until('kubectl logs job/train-disk', RESUMED);
});

test('without a checkpoint volume training starts over', { tag: '@long' }, async ({ sandbox }) => {
  const yaml = tolerant()
    .replace(/^[^]*?---\n/, '')
    .replace(/ *volumeMounts:\n *- name: ckpt\n *mountPath: \/ckpt\n/, '')
    .replace(/ *volumes:\n *- name: ckpt\n *persistentVolumeClaim:\n *claimName: ckpt\n/, '')
    .replace(/ *- name: CHECKPOINT_\w+\n *value: .*\n/g, '');
  const { pod } = await train(sandbox, yaml);
  await fault(sandbox, `pods/default/${pod}`, 'Kill container');
  await sandbox.speed('×4');
  await sandbox.until(`kubectl get pod ${pod}`, /1\/1\s+Running\s+1 /);
  await sandbox.until(
    `kubectl logs ${pod}`,
    /no CHECKPOINT_DIR: starting at step 0, and so again after a restart\n(.*\n)*epoch 1\/10 step 125 /,
  );
});
