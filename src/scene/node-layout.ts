import type { PodGlyph, NodeGlyph } from './picture';
import { isOver } from './picture';
import type { Rect } from './geometry';
import { fitText, monoWidth } from './lettering';
import { gatesOf, keyShape, plateTexts, type KeyShape, type Taint } from './keys';
import type { DetailLevel } from './detail';

export const CARD = { width: 224, height: 156, gatedHeight: 172, inset: 12, gap: 16 } as const;
export const PILL = { width: 200, gap: 8, height: 26, pitch: 31, square: 26 } as const;
/** How far apart the small sockets of rows and compact cards stand. */
export const SOCKET_PITCH = 15;
const GATE_PITCH = 21;
const GATES_SPELLED = 2;

/** A gate: its plate with the keyhole, and the barrier to the right of it. */
export interface GateBox {
  taint: Taint;
  shape: KeyShape;
  /** Empty where only the keyhole has room. */
  text: string;
  plate: Rect;
  bar: Rect | null;
}

export interface PodBox extends Rect {
  pod: PodGlyph;
  form: 'pill' | 'square' | 'dot';
}

/** Where things stand inside a node's card; all coordinates are the stage's. */
export interface NodeBox extends Rect {
  node: NodeGlyph;
  gates: GateBox[];
  /** Baseline of the name, and the height at which the riser ends. */
  nameY: number;
  portY: number;
  /** Top of the sockets; 0 where there are none. */
  socketsY: number;
  pods: PodBox[];
  /** Pods for which there was no room. */
  more: number;
  /** Top of the room for the Pod that is being placed. */
  slotY: number;
  /** Baseline of the meters' labels; 0 where there is no room for meters. */
  metersY: number;
}

/** The size of all cards at a level, and how far apart they may stand. */
export interface CardSize {
  width: number;
  gap: number;
  /** The gap may widen to this on a wide stage. */
  widest: number;
  /** The fewest columns of cards. */
  least: number;
  /** Of cells, which are all of one height. */
  height: number;
}

/** Cells are no larger and no narrower than this, and so much higher than wide. */
const CELL = { widest: 10, narrowest: 5, shape: 1.3, gap: 2, narrowGap: 1 };
/** How wide the control plane is at least. */
const LEAST_WIDTH = 660;

/** Small cards hold a grid: its cells, the room around it, and the fewest columns. */
export const GRIDS = {
  2: { size: PILL.square, gap: 4, inset: 8, top: 26, columns: 4 },
  3: { size: 7, gap: 2, inset: 6, top: 7, columns: 6 },
} as const;

/** How wide cards are. `most` is the number of Pods on the fullest node: small cards are as large as it needs. */
export function cardSize(level: 1 | 2 | 3, most: number): CardSize {
  if (level === 1) return { width: CARD.width, gap: CARD.gap, widest: 48, least: 3, height: 0 };
  const { size, gap, inset } = GRIDS[level];
  const width = Math.max(level === 2 ? 130 : 66, gridColumns(level, most) * (size + gap) - gap + 2 * inset);
  return { width, gap: 8, widest: 16, least: Math.max(3, Math.floor(LEAST_WIDTH / width)), height: 0 };
}

/** How large cells are so that as many nodes as there are fit into an area of so many pixels, if they can. */
export function cellSize(nodes: number, area: number): CardSize {
  const pitch = Math.sqrt(Math.max(0, area) / Math.max(1, nodes) / CELL.shape);
  const gap = pitch > CELL.widest ? CELL.gap : CELL.narrowGap;
  const width = Math.max(CELL.narrowest, Math.min(CELL.widest, Math.floor(2 * (pitch - gap)) / 2));
  const least = Math.ceil(LEAST_WIDTH / (width + gap));
  return { width, gap, widest: gap, least, height: Math.round(CELL.shape * width) };
}

/** How high a node's card is. `fullest` is as in `cardSize`; `most` is the number of Pods on the fullest node beside it. */
export function cardHeight(node: NodeGlyph, level: 1 | 2 | 3, fullest: number, most: number): number {
  if (level === 1) return node.detail.taints.length > 0 || node.devices > 0 ? CARD.gatedHeight : CARD.height;
  const { size, gap, inset, top } = GRIDS[level];
  const rows = Math.max(level === 2 ? 3 : 6, Math.ceil(most / gridColumns(level, fullest)));
  return top + rows * (size + gap) - gap + inset;
}

