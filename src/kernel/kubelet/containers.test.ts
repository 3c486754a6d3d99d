import { describe, expect, it } from 'vitest';
import type { Json, PersistentVolume, PersistentVolumeClaim } from '../../api/objects';
import { startTraining, type TrainingRequest } from '../../api/training';
import { CONVENTIONS } from '../images/conventions';
import { KubeletRig } from './kubelet.rig';

const sh = (script: string): object => ({ command: ['sh', '-c', script] });
const once = { restartPolicy: 'Never' };
const podium = (capacity: Record<string, string> = {}): KubeletRig =>
  new KubeletRig(['cpu-1'], 1, CONVENTIONS.podium, capacity);

/** A claim that is bound to a volume of a driver. */
function claim(rig: KubeletRig, name: string, driver: string, phase: 'Bound' | 'Pending' = 'Bound'): void {
  const spec = { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: '1Gi' } } };
  rig.disks.create(`vol-${name}`);
  const volume = {
    accessModes: spec.accessModes,
    capacity: { storage: '1Gi' },
    storageClassName: '',
    csi: { driver, volumeHandle: `vol-${name}` },
  };
  const made = rig.create('persistentvolumeclaims', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'default' },
    spec: { ...spec, volumeName: `vol-${name}` },
  });
  rig.create('persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `vol-${name}` },
    spec: { ...volume, claimRef: { name, namespace: 'default', uid: made.metadata.uid } },
  });
  const bound = <T extends PersistentVolume | PersistentVolumeClaim>(object: T): T => ({
    ...object,
    status: { ...object.status, phase },
  });
  rig.client.patch('persistentvolumeclaims', 'default', name, bound, 'status');
  rig.client.patch('persistentvolumes', '', `vol-${name}`, bound, 'status');
}

const mounted = (name: string): object => ({ volumeMounts: [{ name: 'v', mountPath: '/data' }], name });
const claimVolume = (claimName: string): object => ({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName } }] });

