import type { RINGS } from '../protocol/frame';
import { amount, clockText, counted } from './lettering';
import { taintText } from './keys';
import { strainWords } from './strain';
import { hasWish, wishText } from './wishes';
import { isOver, nodeHas, podHas, type NodeGlyph, type Picture, type PodGlyph } from './picture';
import type { ServiceView, VolumeView } from '../protocol/frame';

const GIBI = 1024 ** 3;

/** The word under which a Pod's trouble or work is known; empty when its mark says it all. */
export function podWord(pod: PodGlyph): string {
  if (podHas(pod, 'oomKilled')) return 'OOMKilled';
  if (podHas(pod, 'evicted')) return 'Evicted';
  if (podHas(pod, 'imagePullBackOff')) return 'ImagePullBackOff';
  if (podHas(pod, 'probeFailing') && !pod.strain?.probe) return 'probe fails';
  if (pod.restarts > 0 && !isOver(pod)) return `restarts ${pod.restarts}`;
  return '';
}

/** Why a Pod is put out, shorter and shorter: `made room for train-wide-9hq4m`, `for train-wide-9hq4m`, `made room`. */
export function leavingForms(leaving: string): string[] {
  const [what = '', whom] = leaving.split(' for ');
  return whom === undefined ? [leaving] : [leaving, `for ${whom}`, what];
}

const PHASE_WORDS: Record<PodGlyph['phase'], string> = {
  Pending: 'Pending',
  Creating: 'ContainerCreating',
  Running: 'Running',
  NotReady: 'Running, not ready',
  Succeeded: 'Completed',
  Failed: 'Failed',
  CrashLoopBackOff: 'CrashLoopBackOff',
  Terminating: 'Terminating',
  Unknown: 'Unknown',
};

/** The Pod's state in the words that kubectl uses. */
export function podState(pod: PodGlyph): string {
  const word = podWord(pod);
  const trouble = word === 'OOMKilled' || word === 'Evicted' || word === 'ImagePullBackOff';
  return trouble ? word : PHASE_WORDS[pod.phase];
}

const RING_WORDS: Record<(typeof RINGS)[number], string> = {
  none: '',
  'back-off': 'starts again in',
  'grace period': 'is stopped by force in',
  tolerationSeconds: 'is evicted in',
  'probe delay': 'is first probed in',
};

/** One sentence on a Pod, as the tooltip and the twin say it. */
export function podSentence(pod: PodGlyph, atMs: number): string {
  const where = pod.node === '' ? 'on no node' : `on ${pod.node}`;
  const ring =
    pod.ring && pod.ring.untilMs > atMs ? `; ${RING_WORDS[pod.ring.what]} ${clockText(pod.ring.untilMs - atMs)}` : '';
  const doing =
    podHas(pod, 'pulling') && !pod.strain?.pull
      ? `, pulling its image (${Math.round(pod.progress * 100)} %)`
      : podHas(pod, 'mounting')
        ? ', waiting for its volume'
        : '';
  const more = [strainWords(pod), pod.restarts > 0 ? `restarts ${pod.restarts}` : '', pod.detail.leaving];
  const wish = hasWish(pod.detail) ? `wants ${wishText(pod.detail)}` : '';
  const parts = [`${podState(pod)} ${where}${doing}${ring}`, ...more, wish];
  return `${parts.filter((one) => one !== '').join('; ')}.`;
}

/** What the card says at its right end; empty on a healthy node. `bad` wants a person. */
export function nodeNote(node: NodeGlyph, atMs: number): { text: string; bad: boolean } {
  const silent = clockText(atMs - node.heardAtMs);
  if (nodeHas(node, 'cut')) return { text: `last seen ${silent}`, bad: true };
  if (node.state !== 'Ready' || nodeHas(node, 'off')) return { text: `silent ${silent}`, bad: true };
  if (nodeHas(node, 'kubeletDown')) return { text: 'kubelet down', bad: true };
  if (nodeHas(node, 'proxyDown')) return { text: 'kube-proxy down', bad: true };
  if (nodeHas(node, 'diskPressure')) return { text: 'disk pressure', bad: true };
  if (nodeHas(node, 'memoryPressure')) return { text: 'memory pressure', bad: true };
  if (nodeHas(node, 'cordoned')) return { text: 'no new Pods', bad: false };
  return { text: '', bad: false };
}

