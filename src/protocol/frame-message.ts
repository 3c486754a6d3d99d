import type { Frame, PodColumns } from './frame';

/** A frame on its way: what has not changed since the last one is left out. */
export interface FrameMessage extends Omit<Frame, 'pods'> {
  pods?: PodColumns;
}

/** The frame with what it left out. `before` is the frame that came before it. */
export function completeFrame(message: FrameMessage, before: Frame | undefined): Frame {
  const pods = message.pods ?? before?.pods;
  if (!pods) throw new Error('the first frame of a history tells of all Pods');
  return { ...message, pods };
}

/** The buffers that a frame gives away: they are moved to the page, not copied. */
export function buffersOf({ pods, nodes, podDetails, curves }: FrameMessage): ArrayBuffer[] {
  const arrays = [pods ?? {}, nodes, podDetails, ...curves].flatMap((columns) =>
    Object.values(columns).filter((one): one is ArrayBufferView<ArrayBuffer> => ArrayBuffer.isView(one)),
  );
  return [...new Set(arrays.map((array) => array.buffer))];
}