/** A little wider than high. */
export function gridColumns(level: 2 | 3, most: number): number {
  return Math.max(GRIDS[level].columns, Math.ceil(Math.sqrt(most * 1.2)));
}

/** How much room gates, name, sockets and meters of a full card need beside its Pods. */
export function cardFurniture(node: NodeGlyph): number {
  const gates = Math.min(GATES_SPELLED, node.detail.taints.length);
  return (gates > 0 ? 17 + gates * GATE_PITCH : 17) + (node.devices > 0 ? 38 : 15) + 28 + PILL.pitch - PILL.height;
}

/** Lays out one card. `pods` are the Pods on it, in order. */
export function layoutNode(node: NodeGlyph, pods: readonly PodGlyph[], card: Rect, level: DetailLevel): NodeBox {
  if (level > 2) return bareCard(node, card, level === 3 ? Math.min(14, card.height / 2) : 0);
  if (level === 2) return layoutSmall(node, pods, card);
  const gates = layoutGates(gatesOf(node.detail.taints), card);
  const rows = Math.min(gates.length, GATES_SPELLED);
  const headerY = card.y + (rows > 0 ? 8 + rows * GATE_PITCH + 9 : 17);
  const socketsY = node.devices > 0 ? headerY + 16 : 0;
  const podsY = socketsY > 0 ? socketsY + 22 : headerY + 15;
  const metersY = card.y + card.height - 19;
  const area: Rect = {
    x: card.x + CARD.inset,
    y: podsY,
    width: card.width - 2 * CARD.inset,
    height: metersY - 9 - podsY,
  };
  const placed = placePods(pods, area);
  return {
    node,
    ...card,
    gates,
    nameY: headerY + 4,
    portY: headerY,
    socketsY,
    ...placed,
    slotY: slotTop(placed.pods, area),
    metersY,
  };
}

/** Below the last pill, or over it where the card is full. */
function slotTop(pods: readonly PodBox[], area: Rect): number {
  const last = pods.at(-1);
  if (!last) return area.y;
  return Math.min(last.y + PILL.pitch, area.y + area.height - PILL.height);
}

/** A card whose Pods are drawn together with those of all other cards, or are not drawn one by one at all. */
function bareCard(node: NodeGlyph, card: Rect, port: number): NodeBox {
  return {
    node,
    ...card,
    gates: [],
    nameY: 0,
    portY: card.y + port,
    socketsY: 0,
    pods: [],
    more: 0,
    slotY: card.y,
    metersY: 0,
  };
}

function layoutSmall(node: NodeGlyph, pods: readonly PodGlyph[], card: Rect): NodeBox {
  const { size, gap, inset, top } = GRIDS[2];
  const area: Rect = {
    x: card.x + inset,
    y: card.y + top,
    width: card.width - 2 * inset,
    height: card.height - inset - top,
  };
  return {
    node,
    ...card,
    gates: [],
    nameY: card.y + 18,
    portY: card.y + 14,
    socketsY: 0,
    ...gridOf(pods, area, 'square', size, gap),
    slotY: area.y,
    metersY: 0,
  };
}

/** Plates take a line each while there are two; further ones share the second line as keyholes. */
function layoutGates(taints: readonly Taint[], card: Rect): GateBox[] {
  const crowded = taints.length > GATES_SPELLED;
  let x = card.x + 10;
  return taints.map((taint, index) => {
    const alone = !crowded || index === 0;
    const y = card.y + 8 + (alone ? index : 1) * GATE_PITCH;
    const shape = keyShape(taint.key);
    if (!alone) {
      const plate = { x, y, width: 24, height: 18 };
      x += 28;
      return { taint, shape, text: '', plate, bar: null };
    }
    const room = card.width - 20;
    const text = fitText(plateTexts(taint), room - 60, (one) => monoWidth(one, 11, -0.02));
    const width = text === '' ? 24 : 33 + monoWidth(text, 11, -0.02);
    const plate = { x: card.x + 10, y, width, height: 18 };
    const bar = { x: plate.x + width + 4, y: y + 4.5, width: room - width - 4, height: 9 };
    return { taint, shape, text, plate, bar };
  });
}

