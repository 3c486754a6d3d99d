import { expect, test, tolerant } from './fixtures';

test.beforeEach(async ({ sandbox }) => {
  await sandbox.run('kubectl apply -f train-job.yaml');
  await sandbox.until('kubectl get pods', /Pending/);
});

test('get, in every form', async ({ sandbox }) => {
  expect(await sandbox.run('kubectl get nodes')).toMatch(
    /^NAME\s+STATUS\s+ROLES\s+AGE\s+VERSION\ncpu-1\s+Ready\s+<none>\s+\d+s\s+v1\.36\.\d+\n/,
  );
  expect(await sandbox.run('kubectl get nodes -o wide')).toMatch(
    /INTERNAL-IP\s+EXTERNAL-IP\s+OS-IMAGE\s+KERNEL-VERSION\s+CONTAINER-RUNTIME\n/,
  );
  expect(await sandbox.run('kubectl get nodes -o name')).toMatch(/^node\/cpu-1\nnode\/cpu-2\n/);
  expect(await sandbox.run('kubectl get nodes -l cloud.google.com/gke-accelerator')).toMatch(
    /^NAME.*\ngpu-a100-1 .*\ngpu-a100-2 .*\ngpu-t4-1 .*\n$/,
  );
  expect(await sandbox.run('kubectl get pods -A')).toMatch(
    /^NAMESPACE\s+NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\n(.*\n)*default\s+train-sgd-/,
  );
  expect(await sandbox.run('kubectl get pods -n kube-system')).toMatch(
    /^NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\ncoredns-\w+-\w+\s+1\/1\s+Running\s+0\s+\d+s\n(.*\n)*kube-proxy-/,
  );
  expect(await sandbox.run('kubectl get job,pvc')).toMatch(
    /^NAME\s+STATUS\s+COMPLETIONS\s+DURATION\s+AGE\njob\.batch\/train-sgd .*\n\nNAME\s+STATUS/,
  );
  expect(await sandbox.run('kubectl get pvc ckpt -o yaml')).toMatch(
    /^apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n/,
  );
  expect(JSON.parse(await sandbox.run('kubectl get job train-sgd -o json'))).toMatchObject({
    kind: 'Job',
    spec: { backoffLimit: 4 },
  });
  expect(await sandbox.run('kubectl get pod nobody')).toBe('Error from server (NotFound): pods "nobody" not found\n');
  expect(await sandbox.run('kubectl get unicorns')).toBe(
    'error: the server doesn\'t have a resource type "unicorns"\n',
  );
  expect(await sandbox.run('kubectl gte pods')).toMatch(/^error: unknown command "gte" for "kubectl"/);
});

test('describe, events, taint, scale, logs, replace and delete', async ({ sandbox }) => {
  expect(await sandbox.run('kubectl describe node cpu-1')).toMatch(/^Name:\s+cpu-1\n/);
  expect(await sandbox.run('kubectl events --types=Warning')).toMatch(/Warning\s+FailedScheduling\s+Pod\/train-sgd-/);
  expect(await sandbox.run('kubectl get events')).toMatch(/^LAST SEEN\s+TYPE\s+REASON\s+OBJECT\s+MESSAGE\n/);
  expect(await sandbox.run('kubectl taint nodes cpu-1 dedicated=batch:NoSchedule')).toBe('node/cpu-1 tainted\n');
  expect(await sandbox.run('kubectl describe node cpu-1')).toMatch(/Taints:\s+dedicated=batch:NoSchedule\n/);
  await expect(sandbox.stage.getByRole('row', { name: /^cpu-1/ })).toContainText('dedicated=batch:NoSchedule');
  expect(await sandbox.run('kubectl taint nodes cpu-1 dedicated=batch:NoSchedule-')).toBe('node/cpu-1 untainted\n');
  await sandbox.run('kubectl apply -f infer.yaml');
  expect(await sandbox.run('kubectl scale deployment/load --replicas=2')).toBe('deployment.apps/load scaled\n');
  await sandbox.speed('×4');
  await sandbox.until('kubectl get deployment load', /load\s+2\/2\s+2\s+2/);
  expect(await sandbox.run('kubectl logs deployment/load')).toMatch(
    /sending 1 requests? a second to http:\/\/infer\/predict\n/,
  );
  expect(await sandbox.run('kubectl logs -l app=load --prefix')).toMatch(/^\[pod\/load-\S+\/load\] sending/);
  expect(await sandbox.run('kubectl replace -f infer.yaml')).toBe(
    'deployment.apps/infer replaced\nservice/infer replaced\ndeployment.apps/load replaced\n',
  );
  expect(await sandbox.run('kubectl delete deployment load')).toBe(
    'deployment.apps "load" deleted from default namespace\n',
  );
  const pod = await sandbox.read('pods -l job-name=train-sgd', '{.items[0].metadata.name}');
  expect(await sandbox.run(`kubectl delete pod ${pod} --force --grace-period=0`)).toBe(
    'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n' +
      `pod "${pod}" force deleted from default namespace\n`,
  );
});

