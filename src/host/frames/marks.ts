import type { ApiRequest, ApiResponse } from '../../api/client';
import type { Job, Node } from '../../api/objects';
import type { Input } from '../../kernel/input';
import type { StoreEvent } from '../../kernel/store/event';
import type { Mark } from '../../protocol/frame';
import { PREPARER } from '../../api/story';
import { inputLabel, requestLabel } from '../input-words';
import { conditionStatus, holds } from '../../api/conditions';
import type { PodRow } from './pod-table';

/** The mark of what somebody did; undefined for training results and for a lesson's start, which nobody did. */
export function inputMark(input: Input): Mark | undefined {
  if (input.kind === 'training' || input.kind === 'stdin' || (input.kind === 'request' && input.client === PREPARER))
    return undefined;
  return { atMs: input.atMs, kind: input.kind === 'fault' ? 'fault' : 'you', ...inputLabel(input) };
}

/** Somebody else keeps the control plane of a managed cluster, and has started a part of it again. */
export function repairMark({ component, atMs }: { component: string; atMs: number }): Mark {
  return { atMs, kind: 'started', label: `The provider started ${component}` };
}

/** A write that the API server refused. It is no input: nothing came of it. */
export function refusedMark(atMs: number, request: ApiRequest, { code, refused }: ApiResponse): Mark {
  const { label, subject } = requestLabel(request);
  return { atMs, kind: 'refused', label: `${label}: ${refused ? 'connection refused' : `refused (${code})`}`, subject };
}

const TROUBLE = new Set(['Failed', 'CrashLoopBackOff', 'Unknown']);

/** What happened to a Pod that is worth finding again. */
export function podMark(before: PodRow | undefined, row: PodRow, atMs: number): Mark | undefined {
  const was = before?.state.phase;
  const is = row.state.phase;
  if (was === is || row.detail.namespace === 'kube-system') return undefined;
  const subject = `pods ${row.key}`;
  const runs = (phase: string | undefined): boolean => phase === 'Running' || phase === 'NotReady';
  if (runs(is) && !runs(was)) return { atMs, kind: 'started', label: `${row.detail.name} started`, subject };
  if (TROUBLE.has(is)) return { atMs, kind: 'trouble', label: `${row.detail.name} ${is}`, subject };
  return undefined;
}

/** A node that fell silent, a Job that is done. */
export function objectMark(event: StoreEvent): Mark | undefined {
  if (event.type !== 'MODIFIED') return undefined;
  const { name } = event.object.metadata;
  const subject = `${event.resource} ${event.key}`;
  if (event.resource === 'nodes') {
    const lost = !holds(event.object as Node, 'Ready') && holds(event.previous as Node, 'Ready');
    return lost ? { atMs: event.atMs, kind: 'trouble', label: `${name} NotReady`, subject } : undefined;
  }
  if (event.resource !== 'jobs') return undefined;
  const done = holds(event.object as Job, 'Complete') && !holds(event.previous as Job, 'Complete');
  return done ? { atMs: event.atMs, kind: 'completed', label: `${name} Complete`, subject } : undefined;
}

/** Whether a node came, went, or is otherwise to who looks at it: its readiness, taints, or that it takes no Pods. */
export function nodeChanged(event: StoreEvent): boolean {
  if (event.type !== 'MODIFIED') return true;
  const [is, was] = [event.object as Node, event.previous as Node];
  const sameReady = conditionStatus(is, 'Ready') === conditionStatus(was, 'Ready');
  return !sameReady || is.spec.unschedulable !== was.spec.unschedulable || !sameTaints(is, was);
}

const sameTaints = (left: Node, right: Node): boolean =>
  left.spec.taints === right.spec.taints || JSON.stringify(left.spec.taints) === JSON.stringify(right.spec.taints);
