import { inTrouble, NODE_FLAGS, NODE_STATES, NO_HUE, POD_PHASES, type PodColumns } from '../protocol/frame';
import { FramePicture } from './frame-picture';
import type { Rect } from './geometry';
import type { StageLayout } from './layout';
import { gridColumns, GRIDS, meterParts, type NodeBox } from './node-layout';
import { nodeIsDown, type NodeGlyph, type Picture, type PodGlyph } from './picture';

/** A speck is one byte: its hue, and these bits. */
export const SPECK = { hue: 7, hollow: 8, trouble: 16 } as const;

/** Where the small squares of Pods stand within each card. */
export interface SpeckGrid {
  columns: number;
  pitch: number;
  size: number;
  left: number;
  top: number;
}

/** What is drawn of each node, in the order of the layout's cards; and of its Pods, one after the other. */
export interface Crowd {
  /** 1 where the node is down. */
  down: Uint8Array;
  /** Requested share of its CPU, 0…1. */
  fill: Float32Array;
  /** Owner that requests most of it. */
  hue: Uint8Array;
  /** 1 where a Pod of it is in trouble. */
  troubled: Uint8Array;
  devices: Uint16Array;
  devicesUsed: Uint16Array;
  /** Specks of card `n` are `speck[from[n]]` up to `speck[from[n + 1]]`. */
  from: Uint32Array;
  speck: Uint8Array;
}

/** The grid for cards of this layout when the fullest holds so many Pods; in cells it is as small as they are. */
export function speckGrid({ level, nodes }: StageLayout, most: number): SpeckGrid {
  const { size, gap, inset, top } = GRIDS[3];
  const pitch = size + gap;
  const [cell] = nodes;
  if (level < 4 || !cell) return { columns: gridColumns(3, most), pitch, size, left: inset, top };
  for (let columns = 1; ; columns++) {
    const width = columns * pitch - gap + 2 * inset;
    const height = top + Math.ceil(most / columns) * pitch - gap + inset;
    if (width * (cell.height / cell.width) < height) continue;
    const scale = cell.width / width;
    return { columns, pitch: pitch * scale, size: size * scale, left: inset * scale, top: top * scale };
  }
}

/** Where the Pod at a place in its node's order stands. */
export function speckRect(card: Rect, { columns, pitch, size, left, top }: SpeckGrid, place: number): Rect {
  return {
    x: card.x + left + (place % columns) * pitch,
    y: card.y + top + Math.floor(place / columns) * pitch,
    width: size,
    height: size,
  };
}

/** The most Pods that a node holds. */
export function fullestOf({ podCounts }: Picture): number {
  let most = 0;
  for (let index = 0; index < podCounts.length; index++) most = Math.max(most, podCounts[index]!);
  return most;
}

function emptyCrowd(cards: number, specks: number): Crowd {
  return {
    down: new Uint8Array(cards),
    fill: new Float32Array(cards),
    hue: new Uint8Array(cards).fill(NO_HUE),
    troubled: new Uint8Array(cards),
    devices: new Uint16Array(cards),
    devicesUsed: new Uint16Array(cards),
    from: new Uint32Array(cards + 1),
    speck: new Uint8Array(specks),
  };
}

/** What the canvas shows of a picture. `each`: Pods one by one, not only what a node's add up to. */
export function crowdOf(picture: Picture, layout: StageLayout, each: boolean): Crowd {
  return picture instanceof FramePicture
    ? crowdOfColumns(picture, layout.nodes, each)
    : crowdOfGlyphs(picture, layout.nodes, each);
}

const READY = NODE_STATES.indexOf('Ready');

function crowdOfColumns(picture: FramePicture, cards: readonly NodeBox[], each: boolean): Crowd {
  const { nodes, pods } = picture.columns;
  const { from, row: rows } = picture.index;
  const crowd = emptyCrowd(cards.length, each ? rows.length : 0);
  let next = 0;
  for (const [card, { node }] of cards.entries()) {
    const row = picture.rowOf(node.id);
    crowd.from[card] = next;
    if (row < 0) continue;
    crowd.down[card] = nodes.state[row] !== READY || (nodes.flags[row]! & NODE_FLAGS.off) !== 0 ? 1 : 0;
    crowd.fill[card] = Math.min(1, nodes.cpuRequested[row]! / Math.max(1, nodes.cpuAllocatable[row]!));
    crowd.hue[card] = nodes.hue[row]!;
    crowd.troubled[card] = nodes.troubled[row]! > 0 ? 1 : 0;
    crowd.devices[card] = nodes.devices[row]!;
    crowd.devicesUsed[card] = nodes.devicesUsed[row]!;
    if (!each) continue;
    for (let at = from[row]!; at < from[row + 1]!; at++) crowd.speck[next++] = speckOfRow(pods, rows[at]!);
  }
  crowd.from[cards.length] = next;
  return crowd;
}

function speckOfRow(pods: PodColumns, row: number): number {
  return speckOf(pods.hue[row]!, { phase: POD_PHASES[pods.phase[row]!] ?? 'Unknown', flags: pods.flags[row]! });
}

function crowdOfGlyphs(picture: Picture, cards: readonly NodeBox[], each: boolean): Crowd {
  const known = new Map(picture.nodes.map((node) => [node.name, node]));
  const crowd = emptyCrowd(cards.length, each ? picture.podCount : 0);
  let next = 0;
  for (const [card, box] of cards.entries()) {
    const node = known.get(box.node.name);
    crowd.from[card] = next;
    if (!node) continue;
    const pods = picture.podsOn(node.name);
    fillCard(crowd, card, node, pods);
    if (each) for (const pod of pods) crowd.speck[next++] = speckOf(pod.detail.hue, pod);
  }
  crowd.from[cards.length] = next;
  return crowd;
}

function fillCard(crowd: Crowd, card: number, node: NodeGlyph, pods: readonly PodGlyph[]): void {
  let widest = 0;
  for (const part of meterParts(pods, 'cpu', 0, node.cpuAllocatable)) {
    if (part.to - part.from <= widest) continue;
    widest = part.to - part.from;
    crowd.hue[card] = part.hue;
  }
  crowd.down[card] = nodeIsDown(node) ? 1 : 0;
  crowd.fill[card] = Math.min(1, node.cpuRequested / Math.max(1, node.cpuAllocatable));
  crowd.troubled[card] = pods.some(inTrouble) ? 1 : 0;
  crowd.devices[card] = node.devices;
  crowd.devicesUsed[card] = node.devicesUsed;
}

function speckOf(hue: number, pod: Pick<PodGlyph, 'phase' | 'flags'>): number {
  const disc = pod.phase === 'Running' || pod.phase === 'NotReady';
  return hue | (disc ? 0 : SPECK.hollow) | (inTrouble(pod) ? SPECK.trouble : 0);
}