test('editor and terminal take the same path', async ({ sandbox }) => {
  const annotation = String.raw`{.metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration}`;
  expect(JSON.parse(await sandbox.read('pvc ckpt', annotation))).toMatchObject({
    kind: 'PersistentVolumeClaim',
    spec: { storageClassName: 'shared' },
  });
  await sandbox.paste(tolerant());
  expect(await sandbox.run('cat train-job.yaml')).toBe(tolerant());
  expect(await sandbox.run('kubectl apply -f train-job.yaml')).toMatch(
    /persistentvolumeclaim\/ckpt unchanged\nThe Job "train-sgd" is invalid: spec\.template: Invalid value: .*: field is immutable\n/s,
  );
  expect(await sandbox.run('kubectl replace --force -f train-job.yaml')).toMatch(
    /persistentvolumeclaim "ckpt" deleted.*\njob\.batch "train-sgd" deleted.*\npersistentvolumeclaim\/ckpt replaced\njob\.batch\/train-sgd replaced\n/,
  );
  await expect(sandbox.page.getByText('Same as in the cluster')).toBeVisible();
});

test('a watch goes on until Ctrl C', async ({ sandbox }) => {
  await sandbox.enter('kubectl get pods -w');
  await expect(sandbox.output).toContainText(/train-sgd-\w+\s+0\/1\s+Pending/);
  await expect(sandbox.terminal).toHaveAttribute('aria-label', 'Command line. A command runs; Ctrl C ends it');
  await sandbox.page.getByRole('tab', { name: 'infer.yaml', exact: true }).click();
  await sandbox.apply();
  await expect(sandbox.output).toContainText(/load-\w+-\w+\s+0\/1\s+ContainerCreating/);
  await sandbox.terminal.focus();
  await sandbox.page.keyboard.press('Control+c');
  await expect(sandbox.terminal).toHaveAttribute('aria-label', 'Command line');
});

test('Tab completes verbs, kinds, names and flags; the arrows and Ctrl R bring lines back', async ({ sandbox }) => {
  const { page, terminal } = sandbox;
  const complete = async (typed: string, expected: string | RegExp): Promise<void> => {
    await terminal.fill(typed);
    await terminal.press('End');
    await terminal.press('Tab');
    await expect(terminal).toHaveValue(expected);
  };
  await complete('kub', 'kubectl ');
  await complete('kubectl des', 'kubectl describe ');
  await complete('kubectl get stor', 'kubectl get storageclasses ');
  await complete('kubectl describe node gpu-t', 'kubectl describe node gpu-t4-1 ');
  await complete('kubectl describe node gpu-a', 'kubectl describe node gpu-a100-');
  await terminal.press('Tab');
  await expect(page.getByText('gpu-a100-1 gpu-a100-2')).toBeVisible();
  await complete('kubectl apply -f train-l', 'kubectl apply -f train-local-disk.yaml ');
  await complete('kubectl get pods --all-n', 'kubectl get pods --all-namespaces ');
  await terminal.fill('');
  await sandbox.run('kubectl get jobs');
  await sandbox.run('kubectl get pvc');
  await terminal.fill('not yet');
  await terminal.press('ArrowUp');
  await expect(terminal).toHaveValue('kubectl get pvc');
  await terminal.press('ArrowUp');
  await expect(terminal).toHaveValue('kubectl get jobs');
  await terminal.press('ArrowDown');
  await terminal.press('ArrowDown');
  await expect(terminal).toHaveValue('not yet');
  await terminal.fill('');
  await terminal.press('Control+r');
  await page.keyboard.type('get j');
  await expect(terminal).toHaveValue('kubectl get jobs');
  await terminal.press('Enter');
  await expect.poll(() => sandbox.printed()).toMatch(/^NAME\s+STATUS\s+COMPLETIONS/);
});

test('names in what is printed lead to the inspector, and the Events tab follows the cluster', async ({ sandbox }) => {
  await sandbox.run('kubectl get pods');
  await sandbox.output
    .getByRole('button', { name: /^train-sgd-/ })
    .last()
    .click();
  await expect(sandbox.inspector).toContainText('Pod in default, owned by Job train-sgd');
  await sandbox.page.getByRole('tab', { name: 'Events' }).first().click();
  const events = sandbox.page.getByRole('log', { name: 'Events of the cluster' });
  await expect(events).toContainText(/Warning\s+FailedScheduling\s+Pod\/train-sgd-/);
  await sandbox.page.getByRole('tab', { name: 'infer.yaml', exact: true }).click();
  await sandbox.apply();
  await expect(events).toContainText(/Normal\s+ScalingReplicaSet\s+Deployment\/infer/);
});
