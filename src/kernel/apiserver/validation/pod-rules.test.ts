import { expect, test } from 'vitest';
import type { Json, Pod } from '../../../api/objects';
import { Rig } from '../api-server.rig';

/** Rules of Pods that were found by asking many bodies of v1.36.3, one row a rule. */

const PODS = '/api/v1/namespaces/lab/pods?dryRun=All';
const of = (container: object, spec: object = {}): object => ({
  containers: [{ name: 'a', image: 'b', ...container }],
  ...spec,
});
const withVolume = (source: object): object => of({}, { volumes: [{ name: 'v', ...source }] });
const podOf = (spec: object, labels = {}): Json => ({ metadata: { name: 'x', labels }, spec }) as unknown as Json;

test.each<[spec: object, why: string]>([
  [of({ envFrom: [{ secretRef: {} }] }), 'spec.containers[0].envFrom[0].secretRef.name: Required value'],
  [
    of({ env: [{ name: 'E', valueFrom: { configMapKeyRef: { key: 'k' } } }] }),
    'configMapKeyRef.name: Invalid value: "": a lower',
  ],
  [
    of({ env: [{ name: 'E', valueFrom: { fileKeyRef: { key: 'k', path: 'p', volumeName: 'v' } } }] }),
    'fileKeyRef.volumeName: Not found: "v"',
  ],
  [
    of({ restartPolicyRules: [{ action: 'Restart' }] }),
    'spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified',
  ],
  [of({}, { hostnameOverride: '' }), 'spec.hostnameOverride: Invalid value: ""'],
  [
    of({}, { overhead: { abc: '1' } }),
    'spec.overhead.limits[abc]: Invalid value: "abc": must be a standard resource type or fully qualified',
  ],
  [of({}, { resources: { limits: { abc: '1' } } }), 'spec.resources.limits[abc]: Invalid value: "abc"'],
  [
    withVolume({ quobyte: { registry: 'x', volume: 'y' } }),
    'quobyte.registry: Invalid value: "x": must be a host:port pair or multiple pairs separated by commas',
  ],
  [
    withVolume({ azureDisk: { diskName: 'x', diskURI: 'y', kind: 'Managed' } }),
    'azureDisk.diskURI: Unsupported value: "y"',
  ],
  [of({}, { dnsConfig: { searches: ['B!'] } }), "characters, '_', '-' or '.'"],
  [
    of(
      {},
      {
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 },
        ],
      },
    ),
    'can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
  ],
])('%j', (spec, why) => {
  expect(new Rig().say('POST', PODS, podOf(spec))).toContain(why);
});

const made = (spec: object, labels = {}): Pod['spec'] =>
  (new Rig().ask('POST', PODS, podOf(spec, labels)).body as unknown as Pod).spec;

test('fields are filled in, and those of disabled features taken away', () => {
  expect(made(of({}, { terminationGracePeriodSeconds: -1 })).terminationGracePeriodSeconds).toBe(1);
  expect(made(of({ image: 'Bad_Value!' })).containers[0]!.imagePullPolicy).toBe('IfNotPresent');
  expect(made(of({}, { schedulingGroup: {} })).schedulingGroup).toBeUndefined();
  expect(made(withVolume({ image: { reference: 'x' } })).volumes![0]!.image!.pullPolicy).toBe('Always');
  expect(made(of({ lifecycle: { stopSignal: 'SIGTERM' } })).containers[0]!.lifecycle).toEqual({});
});

test('the values of label keys become part of the selectors', () => {
  const term = { topologyKey: 'z', labelSelector: {}, matchLabelKeys: ['v'] };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
  const { podAffinity } = made(of({}, { affinity }), { v: '1' }).affinity!;
  expect(podAffinity!.requiredDuringSchedulingIgnoredDuringExecution![0]!.labelSelector).toEqual({
    matchExpressions: [{ key: 'v', operator: 'In', values: ['1'] }],
  });
});
