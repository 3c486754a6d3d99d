import { describe, expect, it } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';
import { CONTAINER } from '../manifests.rig';

const SETS = '/apis/apps/v1/namespaces/lab/statefulsets';
const DAEMONS = '/apis/apps/v1/namespaces/lab/daemonsets';
const REVISIONS = '/apis/apps/v1/namespaces/lab/controllerrevisions';
const MERGE = 'application/merge-patch+json';

const setOf = (spec: Record<string, Json> = {}): Json => ({
  metadata: { name: 'w' },
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [CONTAINER] } },
    ...spec,
  },
});
const rolling = (rollingUpdate: Json): Json => setOf({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });

const REFUSED: [about: string, path: string, body: Json, words: string][] = [
  ['a negative ordinal', SETS, setOf({ ordinals: { start: -1 } }), 'spec.ordinals.start: Invalid value: -1'],
  ['a service that is no label', SETS, setOf({ serviceName: 'A_B' }), 'spec.serviceName: Invalid value: "A_B"'],
  ['a negative partition', SETS, rolling({ partition: -1 }), 'rollingUpdate.partition: Invalid value: -1'],
  [
    'a surge beside unavailability',
    DAEMONS,
    rolling({ maxSurge: 1 }),
    'may not be set when maxUnavailable is non-zero',
  ],
  ['neither of both', DAEMONS, rolling({ maxUnavailable: 0 }), 'cannot be 0 when maxSurge is 0'],
  ['an empty selector', DAEMONS, setOf({ selector: {} }), 'empty selector is invalid for daemonset'],
  [
    'a selector without values',
    SETS,
    setOf({ selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }),
    'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}]',
  ],
  ['a revision of nothing', REVISIONS, { metadata: { name: 'w' }, revision: 1 }, 'data: Required value'],
];

describe('what controls Pods by revisions', () => {
  it.each(REFUSED)('is refused with %s', (_about, path, body, words) => {
    const rig = new Rig();
    expect(rig.say('POST', path, body)).toContain(words);
    expect(rig.ask('GET', `${path}/w`).code).toBe(404);
  });

  it('keeps what a StatefulSet is named by', () => {
    const rig = new Rig();
    rig.ask('POST', SETS, setOf({ serviceName: 's' }));
    const change = { spec: { podManagementPolicy: 'Parallel' } };
    expect(rig.say('PATCH', `${SETS}/w`, change, MERGE)).toContain("fields other than 'replicas', 'ordinals'");
    expect(rig.ask('PATCH', `${SETS}/w`, { spec: { replicas: 3 } }, MERGE).code).toBe(200);
  });

  it('counts the templates of a DaemonSet, whatever a client says', () => {
    const rig = new Rig();
    const countOf = (body: Json): string | undefined =>
      (body as { metadata: { annotations?: Record<string, string> } }).metadata.annotations?.[
        'deprecated.daemonset.template.generation'
      ];
    expect(countOf(rig.ask('POST', DAEMONS, setOf()).body)).toBe('1');
    expect(countOf(rig.ask('PUT', `${DAEMONS}/w`, setOf({ minReadySeconds: 1 })).body)).toBe('1');
    const template = { spec: { template: { metadata: { labels: { tier: 'b' } } } } };
    expect(countOf(rig.ask('PATCH', `${DAEMONS}/w`, template, MERGE).body)).toBe('2');
  });
});
