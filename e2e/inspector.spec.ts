import { expect, starter, test } from './fixtures';

test('YAML tells what was declared, what was filled in and what is otherwise by now', async ({ sandbox }) => {
  const { page, inspector } = sandbox;
  await sandbox.paste(starter('infer.yaml'));
  await sandbox.apply();
  await sandbox.until('kubectl get deployments', /infer/);
  await sandbox.run('kubectl scale deployment infer --replicas=5');
  await sandbox.output.getByRole('button', { name: 'deployment.apps/infer' }).first().click();
  await inspector.getByRole('tab', { name: 'YAML' }).click();
  const wanted = inspector.getByRole('region', { name: 'What is wanted' });
  await expect(wanted.locator('.line.drift')).toHaveText(/replicas: 5\s*declared 3/);
  await expect(wanted.locator('.line.filled', { hasText: 'progressDeadlineSeconds' })).toHaveCount(1);
  await expect(wanted.locator('.line.declared', { hasText: 'image: podium/model-server' })).toHaveCount(1);
  await expect(wanted).not.toContainText('"apiVersion":"apps/v1"');
  await expect(inspector.getByRole('region', { name: 'What is', exact: true })).toContainText('status:');
  await inspector.getByRole('button', { name: 'Declared' }).click();
  await expect(inspector.getByRole('region', { name: 'Declared' })).toContainText('replicas: 3');
  await expect(page.getByText('By the last kubectl apply.')).toBeVisible();
});

test('Lifecycle draws the machines that run, and follows them', async ({ sandbox }) => {
  const { inspector } = sandbox;
  await sandbox.run('kubectl run web --image=busybox -- sleep 3600');
  await sandbox.until('kubectl get pods', /Running/);
  await sandbox.inspect('pods/default/web', 'Lifecycle');
  const chart = (machine: string, state: string): ReturnType<typeof inspector.getByRole> =>
    inspector.getByRole('img', { name: `The machine of the ${machine} is ${state}.` });
  await expect(chart('container web', 'running')).toBeVisible();
  await inspector.getByText('Every transition').click();
  const transitions = inspector.getByRole('table').getByRole('row');
  await expect(transitions.filter({ hasText: 'START' })).toContainText('yes');
  await expect(transitions.filter({ hasText: 'STOP' }).first()).not.toContainText('yes');
  await sandbox.run('kubectl delete pod web --wait=false --grace-period=600');
  await expect(chart('container web', /* told to end, and given time */ 'stopping')).toBeVisible({ timeout: 15_000 });
});
