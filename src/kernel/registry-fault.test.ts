import { expect, it } from 'vitest';
import { ClusterRig } from './cluster.rig';
import { PODS } from './storm.rig';

const waitingOf = (rig: ClusterRig, name: string): string | undefined =>
  rig.pod(name)?.status.containerStatuses?.[0]?.state?.waiting?.reason;

function start(rig: ClusterRig, name: string, image: string): void {
  const spec = { nodeName: 'cpu-1', containers: [{ name: 'main', image }] };
  rig.request('POST', PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec });
}

it('Without the registry only images that a machine has can be started; with it, pulls go on by themselves', () => {
  const rig = new ClusterRig();
  start(rig, 'before', 'nginx:1.27');
  rig.until('running', () => rig.pod('before')?.status.phase === 'Running');
  rig.input({ kind: 'fault', fault: { type: 'RegistryDown' } });
  start(rig, 'known', 'nginx:1.27');
  start(rig, 'unknown', 'redis:7');
  rig.until('back-off', () => waitingOf(rig, 'unknown') === 'ImagePullBackOff');
  expect(rig.pod('known')!.status.phase).toBe('Running');
  expect(rig.events().some(({ about, message }) => about === 'Pod/unknown' && message.includes('i/o timeout'))).toBe(
    true,
  );
  rig.input({ kind: 'fault', fault: { type: 'RegistryUp' } });
  rig.until('running', () => rig.pod('unknown')?.status.phase === 'Running', 120_000);
});
