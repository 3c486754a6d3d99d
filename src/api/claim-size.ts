import type { PersistentVolume, PersistentVolumeClaim } from './objects';
import { compareQuantities, quantityOf, type Quantity } from './quantity';

/** How large claims and volumes are, and how the growth of a claim stands. */

type Sizes = Readonly<Record<string, unknown>> | undefined;
type Status = PersistentVolumeClaim['status'];

/** How a claim's size stands between what was asked and what is there. */
type ResizeStatus = 'ControllerResizeInProgress' | 'NodeResizePending' | 'NodeResizeInProgress';

const RESIZING = ['Resizing', 'FileSystemResizePending'] as const;
const ZERO = quantityOf('0');

const sizeIn = (sizes: Sizes): Quantity => {
  const text = sizes?.['storage'] as string | undefined;
  return text === undefined ? ZERO : quantityOf(text);
};

/** The size a claim asks for. */
export const askedSize = (claim: PersistentVolumeClaim): Quantity => sizeIn(claim.spec.resources?.requests);

/** The size a claim has. */
export const heldSize = (claim: PersistentVolumeClaim): Quantity => sizeIn(claim.status.capacity);

/** The size of a volume. */
export const volumeSize = (volume: PersistentVolume): Quantity => sizeIn(volume.spec.capacity);

/** Whether a claim asks for more than it has. */
export const isToGrow = (claim: PersistentVolumeClaim): boolean =>
  compareQuantities(askedSize(claim), heldSize(claim)) > 0;

/** Whether a bound claim's volume has grown and its file system has not. Models volumeRequiresFSResize. */
export const needsFileSystemResize = (claim: PersistentVolumeClaim, volume: PersistentVolume): boolean =>
  compareQuantities(volumeSize(volume), heldSize(claim)) > 0;

/** The claim's status while it grows: where that stands, and the condition that says so. */
export function growing(
  status: Status,
  stands: ResizeStatus,
  condition: { type: (typeof RESIZING)[number]; message?: string; lastTransitionTime: string },
): Status {
  const { type } = condition;
  const known = status.conditions?.find((one) => one.type === type && one.status === 'True');
  return {
    ...status,
    allocatedResourceStatuses: { ...status.allocatedResourceStatuses, storage: stands },
    conditions: [...withoutResizing(status), known ?? { ...condition, status: 'True' as const, lastProbeTime: null }],
  } as Status;
}

/** The claim's status once it has grown to a size. Models MarkFSResizeFinished. */
export function grown(status: Status, storage: string): Status {
  const { conditions: _, allocatedResourceStatuses, ...rest } = status;
  const { storage: _stands, ...statuses } = (allocatedResourceStatuses ?? {}) as Record<string, string>;
  const conditions = withoutResizing(status);
  return {
    ...rest,
    capacity: { ...status.capacity, storage },
    ...(Object.keys(statuses).length > 0 ? { allocatedResourceStatuses: statuses } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
  } as Status;
}

const withoutResizing = (status: Status): NonNullable<Status['conditions']> =>
  (status.conditions ?? []).filter((one) => !(RESIZING as readonly string[]).includes(one.type));
