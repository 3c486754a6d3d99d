import type { ApiRequest, ApiResponse, ChannelEnd, WatchEvent } from '../api/client';
import type { FrameMessage } from './frame-message';

/**
 * Page to simulator worker. A request with a path below `/podium/v1/` goes to the control API (time, faults,
 * journal, branches, records), any other to the API server.
 */
export type ToSimulator =
  | { kind: 'open'; id: number; open: OpenRequest }
  | { kind: 'trainer'; port: MessagePort }
  | { kind: 'request'; id: number; request: ApiRequest }
  | { kind: 'watch'; id: number; request: ApiRequest }
  | { kind: 'stream'; id: number; request: ApiRequest }
  /** A connection into a container. */
  | { kind: 'channel'; id: number; request: ApiRequest }
  /** Bytes, a character each, for a connection; `ends`: none will follow. */
  | { kind: 'input'; id: number; data: string; ends: boolean }
  | { kind: 'cancel'; id: number }
  /**
   * Answered once there is something new to draw. A second one before that takes its place, and so does an `open`.
   * `beside`: a branch that is to be seen beside the open one, at the same moment.
   */
  | { kind: 'frame'; beside?: string }
  | { kind: 'ping'; id: number };

/** Which cluster to run. `atMs`: the moment to look at first, in virtual ms; without one the cluster goes on from its end. */
export type OpenRequest =
  /** The stored document of this name; where there is none, a new one from the preset. */
  | { from: 'storage'; name: string; preset: string; seed: number }
  /** A document that came by link or file. It replaces what is stored under `name` only once it has been read. */
  | { from: 'document'; name: string; text: string; atMs?: number | undefined }
  /** A document that is run and kept nowhere, such as the cluster of the home page. */
  | { from: 'memory'; text: string; atMs?: number | undefined };

/** Simulator worker to page. */
export type FromSimulator =
  /** `said`: what a person should know of what is open now. */
  | { kind: 'opened'; id: number; problem?: string; said?: string }
  | { kind: 'response'; id: number; response: ApiResponse }
  | { kind: 'event'; id: number; event: WatchEvent }
  | { kind: 'text'; id: number; text: string }
  | { kind: 'end'; id: number; refusal?: ApiResponse }
  | { kind: 'output'; id: number; stream: 'stdout' | 'stderr'; data: string }
  | { kind: 'closed'; id: number; end: ChannelEnd }
  | { kind: 'frame'; frame: FrameMessage; beside?: FrameMessage }
  /** `atMs`: where the cluster stands, also while it is being replayed and nobody may look at it yet. */
  | { kind: 'pong'; id: number; atMs: number };
