import type { Frame, NodeDetail } from './frame';
import { completeFrame, type FrameMessage } from './frame-message';
import { KnownPods } from './pod-details';

/** Reads the frames of one simulator, all of them and in order: keeps what a frame tells once. */
export class FrameReader {
  /** Details of the Pods of the latest frame and of some that are gone. */
  pods = KnownPods.none();
  nodes: ReadonlyMap<number, NodeDetail> = new Map();
  frame: Frame | undefined;

  /** Takes the next frame in, and gives it with all that it left out. What was known of another history is void. */
  read(message: FrameMessage): Frame {
    const anew = this.frame?.epoch !== message.epoch;
    const frame = completeFrame(message, anew ? undefined : this.frame);
    if (frame.podDetails.id.length > 0 || anew)
      this.pods = (anew ? KnownPods.none() : this.pods).with(frame.podDetails, frame.pods.id);
    if (frame.nodeDetails.length > 0 || anew) this.nodes = this.#nodesWith(frame, anew);
    this.frame = frame;
    return frame;
  }

  #nodesWith({ nodeDetails, nodes }: Frame, anew: boolean): ReadonlyMap<number, NodeDetail> {
    const next = new Map(anew ? [] : this.nodes);
    for (const detail of nodeDetails) next.set(detail.id, detail);
    if (next.size > 2 * nodes.count + 64) {
      const present = new Set(nodes.id);
      for (const id of next.keys()) if (!present.has(id)) next.delete(id);
    }
    return next;
  }
}
