import { describe, expect, it } from 'vitest';
import { hashState } from '../../base/state';
import { KubeletRig } from './kubelet.rig';
import { main, play, sh, told, type Script } from './script.rig';

const once = { restartPolicy: 'Never' };
const configMap =
  (name: string, data: Record<string, string>) =>
  (rig: KubeletRig): void => {
    rig.create('configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data });
  };

const SCRIPTS: Script[] = [
  {
    about: 'runs to its end',
    container: sh('echo hello; sleep 3'),
    spec: once,
    seconds: 12,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5.9 Running main=Completed 0',
      '6.9 Succeeded main=Completed 0',
    ],
    reasons: 'Pulling > Pulled > Created > Started',
  },
  {
    about: 'fails',
    container: sh('sleep 2; exit 3'),
    spec: once,
    seconds: 12,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '4.9 Running main=Error 3',
      '5.9 Failed main=Error 3',
    ],
    reasons: 'Pulling > Pulled > Created > Started',
  },
  {
    about: 'serves',
    container: { image: 'nginx:1.27' },
    seconds: 12,
    history: ['0 Pending main=ContainerCreating', '2.5 Running Ready main=running'],
    reasons: 'Pulling > Pulled > Created > Started',
  },
  {
    about: 'crashes at once, for ever',
    container: sh('exit 139'),
    seconds: 60,
    history: [
      '0 Pending main=ContainerCreating',
      '2.9 Running main=CrashLoopBackOff r1',
      '16 Running main=Error 139 r2',
      '43 Running main=Error 139 r3',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > BackOff',
  },
  {
    about: 'dies of want of memory and restarts',
    container: sh('sleep 2; oom'),
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '4.9 Running Ready main=running r1',
      '6.9 Running main=OOMKilled 137 r1',
      '19 Running Ready main=running r2',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > BackOff',
  },
  {
    about: 'has two init containers',
    container: { image: 'nginx:1.27' },
    spec: {
      initContainers: [
        { ...main, name: 'first', ...sh('sleep 4') },
        { ...main, name: 'second', ...sh('sleep 2') },
      ],
    },
    seconds: 16,
    history: [
      '0 Pending first=PodInitializing second=PodInitializing main=PodInitializing',
      '2.5 Pending first=running second=PodInitializing main=PodInitializing',
      '6.9 Pending first=Completed 0 second=running main=PodInitializing',
      '8.9 Pending first=Completed 0 second=Completed 0 main=PodInitializing',
      '10.9 Running Ready first=Completed 0 second=Completed 0 main=running',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > Created > Started > Pulling > Pulled > Created > Started',
  },
  {
    about: 'has a sidecar that ends after it',
    container: sh('sleep 5'),
    spec: {
      ...once,
      terminationGracePeriodSeconds: 5,
      initContainers: [
        {
          ...main,
          name: 'shipper',
          ...sh('trap "exit 0" TERM; while true; do sleep 1; done'),
          restartPolicy: 'Always',
        },
      ],
    },
    seconds: 16,
    history: [
      '0 Pending shipper=PodInitializing main=PodInitializing',
      '2.5 Running Ready shipper=running main=running',
      '7.9 Running shipper=running main=Completed 0',
      '8.9 Succeeded shipper=Completed 0 main=Completed 0',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > Created > Started > Killing',
  },
  {
    about: 'is deleted and obeys',
    container: { image: 'nginx:1.27' },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 10,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Succeeded deleting main=Completed 0',
      '5.6 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing',
  },
  {
    about: 'is deleted and deaf',
    container: sh('sleep infinity'),
    spec: { terminationGracePeriodSeconds: 8 },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Running Ready deleting main=running',
      '13.1 Failed deleting main=Error 137',
      '13.8 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing',
  },
  {
    about: 'runs preStop before SIGTERM',
    container: { image: 'nginx:1.27', lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } } },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Running Ready deleting main=running',
      '10.1 Succeeded deleting main=Completed 0',
      '10.8 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing',
  },
  {
    about: 'fails its postStart hook',
    container: { image: 'nginx:1.27', lifecycle: { postStart: { exec: { command: ['sh', '-c', 'exit 1'] } } } },
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.8 Running main=PostStartHookError',
      '3.9 Running main=PostStartHookError r1',
      '4.9 Running main=CrashLoopBackOff r1',
      '16 Running main=PostStartHookError r2',
    ],
    reasons: 'Pulling > Pulled > Created > Started > FailedPostStartHook > Killing > Pulled > BackOff',
  },
  {
    about: 'has a deadline',
    container: { image: 'nginx:1.27' },
    spec: { activeDeadlineSeconds: 8 },
    seconds: 14,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '8 Running main=running',
      '8.9 Failed DeadlineExceeded main=Completed 0',
    ],
    reasons: 'Pulling > Pulled > Created > Started > DeadlineExceeded > Killing',
  },
  {
    about: 'fails its liveness probe',
    container: {
      ...sh('touch /ok; sleep 5; rm /ok; sleep infinity'),
      livenessProbe: { exec: { command: ['cat', '/ok'] }, periodSeconds: 2, failureThreshold: 2 },
    },
    spec: { terminationGracePeriodSeconds: 3 },
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '13.4 Running Ready main=running r1',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Unhealthy > Killing > Pulled',
  },
  {
    about: 'waits for its startup probe',
    container: {
      ...sh('sleep 5; touch /up; sleep infinity'),
      startupProbe: { exec: { command: ['test', '-f', '/up'] }, periodSeconds: 2, failureThreshold: 9 },
      readinessProbe: { exec: { command: ['true'] }, periodSeconds: 5 },
    },
    seconds: 14,
    history: ['0 Pending main=ContainerCreating', '2.5 Running main=running', '8.3 Running Ready main=running'],
    reasons: 'Pulling > Pulled > Created > Started > Unhealthy',
  },
  {
    about: 'waits for a ConfigMap',
    container: { image: 'nginx:1.27', envFrom: [{ configMapRef: { name: 'settings' } }] },
    deeds: [[8, configMap('settings', { A: '1' })]],
    seconds: 24,
    history: [
      '0 Pending main=ContainerCreating',
      '2.9 Pending main=CreateContainerConfigError',
      '16 Running Ready main=running',
    ],
    reasons: 'Pulling > Pulled > Failed > Pulled > Created > Started',
  },
  {
    about: 'waits for a volume',
    container: { ...sh('cat /etc/v/a; sleep infinity'), volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] },
    spec: { volumes: [{ name: 'v', configMap: { name: 'late' } }] },
    deeds: [[6, configMap('late', { a: 'text\n' })]],
    seconds: 20,
    history: ['0 Pending main=ContainerCreating', '10.6 Running Ready main=running'],
    reasons: 'FailedMount > Pulling > Pulled > Created > Started',
  },
  {
    about: 'names an image that is not there',
    container: { image: 'nginx:nope' },
    seconds: 40,
    history: [
      '0 Pending main=ContainerCreating',
      '1.8 Pending main=ErrImagePull',
      '15 Pending main=ImagePullBackOff',
      '30 Pending main=ErrImagePull',
    ],
    reasons: 'Pulling > Failed > Failed > BackOff > Failed',
  },
  {
    about: 'names a command that is not there',
    container: { command: ['trian.py'] },
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.8 Running main=RunContainerError',
      '3.9 Running main=RunContainerError r1',
      '4.9 Running main=CrashLoopBackOff r1',
      '16 Running main=RunContainerError r2',
    ],
    reasons: 'Pulling > Pulled > Created > Failed > Pulled > BackOff',
  },
  {
    about: 'loses its machine, which comes back after 20 s',
    container: { image: 'nginx:1.27' },
    deeds: [
      [5, (rig) => rig.kubelet().powerOff()],
      [25, (rig) => rig.kubelet().powerOn()],
    ],
    seconds: 40,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '25.7 Running Ready main=running r1',
    ],
    reasons: 'Pulling > Pulled > Created > Started > SandboxChanged > Pulled > Created > Started',
  },
  {
    about: 'loses its machine and does not restart',
    container: { image: 'nginx:1.27' },
    spec: once,
    deeds: [
      [5, (rig) => rig.kubelet().powerOff()],
      [25, (rig) => rig.kubelet().powerOn()],
    ],
    seconds: 40,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '25.5 Running main=Unknown 255',
      '26.2 Failed main=Unknown 255',
    ],
    reasons: 'Pulling > Pulled > Created > Started',
  },
  {
    about: 'ends while the network is away',
    container: sh('sleep 6; echo done'),
    spec: once,
    deeds: [
      [5, (rig) => rig.cut('cpu-1', true)],
      [20, (rig) => rig.cut('cpu-1', false)],
    ],
    seconds: 30,
    history: ['0 Pending main=ContainerCreating', '2.5 Running Ready main=running', '20 Succeeded main=Completed 0'],
    reasons: 'Pulling > Pulled > Created > Started',
  },
  {
    about: 'is deleted while the network is away',
    container: { image: 'nginx:1.27' },
    deeds: [
      [5, (rig) => rig.cut('cpu-1', true)],
      [6, (rig) => rig.remove('pod')],
      [20, (rig) => rig.cut('cpu-1', false)],
    ],
    seconds: 30,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '6 Running Ready deleting main=running',
      '20 Succeeded deleting main=Completed 0',
      '20.7 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing',
  },
  {
    about: 'crashes while no kubelet runs',
    container: { image: 'nginx:1.27' },
    deeds: [
      [5, (rig) => rig.kubelet().stopKubelet()],
      [6, (rig) => void rig.kubelet().crash('default', 'pod', 'main', 134)],
      [20, (rig) => rig.kubelet().startKubelet()],
    ],
    seconds: 30,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '20.5 Running Ready main=running r1',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > Created > Started',
  },
];

describe('a Pod that', () => {
  it.each(SCRIPTS)('$about', (script) => {
    const rig = new KubeletRig();
    play(rig, script);
    expect(told(rig)).toEqual(script.history);
    expect(rig.reasons('pod')).toBe(script.reasons);
  });

  it.each(SCRIPTS)('$about, does so again in a machine of the same seed', (script) => {
    const hashes = [1, 2].map(() => {
      const rig = new KubeletRig(['cpu-1'], 7);
      play(rig, script);
      return hashState(rig.kubelet().state);
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe('a kubelet', () => {
  it('says once that its node was cordoned, and once that it is open again', () => {
    const rig = new KubeletRig();
    const cordon = (unschedulable: boolean): void => {
      rig.client.patch('nodes', '', 'cpu-1', (node) => ({ ...node, spec: { ...node.spec, unschedulable } }));
      rig.run(30_000);
    };
    cordon(true);
    cordon(false);
    const said = rig.events('cpu-1').filter((event) => event.includes('Schedulable'));
    expect(said).toEqual([
      'NodeNotSchedulable: Node cpu-1 status is now: NodeNotSchedulable',
      'NodeSchedulable: Node cpu-1 status is now: NodeSchedulable',
    ]);
  });
});