/** The name under which a node's devices go. */
export function deviceName(resource: string): string {
  if (/gpu/i.test(resource)) return 'GPU';
  if (/tpu/i.test(resource)) return 'TPU';
  return resource.slice(resource.lastIndexOf('/') + 1);
}

/** `3 of 4 free`, `none free`. */
export function freeDevices(node: NodeGlyph): string {
  const free = node.devices - node.devicesUsed;
  return free <= 0 ? 'none free' : `${free} of ${node.devices} free`;
}

export function cpuText(node: NodeGlyph): string {
  return `cpu ${amount(node.cpuRequested / 1000)} of ${amount(node.cpuAllocatable / 1000)}`;
}

export function memoryText(node: NodeGlyph): string {
  return `mem ${amount(node.memoryRequested / GIBI)} of ${amount(node.memoryAllocatable / GIBI)} Gi`;
}

/** One sentence on a node: `gpu-a100-1, Ready, taint nvidia.com/gpu=present:NoSchedule, 3 of 4 GPUs free, …, 1 Pod`. */
export function nodeSentence(node: NodeGlyph, pods: number, atMs: number): string {
  const parts: string[] = [node.state === 'Unknown' ? 'NotReady (Unknown)' : node.state];
  const note = nodeNote(node, atMs);
  if (note.text !== '') parts.push(note.text);
  if (nodeHas(node, 'off')) parts.push('powered off');
  if (nodeHas(node, 'cut')) parts.push('network cut');
  for (const taint of node.detail.taints) parts.push(`taint ${taintText(taint)}`);
  if (node.devices > 0)
    parts.push(`${node.devices - node.devicesUsed} of ${node.devices} ${deviceName(node.detail.deviceResource)}s free`);
  parts.push(cpuText(node), memoryText(node), counted(pods, 'Pod'));
  return parts.join(', ');
}

/** What stands under a drum's name, longest first. */
export function volumeTexts(volume: VolumeView): string[] {
  const parts: string[][] = [];
  if (!volume.bound) return ['Pending, not bound yet', 'not bound'];
  const refused = volume.refusedBy.length > 0 && volume.attachedTo.length > 0;
  if (refused) return [`attached to ${volume.attachedTo.join(', ')}`, volume.accessMode];
  const saved = volume.checkpoints > 0 ? counted(volume.checkpoints, 'checkpoint') : '';
  parts.push(
    [volume.size, volume.accessMode, saved],
    [volume.accessMode, saved],
    [volume.size, volume.accessMode],
    [volume.accessMode],
    [volume.size],
  );
  return parts.map((part) => part.filter((one) => one !== '').join(', '));
}

export function volumeSentence(volume: VolumeView): string {
  const where = volume.attachedTo.length > 0 ? `attached to ${volume.attachedTo.join(', ')}` : 'attached to no node';
  const refused = volume.refusedBy.length > 0 ? `; refused to ${volume.refusedBy.join(', ')}` : '';
  return volume.bound
    ? `${volume.size}, ${volume.accessMode}, ${where}${refused}`
    : 'Pending: no volume is bound to this claim';
}

/** What stands under a Service's name, longest first. */
export function serviceTexts(service: ServiceView): string[] {
  const failing = service.failuresPerSecond > 0 ? `, ${amount(service.failuresPerSecond)} fail` : '';
  if (service.endpoints === 0) return [`Service, no Pods behind it${failing}`, `no Pods${failing}`, 'no Pods'];
  const ready = `${service.ready} of ${service.endpoints} ready`;
  const rate =
    service.requestsPerSecond > 0
      ? `, ${amount(service.requestsPerSecond)} ${service.requestsPerSecond === 1 ? 'request' : 'requests'}/s${failing}`
      : '';
  return [`Service, ${ready}${rate}`, `${ready}${rate}`, ready];
}

/** What the whole stage shows, in one sentence. */
export function stageSentence(picture: Picture): string {
  const ready = picture.nodes.filter((node) => node.state === 'Ready').length;
  const waiting = picture.unplaced.length;
  const pods = counted(picture.podCount, 'Pod');
  return `The cluster: control plane above, ${counted(picture.nodes.length, 'node')} below, ${ready} Ready, ${pods}, ${waiting} of them without a node.`;
}
