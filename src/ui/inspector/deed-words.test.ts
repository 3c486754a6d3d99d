import { expect, it } from 'vitest';
import type { FieldChange } from '../../protocol/control';
import { deedOf } from './deed-words';

const change = (path: string, before?: FieldChange['before'], after?: FieldChange['after']): FieldChange => ({
  path: path.split('/'),
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});
const running = { name: 'trainer', restartCount: 0, state: { running: {} } };
const ended = { exitCode: 137, reason: 'OOMKilled' };
const STATE = 'status/containerStatuses/trainer/state';
const taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };

it.each<[string, FieldChange[], string]>([
  ['pods', [change('spec/nodeName', undefined, 'gpu-1')], 'bound X to gpu-1'],
  [
    'pods',
    [
      change('metadata/deletionTimestamp', undefined, 'then'),
      change('metadata/deletionGracePeriodSeconds', undefined, 30),
    ],
    'marked X for deletion, with 30 s to stop in',
  ],
  [
    'pods',
    [
      change('metadata/deletionTimestamp', undefined, 'then'),
      change('metadata/deletionGracePeriodSeconds', undefined, 0),
    ],
    'marked X for deletion',
  ],
  [
    'pods',
    [change('status/phase', 'Pending', 'Running'), change('status/conditions/Ready/status', 'False', 'True')],
    'started the containers of X',
  ],
  ['pods', [change('status/conditions/Ready/status', 'False', 'True')], 'found X Ready'],
  ['pods', [change('status/conditions/Ready/status', 'True', 'False')], 'set X to not Ready'],
  [
    'pods',
    [change('status/phase', 'Running', 'Failed'), change('status/reason', undefined, 'Evicted')],
    'saw X fail: Evicted',
  ],
  [
    'pods',
    [
      change(`${STATE}/running`, {}, undefined),
      change(`${STATE}/terminated`, undefined, ended),
      change('status/conditions/Ready/status', 'True', 'False'),
    ],
    'saw container trainer of X end with exit code 137 (OOMKilled)',
  ],
  [
    'pods',
    [change(`${STATE}/waiting/reason`, 'ContainerCreating', 'ErrImagePull')],
    'cannot start container trainer of X: ErrImagePull',
  ],
  [
    'pods',
    [change(`${STATE}/waiting/reason`, 'ErrImagePull', 'ImagePullBackOff')],
    'waits before it tries container trainer of X again: ImagePullBackOff',
  ],
  [
    'pods',
    [
      change('status/containerStatuses/trainer/restartCount', 1, 2),
      change(`${STATE}/waiting`, { reason: 'CrashLoopBackOff' }, undefined),
    ],
    'started container trainer of X again, restarts: 2',
  ],
  [
    'pods',
    [change('status/startTime', undefined, 'then'), change('status/containerStatuses', undefined, [running])],
    'accepted X',
  ],
  [
    'pods',
    [change('status/conditions', undefined, [{ type: 'PodScheduled', status: 'False' }])],
    'noted that no node fits X',
  ],
  [
    'pods',
    [change('metadata/finalizers', ['batch.kubernetes.io/job-tracking'], undefined)],
    'let go of X: batch.kubernetes.io/job-tracking',
  ],
  [
    'nodes',
    [change('status/conditions/Ready/status', 'True', 'Unknown'), change('status/conditions/Ready/reason', 'a', 'b')],
    'heard nothing from X for 50 s, so its Ready became Unknown',
  ],
  [
    'nodes',
    [{ ...change('spec/taints/node.kubernetes.io\u2215unreachable:NoExecute', undefined, taint), element: true }],
    'tainted X: node.kubernetes.io/unreachable:NoExecute',
  ],
  [
    'nodes',
    [change('spec/taints', [taint], undefined)],
    'took a taint off X: node.kubernetes.io/unreachable:NoExecute',
  ],
  ['nodes', [change('spec/unschedulable', undefined, true)], 'cordoned X'],
  ['nodes', [change('status/conditions/MemoryPressure/status', 'False', 'True')], 'set MemoryPressure of X to True'],
  ['deployments', [change('spec/replicas', 3, 5)], 'scaled X from 3 to 5'],
  ['jobs', [change('spec/suspend', true, false)], 'let X go on'],
  [
    'jobs',
    [change('status/conditions', undefined, [{ type: 'Complete', status: 'True' }])],
    'set Complete of X to True',
  ],
  ['persistentvolumeclaims', [change('status/phase', 'Pending', 'Bound')], 'set X to Bound'],
  ['volumeattachments', [change('status/attached', false, true)], 'attached the disk of X'],
  ['configmaps', [change('data/LR', '0.1', '0.2')], 'changed data.LR from 0.1 to 0.2 of X'],
  [
    'deployments',
    [
      change('metadata/annotations/note', undefined, 'x'),
      change('spec/template/spec/containers/web/image', 'web:1', 'web:2'),
    ],
    'changed spec.template.spec.containers.web.image from web:1 to web:2 and 1 more of X',
  ],
])('%s: %j', (resource, write, words) => {
  expect(deedOf(resource, 'X', write)).toBe(words);
});

it('says nothing of a write that changed nothing', () => {
  expect(deedOf('pods', 'Pod x', [])).toBeUndefined();
});
