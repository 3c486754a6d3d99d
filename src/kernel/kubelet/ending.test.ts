import { describe, expect, it } from 'vitest';
import { KubeletRig } from './kubelet.rig';
import { main, play, sh, told, type Script } from './script.rig';

const SCRIPTS: Script[] = [
  {
    about: 'is deleted, and its preStop hook fails',
    container: { image: 'nginx:1.27', lifecycle: { preStop: { exec: { command: ['false'] } } } },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 10,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Succeeded deleting main=Completed 0',
      '5.6 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing > FailedPreStopHook',
  },
  {
    about: 'is deleted, and its preStop hook takes longer than there is time',
    container: { ...sh('sleep infinity'), lifecycle: { preStop: { exec: { command: ['sleep', '30'] } } } },
    spec: { terminationGracePeriodSeconds: 4 },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 15,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Running Ready deleting main=running',
      '11.1 Failed deleting main=Error 137',
      '11.8 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing > FailedPreStopHook',
  },
  {
    about: 'is deleted with little time after it was deleted with much, and its preStop hook is cut short',
    container: { ...sh('sleep infinity'), lifecycle: { preStop: { exec: { command: ['sleep', '90'] } } } },
    spec: { terminationGracePeriodSeconds: 100 },
    deeds: [
      [5, (rig) => rig.remove('pod')],
      [8, (rig) => rig.remove('pod', 3)],
    ],
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Running Ready deleting main=running',
      '13.1 Failed deleting main=Error 137',
      '13.7 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing > FailedPreStopHook',
  },
  {
    about: 'is deleted, and whose sidecar prepares while the container that it serves ends',
    container: sh('trap "sleep 5; exit 0" TERM; while true; do sleep 1; done'),
    spec: {
      initContainers: [
        {
          ...main,
          name: 'proxy',
          ...sh('trap "exit 3" TERM; while true; do sleep 1; done'),
          restartPolicy: 'Always',
          lifecycle: { preStop: { exec: { command: ['sleep', '4'] } } },
        },
      ],
    },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 16,
    history: [
      '0 Pending proxy=PodInitializing main=PodInitializing',
      '2.5 Running Ready proxy=running main=running',
      '5 Running Ready deleting proxy=running main=running',
      '11.6 Succeeded deleting proxy=Error 3 main=Completed 0',
      '12.3 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > Created > Started > Killing > Killing',
  },
  {
    about: 'is deleted, and whose sidecars wait for a deaf container no longer than there is time',
    container: sh('sleep infinity'),
    spec: {
      terminationGracePeriodSeconds: 6,
      initContainers: ['first', 'second'].map((name) => ({
        ...main,
        name,
        ...sh('sleep infinity'),
        restartPolicy: 'Always',
      })),
    },
    deeds: [[5, (rig) => rig.remove('pod')]],
    seconds: 20,
    history: [
      '0 Pending first=PodInitializing second=PodInitializing main=PodInitializing',
      '2.5 Running Ready first=running second=running main=running',
      '5 Running Ready deleting first=running second=running main=running',
      '15.1 Failed deleting first=Error 137 second=Error 137 main=Error 137',
      '15.8 gone',
    ],
    reasons:
      'Pulling > Pulled > Created > Started > Pulled > Created > Started > Pulled > Created > Started > ' +
      'Killing > Killing > Killing',
  },
  {
    about: 'is deleted, and whose hook begins anew with another process of the kubelet',
    container: { ...sh('sleep infinity'), lifecycle: { preStop: { sleep: { seconds: 6 } } } },
    spec: { terminationGracePeriodSeconds: 20 },
    deeds: [
      [5, (rig) => rig.remove('pod')],
      [7, (rig) => rig.kubelet().stopKubelet()],
      [8, (rig) => rig.kubelet().startKubelet()],
    ],
    seconds: 40,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5 Running Ready deleting main=running',
      '28.5 Failed deleting main=Error 137',
      '29.2 gone',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Killing > Killing',
  },
];

describe('a Pod that', () => {
  it.each(SCRIPTS)('$about', (script) => {
    const rig = new KubeletRig();
    play(rig, script);
    expect(told(rig)).toEqual(script.history);
    expect(rig.reasons('pod')).toBe(script.reasons);
  });
});
