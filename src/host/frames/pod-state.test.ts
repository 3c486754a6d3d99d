import { describe, expect, it } from 'vitest';
import type { ContainerStatus, Node, Pod } from '../../api/objects';
import { POD_FLAGS } from '../../protocol/frame';
import { backOffMs, podState } from './pod-state';

const EPOCH_MS = Date.parse('2026-01-05T09:00:00Z');

function pod(status: Partial<Pod['status']>, more: { node?: string; metadata?: object; spec?: object } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '2026-01-05T09:00:00Z',
      ...more.metadata,
    },
    spec: { containers: [{ name: 'main' }], nodeName: more.node ?? 'n', ...more.spec },
    status: { phase: 'Running', ...status },
  } as unknown as Pod;
}

const READY = { type: 'Ready', status: 'True' };
const status = (state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus =>
  ({ name: 'main', ready: false, restartCount: 0, image: 'i', imageID: '', state, ...more }) as ContainerStatus;
const node = (ready: string, taints: object[] = []): Node =>
  ({ spec: { taints }, status: { conditions: [{ type: 'Ready', status: ready }] } }) as unknown as Node;

describe('the phase of a Pod', () => {
  it.each<[string, Pod, Node | undefined]>([
    ['Pending', pod({ phase: 'Pending' }, { node: '' }), undefined],
    ['Creating', pod({ phase: 'Pending' }), node('True')],
    ['Running', pod({ conditions: [READY] as never }), node('True')],
    ['NotReady', pod({}), node('True')],
    ['Succeeded', pod({ phase: 'Succeeded' }), node('True')],
    ['Failed', pod({ phase: 'Failed' }), node('True')],
    [
      'CrashLoopBackOff',
      pod({ containerStatuses: [status({ waiting: { reason: 'CrashLoopBackOff' } })] }),
      node('True'),
    ],
    ['Terminating', pod({}, { metadata: { deletionTimestamp: '2026-01-05T09:01:00Z' } }), node('True')],
    ['Unknown', pod({ conditions: [READY] as never }), node('Unknown')],
    ['Terminating', pod({}, { metadata: { deletionTimestamp: '2026-01-05T09:01:00Z' } }), node('Unknown')],
  ])('is %s', (phase, object, on) => {
    expect(podState(object, on, EPOCH_MS).phase).toBe(phase);
  });
});

describe('the flags of a Pod', () => {
  it.each<[keyof typeof POD_FLAGS, Pod]>([
    ['oomKilled', pod({ containerStatuses: [status({ terminated: { exitCode: 137, reason: 'OOMKilled' } })] })],
    [
      'imagePullBackOff',
      pod({ phase: 'Pending', containerStatuses: [status({ waiting: { reason: 'ImagePullBackOff' } })] }),
    ],
    ['evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    ['system', pod({}, { metadata: { namespace: 'kube-system' } })],
    [
      'probeFailing',
      pod(
        { containerStatuses: [status({ running: {} }, { started: true })] },
        { spec: { containers: [{ name: 'main', readinessProbe: {} }] } },
      ),
    ],
  ])('have %s', (flag, object) => {
    expect(podState(object, undefined, EPOCH_MS).flags & POD_FLAGS[flag]).toBe(POD_FLAGS[flag]);
    expect(podState(pod({ conditions: [READY] as never }), undefined, EPOCH_MS).flags).toBe(0);
  });
});

describe('the clock that runs on a Pod', () => {
  it('is the back-off until the next start', () => {
    const waiting = status(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting failed container=main pod=p' } },
      { lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-05T09:00:30Z' } } },
    );
    expect(podState(pod({ containerStatuses: [waiting] }), node('True'), EPOCH_MS)).toMatchObject({
      ring: 'back-off',
      ringFromMs: 30_000,
      ringUntilMs: 50_000,
    });
  });

  it('is the grace period of one that terminates', () => {
    const metadata = { deletionTimestamp: '2026-01-05T09:01:00Z', deletionGracePeriodSeconds: 30 };
    expect(podState(pod({}, { metadata }), node('True'), EPOCH_MS)).toMatchObject({
      ring: 'grace period',
      ringFromMs: 30_000,
      ringUntilMs: 60_000,
    });
  });

  it('is what its toleration leaves it under a NoExecute taint', () => {
    const taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', timeAdded: '2026-01-05T09:00:50Z' };
    const limited = { key: taint.key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
    const tolerating = (tolerations: object[]): Pod => pod({}, { spec: { tolerations } });
    expect(podState(tolerating([limited]), node('Unknown', [taint]), EPOCH_MS)).toMatchObject({
      ring: 'tolerationSeconds',
      ringFromMs: 50_000,
      ringUntilMs: 350_000,
    });
    expect(
      podState(tolerating([{ key: taint.key, operator: 'Exists' }]), node('Unknown', [taint]), EPOCH_MS).ring,
    ).toBe('none');
    expect(podState(tolerating([]), node('Unknown', [taint]), EPOCH_MS).ring).toBe('none');
  });

  it.each([
    ['back-off 10s restarting failed container=a', 10_000],
    ['back-off 2m40s restarting failed container=a', 160_000],
    ['back-off 5m0s restarting failed container=a', 300_000],
    ['Back-off pulling image', 0],
  ])('reads %s', (message, ms) => expect(backOffMs(message)).toBe(ms));
});
