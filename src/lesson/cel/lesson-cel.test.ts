import { expect, test } from 'vitest';
import { celOf } from '../../api/cel/values';
import type { Json } from '../../api/objects';
import { LessonCel } from './lesson-cel';
import type { Reading } from './reading';
import { viewed } from './viewed';

const EPOCH_MS = Date.UTC(2026, 0, 5, 9);

const owned = (kind: string, name: string): object => ({
  ownerReferences: [{ kind, name, uid: `${kind}-${name}`, controller: true, apiVersion: 'apps/v1' }],
});
const container = (resources: object): object => ({ name: 'c', image: 'i', resources });
const TRUE = (type: string): object => ({ type, status: 'True' });

const POD = {
  kind: 'Pod',
  metadata: { name: 'web-1', uid: 'p1', labels: { app: 'web' }, ...owned('ReplicaSet', 'web-x') },
  spec: {
    nodeName: 'cpu-1',
    tolerations: [{ key: 'gpu', operator: 'Exists' }],
    containers: [container({ requests: { cpu: '250m', gpu: '1' } }), container({ requests: { cpu: '1' } })],
  },
  status: { phase: 'Running', conditions: [TRUE('Ready')], containerStatuses: [{ name: 'c', restartCount: 2 }] },
};
const WAITING = {
  kind: 'Pod',
  metadata: { name: 'lost', uid: 'p2', labels: {} },
  spec: { containers: [container({})] },
  status: {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        message: '0/1 nodes are available: 1 Insufficient a.b/c. preemption: 0/1 nodes.',
      },
    ],
  },
};
const CRASHED = {
  kind: 'Pod',
  metadata: { name: 'loop', uid: 'p3' },
  spec: { nodeName: 'cpu-1', containers: [container({})] },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } } }],
  },
};
const STARTS = {
  kind: 'Pod',
  metadata: { name: 'new', uid: 'p4' },
  spec: { nodeName: 'cpu-1', containers: [container({})] },
  status: { phase: 'Pending', containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }] },
};
const DEPLOYMENT = {
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'Deployment-web' },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { spec: POD.spec } },
  status: { replicas: 3, readyReplicas: 2 },
};
const VIEWS: Record<string, object[]> = {
  pods: [POD, WAITING, CRASHED, STARTS],
  replicasets: [
    { kind: 'ReplicaSet', metadata: { name: 'web-x', uid: 'ReplicaSet-web-x', ...owned('Deployment', 'web') } },
  ],
  deployments: [DEPLOYMENT],
  daemonsets: [
    { kind: 'DaemonSet', metadata: { name: 'agent' }, status: { desiredNumberScheduled: 2, numberReady: 2 } },
    { kind: 'DaemonSet', metadata: { name: 'late' }, status: { desiredNumberScheduled: 2, numberReady: 1 } },
    { kind: 'DaemonSet', metadata: { name: 'nowhere' }, status: { desiredNumberScheduled: 0, numberReady: 0 } },
  ],
  services: [{ kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'web' } } }],
  nodes: [
    {
      kind: 'Node',
      metadata: { name: 'cpu-1' },
      spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      status: { conditions: [TRUE('Ready')] },
    },
    {
      kind: 'Node',
      metadata: { name: 'cpu-2' },
      spec: { taints: [{ key: 'other', effect: 'NoExecute' }] },
      status: {},
    },
  ],
};

const READING: Reading = {
  nowMs: 200_000,
  epochMs: EPOCH_MS,
  view: (name) => (VIEWS[name] ?? []).map(viewed),
  gone: (name) => (name === 'pods' ? [celOf({ metadata: { name: 'old' } } as Json)] : []),
  before: (name) => (VIEWS[name] ?? []).slice(1).map(viewed),
  fact: (id) =>
    id === 'up' ? { holds: true, sinceMs: 134_000, count: 2 } : { holds: false, sinceMs: undefined, count: 0 },
};

const cel = new LessonCel();
const [WEB, LOST, LOOP, NEW] = ['pods[0]', 'pods[1]', 'pods[2]', 'pods[3]'];

