import type { ApiRequest } from '../api/client';
import type { Fault } from '../api/faults';
import type { Json } from '../api/objects';
import type { WorldChange } from '../api/world-change';

/**
 * Which behaviour of clusters a journal was recorded with. Raised by one when a cluster would do anything otherwise than
 * before with the same inputs: journals of before then replay otherwise.
 */
export const BEHAVIOUR = 3;

/** Whose training it is: the Pod's `namespace/name`, and who owns it, such as `Job train-sgd`. */
export type TrainingSubject = { pod: string; owner: string };

/**
 * An entry of the journal: everything that reaches the cluster from outside. Reads, dry runs and refused requests are
 * none. `atMs` is virtual time since the start; entries come in its order.
 */
export type Input =
  /** A write through the door; `client` is its user agent. */
  | { atMs: number; kind: 'request'; client: string; request: ApiRequest }
  | { atMs: number; kind: 'fault'; fault: Fault }
  /** Real numbers coming in. `of` says whose they are after the Pod is gone; the cluster does not read it. */
  | { atMs: number; kind: 'training'; run: string; result: Json; of?: TrainingSubject }
  | { atMs: number; kind: 'world'; change: WorldChange }
  /** Bytes, a character each, for a process that somebody is connected to; `ends`: none will follow. */
  | { atMs: number; kind: 'stdin'; connection: string; data: string; ends: boolean };

/** An entry before it has its place in time. */
export type InputAction = Input extends infer Entry ? (Entry extends Input ? Omit<Entry, 'atMs'> : never) : never;
