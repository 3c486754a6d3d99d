import { describe, expect, it } from 'vitest';
import { complete } from './complete';
import { FakeCluster } from './fake-cluster.rig';

const cluster = new FakeCluster([
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'trainer-0', labels: { app: 'trainer', tier: 'gpu' } },
    spec: { containers: [{ name: 'main' }, { name: 'logs' }] },
  },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'trainer-1', namespace: 'kube-system' } },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'gpu-1' } },
]);

describe('completion', () => {
  it.each([
    ['kub', ['kubectl']],
    ['kubectl desc', ['describe']],
    ['kubectl rollout re', ['restart', 'resume']],
    ['kubectl get deplo', ['deployments']],
    ['kubectl get deployments,statef', ['deployments,statefulsets']],
    ['kubectl get sv', ['svc']],
    ['kubectl get pods ', ['trainer-0']],
    ['kubectl get pods -n kube-system tr', ['trainer-1']],
    ['kubectl get pod/tr', ['pod/trainer-0']],
    ['kubectl logs t', ['trainer-0']],
    ['kubectl logs trainer-0 -c ', ['main', 'logs']],
    ['kubectl get pods -n kube-', ['kube-system']],
    ['kubectl get pods --namespace=kube-', ['--namespace=kube-system']],
    ['kubectl get pods -o ya', ['yaml']],
    ['kubectl get pods -o=js', ['-o=json', '-o=jsonpath-as-json=', '-o=jsonpath-file=', '-o=jsonpath=']],
    ['kubectl get pods --show-l', ['--show-labels']],
    ['kubectl cordon g', ['gpu-1']],
    ['kubectl explain pod.spec.tolerations.toleration', ['pod.spec.tolerations.tolerationSeconds']],
    ['kubectl get pods -o jsonpath={.it', ['jsonpath={.items']],
    ["kubectl get pods -o jsonpath='{.items[*].spec.nodeN", ["jsonpath='{.items[*].spec.nodeName"]],
    ["kubectl get pods -o jsonpath='{range .items[*]}{.metadata.na", []],
    ['kubectl get pod trainer-0 -o jsonpath={.status.podI', ['jsonpath={.status.podIP', 'jsonpath={.status.podIPs']],
    [
      'kubectl get pods -o custom-columns=N:.metadata.nam',
      ['custom-columns=N:.metadata.name', 'custom-columns=N:.metadata.namespace'],
    ],
    ['kubectl get pods --sort-by=.spec.pri', ['--sort-by=.spec.priorityClassName', '--sort-by=.spec.priority']],
    ['kubectl get pods -l a', ['app=']],
    ['kubectl get pods -l app=', ['app=trainer']],
    ['kubectl get pods -l app=trainer,', ['app=trainer,app=', 'app=trainer,tier=']],
    ['kubectl get pods --field-selector=status.ph', ['--field-selector=status.phase=']],
    ['kubectl get pods --field-selector status.phase=R', ['status.phase=Running']],
    ['kubectl get pods --field-selector spec.nodeName=g', ['spec.nodeName=gpu-1']],
    ['kubectl apply --dry-run=s', ['--dry-run=server']],
    ['kubectl get nothing-such ', []],
  ])('%s', async (line, words) => {
    expect(await complete(line, line.length, cluster)).toEqual(words);
  });

  it('looks only at what stands before the cursor', async () => {
    expect(await complete('kubectl desc pods', 12, cluster)).toEqual(['describe']);
  });
});
