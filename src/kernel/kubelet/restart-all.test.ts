import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../api/conditions';
import { KubeletRig } from './kubelet.rig';
import { main, play, sh, told, type Script } from './script.rig';

const never = { restartPolicy: 'Never' };
const ruled = {
  ...never,
  restartPolicyRules: [
    { action: 'Restart', exitCodes: { operator: 'In', values: [41] } },
    { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [41, 42] } },
  ],
};
/** Ends with the code the first time, and runs on the second time. */
const broken = (code: number): object => ({
  ...main,
  ...sh(`if [ -f /w/once ]; then sleep infinity; fi; sleep 3; touch /w/once; exit ${code}`),
  ...ruled,
  volumeMounts: [{ name: 'w', mountPath: '/w' }],
});
const worker = { ...main, name: 'worker', ...sh('sleep infinity') };
const done = { ...main, name: 'done', ...sh('true') };
const init = { ...main, name: 'init', ...sh('sleep 2') };

const pod = (containers: object[], more: object = {}): Pick<Script, 'spec'> => ({
  spec: { ...never, volumes: [{ name: 'w', emptyDir: {} }], containers, ...more },
});

const SCRIPTS: Script[] = [
  {
    about: 'begins anew with every one of them, whatever its policy, and does not back off',
    ...pod([broken(42), worker, done]),
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating worker=ContainerCreating done=ContainerCreating',
      '2.5 Running main=running worker=running done=Completed 0',
      '5.9 Running main=Error 42 worker=running done=Completed 0',
      '8 Running main=running r1 worker=running r1 done=Completed 0 r1',
    ],
    reasons:
      'Pulling > Pulled > Created > Started > Pulled > Created > Started > Pulled > Created > Started > Killing > Pulled',
  },
  {
    about: 'goes on running where it has no other',
    ...pod([broken(42)]),
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating',
      '2.5 Running Ready main=running',
      '5.9 Running Ready main=running r1',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled',
  },
  {
    about: 'runs its init containers again, and stays initialized',
    ...pod([broken(42)], { initContainers: [init] }),
    seconds: 20,
    history: [
      '0 Pending init=PodInitializing main=PodInitializing',
      '2.5 Pending init=running main=PodInitializing',
      '4.9 Running Ready init=Completed 0 main=running',
      '7.9 Running init=running r1 main=RestartingAllContainers r1',
      '10 Running Ready init=Completed 0 r1 main=running r1',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > Created > Started > Pulled',
  },
  {
    about: 'restarts that one alone where an earlier rule says so',
    ...pod([broken(41), worker]),
    seconds: 20,
    history: [
      '0 Pending main=ContainerCreating worker=ContainerCreating',
      '2.5 Running Ready main=running worker=running',
      '5.9 Running Ready main=running r1 worker=running',
    ],
    reasons: 'Pulling > Pulled > Created > Started > Pulled > Created > Started > Pulled',
  },
];

describe('a Pod whose container calls for a restart of all', () => {
  it.each(SCRIPTS)('$about', (script) => {
    const rig = new KubeletRig();
    play(rig, script);
    expect(told(rig)).toEqual(script.history);
    expect(rig.reasons('pod')).toBe(script.reasons);
    expect(conditionOf(rig.get('pod')!, 'Initialized')?.status).toBe('True');
  });

  it('says so while their containers end, and what they were taken away for', () => {
    const rig = new KubeletRig();
    play(rig, { ...SCRIPTS[0]!, seconds: 7 });
    const saying = (): unknown => conditionOf(rig.get('pod')!, 'AllContainersRestarting');
    expect(saying()).toMatchObject({
      status: 'True',
      reason: 'RestartAllContainersStarted',
      message: 'container exited with restart policy rule',
    });
    expect(rig.events('pod').filter((event) => event.startsWith('Killing'))).toEqual(['Killing: killing']);
    rig.run(5000);
    expect(saying()).toEqual({
      type: 'AllContainersRestarting',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: expect.any(String),
    });
    const message = 'The container is removed because RestartAllContainers in place';
    const terminated = { exitCode: 137, reason: 'RestartingAllContainers', message, startedAt: null, finishedAt: null };
    for (const one of rig.get('pod')!.status.containerStatuses!) expect(one.lastState).toEqual({ terminated });
    expect(rig.log('pod', 'main', true)).toEqual([]);
  });
});