describe('a container', () => {
  it('is given its environment: values, references, the Pod’s fields, its devices', () => {
    const rig = podium({ 'nvidia.com/gpu': '2' });
    rig.create('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
      data: { LR: '0.1', SEED: '7' },
    });
    rig.create('secrets', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      data: { key: 'aMOpbGxv' },
    });
    const env = [
      { name: 'PLAIN', value: 'a' },
      { name: 'BOTH', value: '$(PLAIN)-$(LR)-$(NONE)-$$(PLAIN)' },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 's', key: 'key' } } },
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    ];
    const script = 'echo $PLAIN $BOTH $KEY $NODE $CPU $LR $HOSTNAME $NVIDIA_VISIBLE_DEVICES';
    const resources = { limits: { cpu: '1500m', 'nvidia.com/gpu': '1' } };
    rig.pod('a', { ...sh(script), env, envFrom: [{ configMapRef: { name: 'c' } }], resources }, once);
    rig.pod('b', { ...sh('echo $NVIDIA_VISIBLE_DEVICES; sleep infinity'), resources }, once);
    rig.run(8000);
    expect(rig.log('a')).toEqual(['a a-0.1-$(NONE)-$(PLAIN) héllo cpu-1 2 0.1 a nvidia0']);
    expect(rig.log('b')).toEqual(['nvidia1']);
    expect(rig.kubelet().devicesInUse()).toEqual(['nvidia.com/gpu/nvidia1']);
  });

  it('is refused where devices or CPU do not suffice', () => {
    const rig = podium({ 'nvidia.com/gpu': '1' });
    rig.machines.get('cpu-1')!.devices.get('nvidia.com/gpu')![0]!.healthy = false;
    rig.pod('gpu', { resources: { limits: { 'nvidia.com/gpu': '1' } } });
    rig.pod('cpu', { resources: { requests: { cpu: '5' } } });
    rig.run(1000);
    expect(rig.get('gpu')?.status).toMatchObject({ phase: 'Failed', reason: 'UnexpectedAdmissionError' });
    expect(rig.get('cpu')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    });
    expect(rig.events('cpu')).toEqual([
      "OutOfcpu: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    ]);
  });

  it('is refused where another Pod of the node has its port', () => {
    const rig = podium();
    const port = (hostPort: number, hostIP?: string): object => ({
      ports: [{ containerPort: 80, hostPort, ...(hostIP ? { hostIP } : {}) }],
    });
    rig.pod('first', port(8080, '10.0.0.1'));
    rig.pod('same', port(8080));
    rig.pod('elsewhere', port(8080, '10.0.0.2'));
    rig.run(4000);
    expect(['first', 'same', 'elsewhere'].map((name) => rig.get(name)?.status.phase)).toEqual([
      'Running',
      'Failed',
      'Running',
    ]);
    const message = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports";
    expect(rig.get('same')?.status).toMatchObject({ reason: 'NodePorts', message: `Pod was rejected: ${message}` });
    expect(rig.events('same')).toEqual([`NodePorts: ${message}`]);
  });

  it('keeps the logs of its run and of the one before', () => {
    const rig = podium();
    rig.pod('a', sh('echo $HOSTNAME; date; sleep 3; exit 1'));
    rig.run(6000);
    const { uid } = rig.get('a')!.metadata;
    expect(rig.log('a')).toEqual(['a', expect.stringMatching(/^2026-01-05T09:00:0\dZ$/)]);
    expect(rig.log('a', 'main', true)[1]).not.toBe(rig.log('a')[1]);
    const { next } = rig.kubelet().logs(uid, 'main')!;
    expect(rig.kubelet().logs(uid, 'main', false, next)).toMatchObject({ lines: [], next, ended: expect.any(Boolean) });
    expect(rig.kubelet().logs(uid, 'other')).toBeUndefined();
  });

  it('has a log that stays within its bounds', () => {
    const rig = podium();
    rig.pod('a', sh('i=0; while true; do echo "line $i and some more text"; i=$((i+1)); done'));
    rig.run(30_000);
    const { uid } = rig.get('a')!.metadata;
    const { lines, next } = rig.kubelet().logs(uid, 'main')!;
    expect(lines.length).toBe(4000);
    expect(lines.at(-1)!.text).toBe(`line ${next - 1} and some more text`);
    expect(next).toBeGreaterThan(5000);
  });

  it('leaves a termination message, or the end of its log', () => {
    const rig = new KubeletRig();
    rig.pod('a', sh('echo loss=0.1 > /dev/termination-log; exit 1'), once);
    rig.pod('b', { ...sh('echo no GPU found; exit 1'), terminationMessagePolicy: 'FallbackToLogsOnError' }, once);
    rig.run(8000);
    const message = (name: string): string | undefined =>
      rig.get(name)?.status.containerStatuses?.[0]?.state?.terminated?.message;
    expect([message('a'), message('b')]).toEqual(['loss=0.1\n', 'no GPU found\n']);
  });

  it('is probed over HTTP and TCP', () => {
    const rig = podium();
    const probe = (path: string): object => ({ httpGet: { path, port: 'web' }, periodSeconds: 1, failureThreshold: 2 });
    const ports = [{ name: 'web', containerPort: 80 }];
    rig.pod('good', {
      image: 'nginx:1.27',
      ports,
      readinessProbe: probe('/'),
      livenessProbe: { tcpSocket: { port: 80 } },
    });
    rig.pod('bad', { image: 'nginx:1.27', ports, readinessProbe: probe('/healthz') });
    rig.pod('deaf', {
      ...sh('sleep infinity'),
      livenessProbe: { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 2 },
    });
    rig.pod('mute', {
      ...sh('sleep infinity'),
      readinessProbe: { grpc: { port: 9000 }, periodSeconds: 1, timeoutSeconds: 2 },
    });
    rig.run(12_000);
    const ready = (name: string): boolean | undefined => rig.get(name)?.status.containerStatuses?.[0]?.ready;
    expect([ready('good'), ready('bad')]).toEqual([true, false]);
    expect(rig.events('bad')).toContain('Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404');
    expect(rig.events('deaf').find((event) => event.startsWith('Unhealthy'))).toMatch(
      /Get "http:\/\/[\d.]+:8080\/": dial tcp [\d.]+:8080: connect: connection refused$/,
    );
    expect(rig.events('mute').find((event) => event.startsWith('Unhealthy'))).toMatch(
      /failed: timeout: failed to connect service "[\d.]+:9000" within 2s: context deadline exceeded$/,
    );
  });

  it.each([
    ['HTTP, which any answer satisfies', { httpGet: { port: 80, path: '/nothing' } }, undefined],
    [
      'HTTP, which nobody answers',
      { httpGet: { port: 81, path: '/hook' } },
      /^HTTP lifecycle hook \(\/hook\) for Container "main" in Pod "a_default\(.+\)" failed - error: Get "http:\/\/[\d.]+:81\/hook": dial tcp [\d.]+:81: connect: connection refused$/,
    ],
    [
      'a socket, which no kubelet runs',
      { tcpSocket: { port: 80 } },
      /^Cannot run handler: invalid handler: &LifecycleHandler\{Exec:nil,HTTPGet:nil,TCPSocket:&TCPSocketAction\{Port:\{0 80 \},Host:,\},Sleep:nil,\}$/,
    ],
  ])('has a postStart hook over %s', (_, postStart, why) => {
    const rig = podium();
    rig.pod('a', { image: 'nginx:1.27', lifecycle: { postStart } });
    const message = (): string | undefined => rig.get('a')!.status.containerStatuses?.[0]?.state?.waiting?.message;
    for (let tries = 0; tries < 40 && !message(); tries++) rig.run(100);
    if (why) expect(message()).toMatch(why);
    else expect(message()).toBeUndefined();
  });
});

