import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyState, hashState } from '../../base/state';
import { KubeletRig } from './kubelet.rig';

/** Pods of every kind: what they run, and how. */
const PODS: [container: object, spec: object][] = [
  [{ image: 'nginx:1.27' }, {}],
  [{ command: ['sh', '-c', 'sleep 5; exit 1'] }, {}],
  [{ command: ['sh', '-c', 'sleep 20'] }, { restartPolicy: 'Never' }],
  [{ command: ['sleep', 'infinity'] }, { terminationGracePeriodSeconds: 5 }],
  [{ image: 'nginx:nope' }, {}],
  [{ command: ['nothing'] }, { restartPolicy: 'OnFailure' }],
  [{ image: 'nginx:1.27', livenessProbe: { exec: { command: ['false'] }, periodSeconds: 3 } }, {}],
  [{ image: 'nginx:1.27', lifecycle: { postStart: { exec: { command: ['sh', '-c', 'sleep 2'] } } } }, {}],
  [{ image: 'nginx:1.27', lifecycle: { preStop: { exec: { command: ['sleep', '3'] } } } }, {}],
  [
    { command: ['sh', '-c', 'sleep 4'] },
    {
      restartPolicy: 'Never',
      initContainers: [
        { name: 'init', image: 'busybox', command: ['sh', '-c', 'sleep 1'] },
        { name: 'side', image: 'busybox', command: ['sleep', 'infinity'], restartPolicy: 'Always' },
      ],
    },
  ],
  [{ image: 'nginx:1.27' }, { activeDeadlineSeconds: 10 }],
  [
    { image: 'nginx:1.27', volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    { volumes: [{ name: 'v', configMap: { name: 'absent' } }] },
  ],
  [{ image: 'nginx:1.27', resources: { limits: { 'nvidia.com/gpu': '1' } } }, {}],
];

const deeds = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: 15_000 }),
    what: fc.constantFrom(
      'make',
      'make',
      'make',
      'delete',
      'force',
      'crash',
      'off',
      'on',
      'cut',
      'join',
      'stop',
      'start',
    ),
    which: fc.nat(PODS.length - 1),
  }),
  { minLength: 5, maxLength: 40 },
);

function act(rig: KubeletRig, what: string, which: number, made: string[]): void {
  const kubelet = rig.kubelet();
  const name = made[which % Math.max(1, made.length)];
  const exists = name !== undefined && rig.get(name) !== undefined;
  if (what === 'make') {
    const [container, spec] = PODS[which]!;
    const next = `pod-${made.length}`;
    made.push(next);
    rig.pod(next, container, spec);
  } else if (what === 'delete' && exists) rig.remove(name);
  else if (what === 'force' && exists) rig.remove(name, 0);
  else if (what === 'crash' && exists) kubelet.crash('default', name, 'main', 1);
  else if (what === 'off') kubelet.powerOff();
  else if (what === 'on') kubelet.powerOn();
  else if (what === 'stop') kubelet.stopKubelet();
  else if (what === 'start') kubelet.startKubelet();
  else if (what === 'cut' || what === 'join') rig.cut('cpu-1', what === 'cut');
}

/** Everything works again. */
function heal(rig: KubeletRig): void {
  rig.kubelet().powerOn();
  rig.kubelet().startKubelet();
  rig.cut('cpu-1', false);
}

describe('whatever happens to a machine', () => {
  it('in the end its Pods are as they should be, and those deleted are gone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), deeds, (seed, steps) => {
        const rig = new KubeletRig(['cpu-1'], seed, undefined, { 'nvidia.com/gpu': '2' });
        const made: string[] = [];
        for (const { waitMs, what, which } of steps) {
          act(rig, what, which, made);
          rig.run(waitMs);
          expect(new Set(rig.kubelet().devicesInUse()).size).toBe(rig.kubelet().devicesInUse().length);
        }
        heal(rig);
        rig.run(120_000);
        const left = rig.client.list('pods', 'default');
        expect(left.filter((pod) => pod.metadata.deletionTimestamp).map((pod) => pod.metadata.name)).toEqual([]);
        const known = [...rig.kubelet().state.pods.values()].map((record) => record.name).sort();
        expect(known).toEqual(left.map((pod) => pod.metadata.name).sort());
        for (const pod of left) {
          const spec = pod.spec.containers[0]!;
          const lives =
            spec.image === 'nginx:1.27' &&
            !spec.livenessProbe &&
            !pod.spec.activeDeadlineSeconds &&
            !pod.spec.volumes?.some((one) => one.configMap);
          if (lives && pod.status.phase !== 'Failed')
            expect(`${pod.metadata.name} ${readyOf(pod)}`).toBe(`${pod.metadata.name} True`);
          if (pod.spec.restartPolicy === 'Never') expect(pod.status.phase).toMatch(/Succeeded|Failed/);
        }
        for (const { metadata } of left) rig.remove(metadata.name);
        rig.run(60_000);
        expect(rig.client.list('pods', 'default')).toEqual([]);
        expect(rig.kubelet().state.pods.size).toBe(0);
        expect(rig.kubelet().devicesInUse()).toEqual([]);
      }),
      { seed: 20260105, numRuns: 40 },
    );
  }, 60_000);

  it('its state can be copied at any moment, and the copy is the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), deeds, (seed, steps) => {
        const rig = new KubeletRig(['cpu-1'], seed, undefined, { 'nvidia.com/gpu': '2' });
        const made: string[] = [];
        for (const { waitMs, what, which } of steps) {
          act(rig, what, which, made);
          rig.run(waitMs);
          const kubelet = rig.kubelet();
          const copy = copyState(kubelet.state);
          expect(hashState(copy)).toBe(hashState(kubelet.state));
          kubelet.restore(copy);
        }
      }),
      { seed: 7, numRuns: 15 },
    );
  }, 60_000);
});

const readyOf = (pod: { status: { conditions?: { type: string; status: string }[] } }): string | undefined =>
  pod.status.conditions?.find((condition) => condition.type === 'Ready')?.status;