test.each<[text: string, value: unknown]>([
  [`ready(${WEB}) && !ready(${LOST}) && ready(nodes[0]) && !ready(nodes[1]) && !ready(deployments[0])`, true],
  [`names(daemonsets.filter(d, ready(d)))`, 'agent'],
  [`running(${WEB}) && !running(${LOST})`, true],
  [`condition(${WEB}, 'Ready') + condition(${WEB}, 'Other')`, 'True'],
  [`nodeOf(${WEB}) + nodeOf(${LOST})`, 'cpu-1'],
  [`restarts(${WEB})`, 2n],
  [`owner(${WEB}) == {'kind': 'Deployment', 'name': 'web'} && owner(${LOST}).kind == 'Pod'`, true],
  ['podsOf(deployments[0]).map(p, p.metadata.name)', ['web-1']],
  [`tolerates(${WEB}, nodes[0]) && !tolerates(${WEB}, nodes[1]) && !tolerates(${LOST}, nodes[0])`, true],
  [`tolerates(deployments[0], nodes[0]) && tolerates(${WEB}, nodes[0].spec.taints[0])`, true],
  [`string(requests(${WEB}, 'cpu'))`, '1250m'],
  [`requests(${WEB}, 'gpu') == quantity('1') && limits(${WEB}, 'gpu') == quantity('0')`, true],
  [`selects(services[0], ${WEB}) && !selects(services[0], ${LOST}) && selects(deployments[0], ${WEB})`, true],
  [`why(${WEB})`, ''],
  [`why(${LOST})`, '0/1 nodes are available: 1 Insufficient a.b/c'],
  [`why(${LOOP})`, 'container c waits: CrashLoopBackOff (back-off 10s)'],
  [`why(${NEW})`, 'is starting'],
  ['why(deployments[0])', '2 of 3 Pods are Ready'],
  ["names(pods) + '; ' + names(['a', 'b']) + '; ' + names([])", 'web-1, lost, loop and new; a and b; '],
  ["plural(1, 'Pod') + ', ' + plural(2, 'Pod') + ', ' + plural(0, 'entry', 'entries')", '1 Pod, 2 Pods, 0 entries'],
  ["ever('up') && holds('up') && !ever('down') && count('up') == 2", true],
  ["clock(since('up')) + ' ' + words(heldFor('up'))", '2:14 1:06'],
  ["heldFor('up') >= duration('66s') && heldFor('down') == duration('0s')", true],
  ['size(gone.pods) == 1 && size(gone.jobs) == 0 && size(before.pods) == 3', true],
  ["now == timestamp('2026-01-05T09:03:20Z')", true],
])('%s is %s', (text, value) => {
  expect(cel.evaluate(cel.compile(text), READING)).toEqual(value);
});

test.each([`since('down') == now`, 'pods[0].status.nothing == 1', 'ready(pods[9])'])(
  '%s does not hold, and has no words',
  (text) => {
    expect(cel.holds(cel.compile(text), READING)).toBe(false);
    expect(cel.text(cel.compile(text), READING)).toBe('');
  },
);

test('an expression tells what it reads', () => {
  const reads = cel.readsOf(
    cel.compile("pods.exists(p, owner(p).kind == 'Job') || heldFor('up') > duration('1m30s') || size(gone.nodes) > 0"),
  );
  expect([...reads.views].sort()).toEqual(['jobs', 'pods', 'replicasets']);
  expect(reads).toMatchObject({ gone: true, before: false, now: false, after: [{ fact: 'up', ms: 90_000 }] });
});

test('what a lesson asks is bounded', () => {
  const many = { ...READING, view: () => Array.from({ length: 300 }, () => viewed({ ...POD })) };
  const expression = cel.compile('pods.all(a, pods.all(b, pods.all(c, a.kind == b.kind)))');
  const start = performance.now();
  expect(() => cel.evaluate(expression, many)).toThrow('cost limit exceeded');
  expect(performance.now() - start).toBeLessThan(2_000);
});