describe('a volume', () => {
  it('of the Pod is shared by its containers and outlives their restarts', () => {
    const rig = podium();
    const volumeMounts = [{ name: 'v', mountPath: '/shared' }];
    const writer = {
      name: 'writer',
      image: 'busybox',
      ...sh('echo $(cat /shared/n)x > /shared/n; sleep 2; exit 1'),
      volumeMounts,
    };
    const reader = {
      name: 'reader',
      image: 'busybox',
      ...sh('while true; do cat /shared/n; sleep 1; done'),
      volumeMounts,
    };
    rig.pod('a', {}, { containers: [writer, reader], volumes: [{ name: 'v', emptyDir: {} }] });
    rig.run(7000);
    expect(new Set(rig.log('a', 'reader'))).toEqual(new Set(['x', 'xx']));
  });

  it('shows what a ConfigMap holds, and follows it', () => {
    const rig = podium();
    const draft = (text: string): object => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'default' },
      data: { 'a.txt': text, b: 'B' },
    });
    rig.create('configmaps', draft('one\n'));
    const volumes = [{ name: 'v', configMap: { name: 'c', items: [{ key: 'a.txt', path: 'sub/a' }] } }];
    rig.pod(
      'a',
      {
        ...sh('while true; do cat /etc/c/sub/a; ls /etc/c; sleep 10; done'),
        volumeMounts: [{ name: 'v', mountPath: '/etc/c' }],
      },
      { volumes },
    );
    rig.run(5000);
    expect(rig.log('a')).toEqual(['one', 'sub']);
    rig.client.patch('configmaps', 'default', 'c', (found) => ({ ...found, data: { 'a.txt': 'two\n' } }));
    rig.run(110_000);
    expect(rig.log('a').slice(-2)).toEqual(['two', 'sub']);
  });

  it('is a disk: the kubelet waits until it is attached and says that it uses it', () => {
    const rig = podium();
    claim(rig, 'disk', 'disk.podium.dev');
    const unique = 'kubernetes.io/csi/disk.podium.dev^vol-disk';
    rig.pod(
      'a',
      { ...sh('echo kept >> /data/f; cat /data/f'), ...mounted('main') },
      { ...once, ...claimVolume('disk') },
    );
    rig.run(10_000);
    const states = (): object => rig.kubelet().machineStates(rig.get('a')!.metadata.uid);
    expect(states()).toMatchObject({
      node: 'ready',
      worker: 'mounting',
      containers: { main: 'waiting' },
      volumes: { v: 'attaching' },
    });
    const node = () => rig.client.get('nodes', '', 'cpu-1')!;
    expect(rig.get('a')?.status.phase).toBe('Pending');
    expect(node().status.volumesInUse).toEqual([unique]);
    rig.client.patch(
      'nodes',
      '',
      'cpu-1',
      (one) => ({ ...one, status: { ...one.status, volumesAttached: [{ name: unique, devicePath: '' }] } }),
      'status',
    );
    rig.run(6000);
    expect(rig.get('a')?.status.phase).toBe('Succeeded');
    expect(rig.disks.read('vol-disk', '/f')?.text).toBe('kept\n');
    expect(node().status.volumesInUse).toBeUndefined();
    expect(node().status.volumesAttached).toHaveLength(1);
  });

  it('on the network hangs while there is none, and what was written then is not lost', () => {
    const rig = podium();
    claim(rig, 'files', 'files.podium.dev');
    rig.pod(
      'a',
      { ...sh('while true; do date > /data/f; echo written; sleep 1; done'), ...mounted('main') },
      claimVolume('files'),
    );
    rig.run(5000);
    const before = rig.log('a').length;
    expect(before).toBeGreaterThan(2);
    rig.cut('cpu-1', true);
    rig.run(20_000);
    expect(rig.log('a').length).toBeLessThanOrEqual(before + 1);
    rig.cut('cpu-1', false);
    rig.run(3000);
    expect(rig.log('a').length).toBeGreaterThan(before + 2);
    expect(rig.disks.read('vol-files', '/f')!.text).toMatch(/T09:00:\d\dZ/);
  });

  it('that cannot be had is reported each time; that the wait was given up is not', () => {
    const rig = podium();
    rig.pod(
      'a',
      { image: 'nginx:1.27', ...mounted('main') },
      { volumes: [{ name: 'v', secret: { secretName: 'late' } }] },
    );
    rig.run(140_000);
    expect(rig.events('a')).toEqual(['FailedMount: MountVolume.SetUp failed for volume "v" : secret "late" not found']);
  });

  it.each([
    ['failed to fetch PVC from API server: persistentvolumeclaims "main" not found', () => undefined],
    ['PVC is not bound', (rig: KubeletRig) => claim(rig, 'main', 'files.podium.dev', 'Pending')],
    [
      'PVC is being deleted',
      (rig: KubeletRig) => {
        claim(rig, 'main', 'files.podium.dev');
        rig.client.remove('persistentvolumeclaims', 'default', 'main');
      },
    ],
  ])('whose claim leads nowhere ends the wait at once: %s', (why, prepare) => {
    const rig = podium();
    prepare(rig);
    rig.pod('a', { image: 'nginx:1.27', ...mounted('main') }, claimVolume('main'));
    rig.run(9000);
    expect(rig.events('a')).toEqual([
      'FailedMount: Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], ' +
        `failed to process volumes=[v]: error processing PVC default/main: ${why}`,
    ]);
  });

  it('that no container mounts is not waited for', () => {
    const rig = podium();
    rig.pod('a', { image: 'nginx:1.27' }, { volumes: [{ name: 'v', secret: { secretName: 'late' } }] });
    rig.run(9000);
    expect(rig.get('a')?.status.phase).toBe('Running');
  });

  it.each([
    ['configMap', 'configmap references non-existent config key: b', { configMap: { name: 'x' } }],
    ['secret', 'references non-existent secret key: b', { secret: { secretName: 'x' } }],
  ])('of a %s that lacks a key says which', (kind, why, source) => {
    const rig = podium();
    const metadata = { name: 'x', namespace: 'default' };
    if (kind === 'secret') rig.create('secrets', { apiVersion: 'v1', kind: 'Secret', metadata, data: { a: 'Yg==' } });
    else rig.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } });
    const items = [{ key: 'b', path: 'b' }];
    const [name, from] = Object.entries(source)[0]!;
    rig.pod('a', { image: 'nginx:1.27', ...mounted('main') }, { volumes: [{ name: 'v', [name]: { ...from, items } }] });
    rig.run(2000);
    expect(rig.events('a')[0]).toBe(`FailedMount: MountVolume.SetUp failed for volume "v" : ${why}`);
  });
});