/** Named pills while they fit, else a grid. */
function placePods(pods: readonly PodGlyph[], area: Rect): { pods: PodBox[]; more: number } {
  const rows = Math.floor((area.height + PILL.pitch - PILL.height) / PILL.pitch);
  const columns = Math.max(1, Math.floor((area.width + PILL.gap) / (PILL.width + PILL.gap)));
  if (pods.length <= rows * columns) {
    const width = (area.width + PILL.gap) / columns - PILL.gap;
    const boxes = pods.map((pod, index): PodBox => {
      const x = area.x + (index % columns) * (width + PILL.gap);
      const y = area.y + Math.floor(index / columns) * PILL.pitch;
      return { pod, form: 'pill', x, y, width, height: PILL.height };
    });
    return { pods: boxes, more: 0 };
  }
  return layoutGrid(pods, area);
}

/** Squares with monograms while they fit, else small squares and a count. */
export function layoutGrid(pods: readonly PodGlyph[], area: Rect): { pods: PodBox[]; more: number } {
  const squares = gridOf(pods, area, 'square', PILL.square, 3);
  return squares.more === 0 ? squares : gridOf(pods, area, 'dot', 9, 3);
}

function gridOf(
  pods: readonly PodGlyph[],
  area: Rect,
  form: PodBox['form'],
  size: number,
  gap: number,
): { pods: PodBox[]; more: number } {
  const pitch = size + gap;
  const columns = Math.max(1, Math.floor((area.width + gap) / pitch));
  const rows = Math.max(1, Math.floor((area.height + gap) / pitch));
  const shown = pods.slice(0, columns * rows);
  const boxes = shown.map((pod, index): PodBox => ({
    pod,
    form,
    x: area.x + (index % columns) * pitch,
    y: area.y + Math.floor(index / columns) * pitch,
    width: size,
    height: size,
  }));
  return { pods: boxes, more: pods.length - shown.length };
}

/** A device of a node and the owner of the Pod that holds it; `hue` −1 where it is free. */
export interface Socket {
  hue: number;
}

/** The sockets of a node, filled in the order of its Pods. */
export function sockets(node: NodeGlyph, pods: readonly PodGlyph[]): Socket[] {
  const filled: Socket[] = [];
  for (const pod of pods) {
    if (isOver(pod)) continue;
    const wanted = pod.detail.devices[node.detail.deviceResource] ?? 0;
    for (let count = 0; count < wanted; count++) filled.push({ hue: pod.detail.hue });
  }
  while (filled.length < Math.min(node.devicesUsed, node.devices)) filled.push({ hue: 6 });
  while (filled.length < node.devices) filled.push({ hue: -1 });
  return filled.slice(0, node.devices);
}

/** A stretch of a meter: what one owner asks for, as a share of what can be had. `hue` 6: nobody on the stage. */
export interface MeterPart {
  hue: number;
  from: number;
  to: number;
}

/** The requests on a node by owner, in the order of its Pods; what the stage does not show comes last. */
export function meterParts(
  pods: readonly PodGlyph[],
  what: 'cpu' | 'memory',
  requested: number,
  allocatable: number,
): MeterPart[] {
  if (allocatable <= 0) return [];
  const byHue = new Map<number, number>();
  let shown = 0;
  for (const pod of pods) {
    if (isOver(pod)) continue;
    const asked = what === 'cpu' ? pod.detail.cpuMilli : pod.detail.memoryBytes;
    if (asked <= 0) continue;
    byHue.set(pod.detail.hue, (byHue.get(pod.detail.hue) ?? 0) + asked);
    shown += asked;
  }
  if (requested > shown) byHue.set(6, requested - shown);
  const parts: MeterPart[] = [];
  let at = 0;
  for (const [hue, asked] of byHue) {
    const to = Math.min(1, at + asked / allocatable);
    if (to > at) parts.push({ hue, from: at, to });
    at = to;
  }
  return parts;
}
