import type { ApiObject } from './objects';
import type { Fault } from './faults';

/** Where the story is told. */
export const STORY_PATH = '/podium/v1/story';

/** Who wrote something through the door: kubectl, the editor, the stage. */
export const LEARNER = 'learner';

/** The client that prepares a lesson's cluster: what it does is no deed of anybody's. */
export const PREPARER = 'podium-lesson';

/**
 * `GET /podium/v1/story?resources=pods,nodes[&namespace=default][&since=R][&inputs=N][&after=MS][&traffic=true]`: what has
 * happened since the revision R, the first N inputs and the moment MS, each with its moment. It is what watches would
 * tell, with times, of all resources in one order.
 */
export interface StoryView {
  /** Another one than before: history has changed, and what was told may never have been. */
  readonly epoch: number;
  readonly branch: string;
  /** Where the cluster stands, in virtual ms since its start, and that start on its own calendar. */
  readonly atMs: number;
  readonly epochMs: number;
  /** What to ask with the next time. */
  readonly revision: number;
  readonly inputs: number;
  /** Whether `events` are all that happened since; otherwise they are what there is now, and what was between is lost. */
  readonly whole: boolean;
  readonly events: readonly StoryEvent[];
  readonly happenings: readonly Happening[];
}

/** A write of an object. `by`: the component that wrote it, or `learner` for who asked through the door. */
export interface StoryEvent {
  readonly atMs: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly key: string;
  readonly by: string;
  readonly object: ApiObject;
}

/** What happened that is no write. */
export type Happening =
  /** A request of the learner to change something. */
  | { readonly atMs: number; readonly kind: 'request' }
  | { readonly atMs: number; readonly kind: 'fault'; readonly fault: Fault }
  | { readonly atMs: number; readonly kind: 'world' }
  /** The provider started a part of the control plane again. */
  | { readonly atMs: number; readonly kind: 'repair'; readonly component: string }
  /**
   * A stretch of training is done; `owner` such as `Job train-sgd`, `pod` such as `default/train-sgd-x`
   * and `uid` the Pod's. `run` is the same for all stretches of one start of the program; this one began after `from` steps.
   */
  | {
      readonly atMs: number;
      readonly kind: 'training';
      readonly pod: string;
      readonly owner: string;
      readonly uid: string;
      readonly run: string;
      readonly from: number;
      readonly step: number;
      readonly loss: number;
      readonly r2: number;
    }
  /** A request between programs has ended. */
  | {
      readonly atMs: number;
      readonly kind: 'traffic';
      readonly from: string;
      readonly service: string;
      readonly code: number;
      readonly ok: boolean;
      readonly failure: string;
    };
