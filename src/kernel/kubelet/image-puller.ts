import { assert } from '../../base/assert';
import { lookUp, pullMs, registryDown } from '../images/catalogue';
import { parseImage, type ImageReference } from '../images/reference';
import { goDuration, isBackingOff, nextBackOff } from './back-off';
import { specOf, type KubeletCore } from './core';
import type { ContainerRecord, PodRecord, PullRequest } from './state';

/** Why there is no image. The reason is that of the container's waiting state. */
export interface ImageTrouble {
  readonly reason: string;
  readonly message: string;
}

/** What asking the registry and unpacking add to a pull. */
const OVERHEAD_MS: readonly [number, number] = [2, 9];
const DEFAULT_POLICY = 'IfNotPresent';

/**
 * Sees to it that the container's image is on the machine. Models pkg/kubelet/images/image_manager.go
 * EnsureImageExists.
 */
export function ensureImage(
  core: KubeletCore,
  record: PodRecord,
  container: ContainerRecord,
): 'present' | 'pulling' | ImageTrouble {
  const spec = specOf(record, container.name);
  const image = spec.image ?? '';
  const reference = parseImage(image);
  if ('problem' in reference) {
    core.containerEvent(record, container, 'Warning', 'InspectFailed', reference.problem);
    return { reason: 'InvalidImageName', message: reference.problem };
  }
  const policy = spec.imagePullPolicy ?? DEFAULT_POLICY;
  const present = core.machine.images.has(reference.full);
  if (present && policy !== 'Always') {
    const message = `Container image "${image}" already present on machine and can be accessed by the pod`;
    core.containerEvent(record, container, 'Normal', 'Pulled', message);
    return 'present';
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    core.containerEvent(record, container, 'Warning', 'ErrImageNeverPull', message);
    return { reason: 'ErrImageNeverPull', message };
  }
  const backOff = core.state.pullBackOff.get(backOffKey(record, image));
  if (backOff && isBackingOff(backOff, backOff.updatedMs, core.nowMs)) {
    const message = `Back-off pulling image "${image}"`;
    core.containerEvent(record, container, 'Normal', 'BackOff', message);
    return { reason: 'ImagePullBackOff', message: `${message}: ErrImagePull: ${backOff.message}` };
  }
  core.containerEvent(record, container, 'Normal', 'Pulling', `Pulling image "${image}"`);
  core.state.pulls.push({ uid: record.uid, container: container.name, askedMs: core.nowMs, startedMs: 0 });
  if (core.state.pulls.length === 1) startPull(core);
  return 'pulling';
}

const backOffKey = (record: PodRecord, image: string): string => `${record.uid}_${image}`;

/** Begins the first pull of the queue. */
function startPull(core: KubeletCore): void {
  for (let pull = core.state.pulls[0]; pull; pull = core.state.pulls[0]) {
    const record = core.pod(pull.uid);
    if (record) {
      pull.startedMs = core.nowMs;
      const overheadMs = Math.round(core.between(...OVERHEAD_MS));
      return core.after(durationMs(core, referenceOf(record, pull.container)) + overheadMs, 'pull', '');
    }
    core.state.pulls.shift();
  }
}

function referenceOf(record: PodRecord, container: string): ImageReference {
  const reference = parseImage(specOf(record, container).image ?? '');
  assert(!('problem' in reference), 'only images with a name are pulled');
  return reference;
}

function durationMs(core: KubeletCore, reference: ImageReference): number {
  const { conventions, machines } = core.parts;
  const found = lookUp(conventions, reference);
  if (!machines.state.registryUp || 'code' in found) return conventions.pull.failureMs;
  return pullMs(conventions, found.sizeMb, machines.state.megabytesPerSecond, core.machine.images.has(reference.full));
}

/** What comes of a pull: its container, and what went wrong, if anything did. */
export interface PullOutcome {
  readonly record: PodRecord;
  readonly container: ContainerRecord;
  readonly trouble: ImageTrouble | null;
}

/** The pull that runs is over; the next one begins. */
export function finishPull(core: KubeletCore): PullOutcome | undefined {
  const pull = core.state.pulls.shift();
  assert(pull, 'a pull is over');
  const record = core.pod(pull.uid);
  const container = record?.containers.get(pull.container);
  const outcome = record && container && { record, container, trouble: conclude(core, record, container, pull) };
  startPull(core);
  return outcome;
}

function conclude(
  core: KubeletCore,
  record: PodRecord,
  container: ContainerRecord,
  pull: PullRequest,
): ImageTrouble | null {
  const image = specOf(record, container.name).image ?? '';
  const reference = referenceOf(record, container.name);
  const { conventions, machines } = core.parts;
  const key = backOffKey(record, image);
  const found =
    machines.state.registryUp && core.machine.linked ? lookUp(conventions, reference) : registryDown(reference);
  if ('code' in found) {
    const message = found.code === 'NotFound' ? `rpc error: code = NotFound desc = ${found.message}` : found.message;
    core.containerEvent(record, container, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
    const next = nextBackOff(core.state.pullBackOff.get(key), core.nowMs, core.nowMs);
    core.state.pullBackOff.set(key, { ...next, message });
    return { reason: 'ErrImagePull', message };
  }
  const isNew = core.machine.images.get(reference.full) !== found.sizeMb;
  core.machine.images.set(reference.full, found.sizeMb);
  if (isNew) core.usesMore('ephemeral-storage');
  core.state.pullBackOff.delete(key);
  core.state.statusWanted = true;
  const took = goDuration(core.nowMs - pull.startedMs);
  const waited = goDuration(core.nowMs - pull.askedMs);
  const size = `Image size: ${Math.round(found.sizeMb * 1e6)} bytes.`;
  const message = `Successfully pulled image "${image}" in ${took} (${waited} including waiting). ${size}`;
  core.containerEvent(record, container, 'Normal', 'Pulled', message);
  return null;
}
