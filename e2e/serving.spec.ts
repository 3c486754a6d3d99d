import { expect, test, tolerant, type Sandbox } from './fixtures';

test.describe.configure({ timeout: 120_000 });

/** Applies one of the editor's files and waits until it stands in the cluster. */
async function applyFile(sandbox: Sandbox, name: string): Promise<void> {
  await sandbox.page.getByRole('tab', { name, exact: true }).click();
  await sandbox.apply();
}

const READY = (count: number): RegExp => new RegExp(`infer\\s+${count}/${count}\\s+${count}\\s+${count}`);

test(
  'a trained model is served, called by name, scaled, killed and rolled out',
  { tag: '@long' },
  async ({ sandbox }) => {
    await sandbox.paste(tolerant());
    await sandbox.apply();
    await applyFile(sandbox, 'infer.yaml');
    for (const made of ['deployment.apps/infer created', 'service/infer created', 'deployment.apps/load created'])
      await expect(sandbox.output).toContainText(made);

    /* The servers run, but none is Ready before there is a model. */
    await sandbox.speed('×20');
    await sandbox.until('kubectl get deployment infer', /infer\s+0\/3\s+3\s+0/);
    await sandbox.until('kubectl logs deployment/infer', /no model at \/models\/model\.json: waiting for it/);
    expect(
      await sandbox.read(
        'endpointslices -l kubernetes.io/service-name=infer',
        '{.items[*].endpoints[*].conditions.ready}',
      ),
    ).not.toContain('true');
    await sandbox.speed('×60');
    await sandbox.until('kubectl get jobs', /Complete\s+1\/1/);
    await sandbox.until('kubectl get deployment infer', READY(3));
    await sandbox.until(
      'kubectl logs deployment/infer',
      /loaded \/models\/model\.json: 1 features?, trained for 1200 steps/,
    );
    await sandbox.speed('×20');

    /* Deployment, ReplicaSet, Pods: each owned by the one above. */
    const hash = await sandbox.read('replicasets -l app=infer', '{.items[0].metadata.labels.pod-template-hash}');
    expect(
      await sandbox.read(
        'replicasets -l app=infer',
        '{.items[0].metadata.ownerReferences[0].kind}/{.items[0].metadata.ownerReferences[0].name}',
      ),
    ).toBe('Deployment/infer');
    expect(await sandbox.read('pods -l app=infer', '{.items[*].metadata.ownerReferences[0].name}')).toBe(
      Array(3).fill(`infer-${hash}`).join(' '),
    );
    const addresses = (await sandbox.read('pods -l app=infer', '{.items[*].status.podIP}')).split(' ').sort();
    expect(
      (
        await sandbox.read(
          'endpointslices -l kubernetes.io/service-name=infer',
          '{.items[0].endpoints[*].addresses[0]}',
        )
      )
        .split(' ')
        .sort(),
    ).toEqual(addresses);
    await sandbox.until(
      'kubectl describe service infer',
      new RegExp(`Endpoints:\\s+${addresses[0]!.split('.').slice(0, 2).join('\\.')}`),
    );
    await sandbox.until(
      'kubectl logs deployment/load --tail=2',
      /sending 1 requests? a second to http:\/\/infer\/predict|10 requests: 10 ok, 0 failed, p50 \d+ ms/,
    );
    await sandbox.until('kubectl logs deployment/load --tail=1', /10 requests: 10 ok, 0 failed/);
    await expect(sandbox.stage.getByRole('row', { name: /^infer / })).toContainText('3 of 3 ready');

    expect(await sandbox.run('kubectl scale deployment infer --replicas=5')).toBe('deployment.apps/infer scaled\n');
    await sandbox.until('kubectl get deployment infer', READY(5));

    const victim = await sandbox.read('pods -l app=infer', '{.items[0].metadata.name}');
    expect(await sandbox.run(`kubectl delete pod ${victim}`)).toContain(`pod "${victim}" deleted`);
    await sandbox.until('kubectl get deployment infer', READY(5));
    const names = await sandbox.read('pods -l app=infer', '{.items[*].metadata.name}');
    expect(names.split(' ')).toHaveLength(5);
    expect(names).not.toContain(victim);

    await sandbox.speed('×1');
    /* A new image: a new ReplicaSet takes over from the old one, slowly enough to be seen. */
    expect(await sandbox.run('kubectl set image deployment/infer server=podium/model-server:1.1')).toBe(
      'deployment.apps/infer image updated\n',
    );
    expect(await sandbox.run('kubectl rollout status deployment/infer')).toMatch(
      /Waiting for deployment "infer" rollout to finish[^]*deployment "infer" successfully rolled out/,
    );
    const sets = await sandbox.run('kubectl get replicasets -l app=infer -o wide');
    expect(sets).toMatch(new RegExp(`infer-${hash}\\s+0\\s+0\\s+0 .*podium/model-server:1\\.0`));
    expect(sets).toMatch(/infer-\w+\s+5\s+5\s+5 .*podium\/model-server:1\.1/);
    await sandbox.speed('×20');
    await sandbox.until('kubectl get pods -l app=infer', /^NAME.*\n(infer-\S+\s+1\/1\s+Running.*\n){5}$/);
    await sandbox.until('kubectl logs deployment/load --tail=1', /10 requests: 10 ok, 0 failed/);

    /* Edit and apply is another way to roll out. */
    await sandbox.page.getByRole('tab', { name: 'infer.yaml', exact: true }).click();
    const yaml = (await sandbox.run('cat infer.yaml'))
      .replace('podium/model-server:1.0', 'podium/model-server:1.2')
      .replace('replicas: 3', 'replicas: 2');
    await sandbox.paste(yaml);
    await sandbox.apply();
    await expect(sandbox.output).toContainText('deployment.apps/infer configured');
    await sandbox.until('kubectl get deployment infer -o wide', /infer\s+2\/2\s+2\s+2 .*podium\/model-server:1\.2/);
  },
);
