import { expect, it } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

const PODS = '/api/v1/namespaces/lab/pods';
const BUDGETS = '/apis/policy/v1/namespaces/lab/poddisruptionbudgets';
const MERGE = 'application/merge-patch+json';
const REFUSED = "429 Cannot evict pod as it would violate the pod's disruption budget.";
const GRANTED = '201 Status';
const PRESENT = { observedGeneration: 1 };
const ENOUGH = { ...PRESENT, currentHealthy: 2, desiredHealthy: 2, expectedPods: 3, disruptionsAllowed: 0 };
const FAILED = { type: 'DisruptionAllowed', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' };

interface Row {
  what: string;
  ready?: boolean;
  phase?: string;
  policy?: string;
  budgets?: number;
  status: Record<string, Json>;
  says: string;
  /** The cause in the refusal's details. */
  why?: string;
}

const ROWS: Row[] = [
  { what: 'has one eviction left', status: { ...PRESENT, disruptionsAllowed: 1 }, says: GRANTED },
  {
    what: 'has none left',
    status: ENOUGH,
    says: REFUSED,
    why: 'The disruption budget b0 needs 2 healthy pods and has 2 currently',
  },
  {
    what: 'has none left though more are healthy than it needs',
    status: { ...ENOUGH, currentHealthy: 3 },
    says: REFUSED,
    why: 'The disruption budget b0 does not allow evicting pods currently',
  },
  {
    what: 'could not be counted',
    status: { ...ENOUGH, conditions: [{ ...FAILED, reason: 'SyncFailed', message: 'no owner' }] },
    says: REFUSED,
    why: 'The disruption budget b0 does not allow evicting pods currently because it failed sync: no owner',
  },
  {
    what: 'has not been counted yet',
    status: { disruptionsAllowed: 1 },
    says: REFUSED,
    why: 'The disruption budget b0 is still being processed by the server.',
  },
  { what: 'has none left, but the Pod is not ready', ready: false, status: ENOUGH, says: GRANTED },
  {
    what: 'has too few healthy Pods, and the Pod is not ready',
    ready: false,
    status: { ...ENOUGH, currentHealthy: 1 },
    says: REFUSED,
    why: 'The disruption budget b0 needs 2 healthy pods and has 1 currently',
  },
  {
    what: 'always lets Pods go that are not ready',
    ready: false,
    policy: 'AlwaysAllow',
    status: { ...ENOUGH, currentHealthy: 1 },
    says: GRANTED,
  },
  { what: 'has none left, but the Pod has not begun', phase: 'Pending', ready: false, status: ENOUGH, says: GRANTED },
  {
    what: 'is not the only one',
    budgets: 2,
    status: { ...PRESENT, disruptionsAllowed: 1 },
    says: '500 This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
  },
];

it.each(ROWS)('evicts a Pod whose budget $what: $says', (row) => {
  const rig = new Rig();
  const { ready = true, phase = 'Running', policy, budgets = 1 } = row;
  const containers = [{ name: 'main', image: 'nginx:1.27' }];
  rig.ask('POST', PODS, { metadata: { name: 'p', labels: { app: 'a' } }, spec: { nodeName: 'n', containers } });
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  rig.ask('PATCH', `${PODS}/p/status`, { status: { phase, conditions } }, MERGE);
  for (let index = 0; index < budgets; index++) {
    const selector = { matchLabels: { app: 'a' } };
    const spec = { minAvailable: 2, selector, ...(policy ? { unhealthyPodEvictionPolicy: policy } : {}) };
    rig.ask('POST', BUDGETS, { metadata: { name: `b${index}` }, spec });
    expect(rig.ask('PATCH', `${BUDGETS}/b${index}/status`, { status: row.status }, MERGE).code).toBe(200);
  }
  const target = `${PODS}/p/eviction`;
  expect(rig.say('POST', `${target}?dryRun=All`, { metadata: { name: 'p' } })).toBe(row.says);
  const { body } = rig.ask('POST', target, { metadata: { name: 'p' } });
  const causes = (body as { details?: { causes?: { message: string }[] } }).details?.causes ?? [];
  expect(causes.map(({ message }) => message)).toEqual(row.why ? [row.why] : []);
  expect((body as { message?: string; kind: string }).message ?? 'Status').toBe(row.says.slice(4));
});

it('tells the budget of the eviction and closes it with the last one', () => {
  const rig = new Rig();
  const containers = [{ name: 'main', image: 'nginx:1.27' }];
  rig.ask('POST', PODS, { metadata: { name: 'p', labels: { app: 'a' } }, spec: { nodeName: 'n', containers } });
  const conditions = [{ type: 'Ready', status: 'True' }];
  rig.ask('PATCH', `${PODS}/p/status`, { status: { phase: 'Running', conditions } }, MERGE);
  rig.ask('POST', BUDGETS, { metadata: { name: 'b' }, spec: { selector: { matchLabels: { app: 'a' } } } });
  rig.ask('PATCH', `${BUDGETS}/b/status`, { status: { ...PRESENT, disruptionsAllowed: 1 } }, MERGE);
  rig.ask('POST', `${PODS}/p/eviction`, { metadata: { name: 'p' } });
  expect((rig.ask('GET', `${BUDGETS}/b`).body as { status: object }).status).toMatchObject({
    disruptionsAllowed: 0,
    disruptedPods: { p: '2026-01-01T00:00:00Z' },
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', observedGeneration: 1 }],
  });
});
