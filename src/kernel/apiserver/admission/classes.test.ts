import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

/** Classes that admission looks up: runtimes of Pods, and the default of Ingresses. */

const PODS = '/api/v1/namespaces/lab/pods';
const podOf = (spec: object): Json =>
  ({ metadata: { name: 'p' }, spec: { containers: [{ name: 'main', image: 'x' }], ...spec } }) as Json;
const runtime = {
  metadata: { name: 'gvisor' },
  handler: 'runsc',
  overhead: { podFixed: { cpu: '250m' } },
  scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
};

describe('a RuntimeClass', () => {
  const ask = (spec: object): Rig => {
    const rig = new Rig();
    rig.ask('POST', '/apis/node.k8s.io/v1/runtimeclasses', runtime);
    rig.ask('POST', PODS, podOf(spec));
    return rig;
  };

  test('says what its Pods cost and where they run', () => {
    expect(ask({ runtimeClassName: 'gvisor' }).ask('GET', `${PODS}/p`).body).toMatchObject({
      spec: {
        overhead: { cpu: '250m' },
        nodeSelector: { sandbox: 'yes' },
        tolerations: expect.arrayContaining([{ key: 'sandbox', operator: 'Exists' }]) as unknown,
      },
    });
  });

  test.each<[spec: object, why: string]>([
    [{ runtimeClassName: 'ghost' }, 'pod rejected: RuntimeClass "ghost" not found'],
    [{ overhead: { cpu: '1' } }, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead'],
    [
      { runtimeClassName: 'gvisor', overhead: { cpu: '1' } },
      `pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead`,
    ],
    [
      { runtimeClassName: 'gvisor', nodeSelector: { sandbox: 'no' } },
      'conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no',
    ],
  ])('refuses a Pod with %j', (spec, why) => {
    const rig = ask({ runtimeClassName: 'gvisor' });
    rig.ask('DELETE', `${PODS}/p`);
    expect(rig.say('POST', PODS, podOf(spec))).toBe(`403 pods "p" is forbidden: ${why}`);
  });
});

test.each<[spec: object, annotations: object, chosen: string | undefined]>([
  [{}, {}, 'main'],
  [{ ingressClassName: 'other' }, {}, 'other'],
  [{}, { 'kubernetes.io/ingress.class': 'old' }, undefined],
])('an Ingress with %j and %j is of class %s', (spec, annotations, chosen) => {
  const rig = new Rig();
  const metadata = { name: 'main', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } };
  rig.ask('POST', '/apis/networking.k8s.io/v1/ingressclasses', { metadata, spec: { controller: 'a.b/c' } });
  const defaultBackend = { service: { name: 'web', port: { number: 80 } } };
  const ingress = { metadata: { name: 'i', annotations }, spec: { defaultBackend, ...spec } } as Json;
  const { body } = rig.ask('POST', '/apis/networking.k8s.io/v1/namespaces/lab/ingresses', ingress);
  expect((body as { spec: { ingressClassName?: string } }).spec.ingressClassName).toBe(chosen);
});
