import type { ApiRequest, ApiResponse } from '../../api/client';
import type { Job, Node } from '../../api/objects';
import type { Input } from '../../kernel/input';
import type { StoreEvent } from '../../kernel/store/event';
import type { Mark } from '../../protocol/frame';
import { inputLabel, requestLabel } from '../input-words';
import type { PodRow } from './pod-table';

/** The mark of what somebody did; undefined for training results, which nobody did. */
export function inputMark(input: Input): Mark | undefined {
  if (input.kind === 'training') return undefined;
  return { atMs: input.atMs, kind: input.kind === 'fault' ? 'fault' : 'you', ...inputLabel(input) };
}

/** A write that the API server refused. It is no input: nothing came of it. */
export function refusedMark(atMs: number, request: ApiRequest, { code }: ApiResponse): Mark {
  const { label, subject } = requestLabel(request);
  return { atMs, kind: 'refused', label: `${label}: refused (${code})`, subject };
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
    const lost = ready(event.object as Node) !== 'True' && ready(event.previous as Node) === 'True';
    return lost ? { atMs: event.atMs, kind: 'trouble', label: `${name} NotReady`, subject } : undefined;
  }
  if (event.resource !== 'jobs') return undefined;
  const done = isComplete(event.object as Job) && !isComplete(event.previous as Job);
  return done ? { atMs: event.atMs, kind: 'completed', label: `${name} Complete`, subject } : undefined;
}

/** Whether a node came, went, or is otherwise to who looks at it: its readiness, taints, or that it takes no Pods. */
export function nodeChanged(event: StoreEvent): boolean {
  if (event.type !== 'MODIFIED') return true;
  const [is, was] = [event.object as Node, event.previous as Node];
  return ready(is) !== ready(was) || is.spec.unschedulable !== was.spec.unschedulable || !sameTaints(is, was);
}

const sameTaints = (left: Node, right: Node): boolean =>
  left.spec.taints === right.spec.taints || JSON.stringify(left.spec.taints) === JSON.stringify(right.spec.taints);

function ready(node: Node): string | undefined {
  return node.status.conditions?.find((condition) => condition.type === 'Ready')?.status;
}

function isComplete(job: Job): boolean {
  return (
    job.status.conditions?.some((condition) => condition.type === 'Complete' && condition.status === 'True') ?? false
  );
}