describe('training', () => {
  const env = Object.entries({
    DATASET: 'line-1000',
    BATCH_SIZE: '8',
    STEPS: '400',
    CHECKPOINT_DIR: '/data',
    CHECKPOINT_EVERY: '200',
  });
  const trainer = {
    image: 'podium/sgd-regressor:1.4',
    env: env.map(([name, value]) => ({ name, value })),
    resources: { limits: { 'nvidia.com/gpu': '1' } },
    ...mounted('main'),
  };
  const answer = (request: Json): Json => {
    const { run, config, from, steps } = request as unknown as TrainingRequest;
    const before = from ?? startTraining(config, 1);
    const state = { ...before, coef: [2.4], intercept: 1.1, t: before.t + steps };
    return { run, state, steps, loss: 1 / state.t, r2: 1, backend: 'cpu' } as unknown as Json;
  };

  it('runs on a GPU, keeps checkpoints on its volume, and goes on from there after its machine has died', () => {
    const rig = podium({ 'nvidia.com/gpu': '1' });
    claim(rig, 'ckpt', 'files.podium.dev');
    rig.pod('a', trainer, { restartPolicy: 'OnFailure', ...claimVolume('ckpt') });
    rig.train(35_000, answer);
    expect(rig.log('a').slice(0, 4)).toEqual([
      'device: gpu',
      'data: line-1000 X (1000, 1) y (1000,)',
      'no checkpoint in /data: starting at step 0',
      'epoch 1/4 step 125 loss 0.0079',
    ]);
    rig.kubelet().powerOff();
    expect([...rig.training.open()]).toEqual([]);
    rig.run(5000);
    rig.kubelet().powerOn();
    rig.train(60_000, answer);
    expect(rig.log('a')).toContain('resumed from /data/checkpoint-000200.json at step 200');
    expect(rig.log('a').at(-1)).toBe('saved model to /data/model.json');
    expect(rig.get('a')?.status.phase).toBe('Succeeded');
    expect(rig.disks.list('vol-ckpt')).toEqual(['/checkpoint-000200.json', '/checkpoint-000400.json', '/model.json']);
  });

  it('takes a last checkpoint when its Pod is deleted', () => {
    const rig = podium({ 'nvidia.com/gpu': '1' });
    claim(rig, 'ckpt', 'files.podium.dev');
    rig.pod('a', trainer, { ...once, ...claimVolume('ckpt') });
    rig.train(20_000, answer);
    rig.remove('a');
    rig.run(2000);
    expect(rig.get('a')).toBeUndefined();
    expect([...rig.training.open()]).toEqual([]);
    expect(rig.disks.list('vol-ckpt')).toEqual([expect.stringMatching(/checkpoint-0001\d\d\.json/)]);
  });
});

