import { describe, expect, it } from 'vitest';
import { KubeletRig } from './kubelet.rig';

const nginx = { image: 'nginx:1.27' };
const nonRoot = (more: object = {}): object => ({ securityContext: { runAsNonRoot: true, ...more } });

describe('a Pod bound to a machine that cannot have it', () => {
  it.each([
    [
      'SysctlForbidden',
      'forbidden sysctl: "kernel.msgmax" not allowlisted',
      {},
      { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
    ],
    ['PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS", {}, { os: { name: 'windows' } }],
    [
      'PodOSSelectorNodeLabelDoesNotMatch',
      "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
      { labels: { 'kubernetes.io/os': 'windows' } },
      {},
    ],
  ])('is refused: %s', (reason, message, metadata, spec) => {
    const rig = new KubeletRig();
    rig.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', namespace: 'default', ...metadata },
      spec: { containers: [{ name: 'main', ...nginx }], nodeName: 'cpu-1', ...spec },
    });
    rig.run(3000);
    expect(rig.get('a')!.status).toMatchObject({ phase: 'Failed', reason, message: `Pod was rejected: ${message}` });
    expect(rig.events('a')).toEqual([`${reason}: ${message}`]);
  });
});

describe('a container that must not run as root', () => {
  it.each([
    ['container has runAsNonRoot and image will run as root', nginx, nonRoot()],
    ["container's runAsUser breaks non-root policy", { ...nginx, ...nonRoot({ runAsUser: 0 }) }, {}],
    [
      'container has runAsNonRoot and image has non-numeric user (nobody), cannot verify user is non-root',
      { image: 'prom/prometheus:v3' },
      nonRoot(),
    ],
  ])('waits: %s', (why, container, spec) => {
    const rig = new KubeletRig();
    rig.pod('a', container, spec);
    rig.run(5000);
    const { uid } = rig.get('a')!.metadata;
    const message = `${why} (pod: "a_default(${uid})", container: main)`;
    expect(rig.get('a')!.status.containerStatuses![0]!.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message,
    });
    expect(rig.events('a')).toContain(`Failed: Error: ${message}`);
  });

  it.each([
    ['its image’s user is another', { image: 'bitnami/redis:7' }, nonRoot()],
    ['it says who runs it', { ...nginx, securityContext: { runAsUser: 1000 } }, nonRoot()],
    ['its own context takes the rule back', { ...nginx, securityContext: { runAsNonRoot: false } }, nonRoot()],
  ])('runs where %s', (_, container, spec) => {
    const rig = new KubeletRig();
    rig.pod('a', container, spec);
    rig.run(5000);
    expect(rig.get('a')!.status.phase).toBe('Running');
  });
});

it('a Pod whose secrets for pulling are missing hears of it, and its image is pulled all the same', () => {
  const rig = new KubeletRig();
  rig.pod('a', nginx, { imagePullSecrets: [{ name: 'one' }, { name: 'two' }] });
  rig.run(5000);
  expect(rig.get('a')!.status.phase).toBe('Running');
  expect(rig.events('a')[0]).toBe(
    'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (one, two); attempting to pull the image may not succeed.',
  );
});