describe('a Node', () => {
  it('is registered with what its machine has, and kept alive', () => {
    const rig = podium({ 'nvidia.com/gpu': '4' });
    const node = () => rig.client.get('nodes', '', 'cpu-1')!;
    expect(node().status.capacity).toMatchObject({ cpu: '4', 'nvidia.com/gpu': '4' });
    expect(node().status.conditions!.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'MemoryPressure False KubeletHasSufficientMemory',
      'DiskPressure False KubeletHasNoDiskPressure',
      'PIDPressure False KubeletHasSufficientPID',
      'Ready True KubeletReady',
    ]);
    const renewed = rig.client.get('leases', 'kube-node-lease', 'cpu-1')!.spec.renewTime;
    rig.run(15_000);
    expect(rig.client.get('leases', 'kube-node-lease', 'cpu-1')!.spec.renewTime).not.toBe(renewed);
    const heartbeat = node().status.conditions![0]!.lastHeartbeatTime;
    rig.run(200_000);
    expect(node().status.conditions![0]!.lastHeartbeatTime).toBe(heartbeat);
    rig.run(120_000);
    expect(node().status.conditions![0]!.lastHeartbeatTime).not.toBe(heartbeat);
  });

  it('tells of pressure, of broken devices and of pulled images', () => {
    const rig = podium({ 'nvidia.com/gpu': '4' });
    const machine = rig.machines.get('cpu-1')!;
    rig.pod('a', { image: 'nginx:1.27' });
    rig.run(20_000);
    const { images } = rig.client.get('nodes', '', 'cpu-1')!.status;
    expect(images).toEqual([{ names: ['docker.io/library/nginx:1.27'], sizeBytes: 70_000_000 }]);
    machine.diskPressure = true;
    machine.devices.get('nvidia.com/gpu')![2]!.healthy = false;
    rig.kubelet().machineChanged();
    rig.run(100);
    expect(rig.client.get('nodes', '', 'cpu-1')!.status.allocatable).toMatchObject({ 'nvidia.com/gpu': '3' });
    rig.run(20_000);
    const { status } = rig.client.get('nodes', '', 'cpu-1')!;
    expect(status.conditions!.find((one) => one.type === 'DiskPressure')).toMatchObject({
      status: 'True',
      reason: 'KubeletHasDiskPressure',
    });
  });
});
