import { fullestOf } from './crowd';
import { detailLevel, type DetailLevel } from './detail';
import type { Rect } from './geometry';
import type { StageLayout } from './layout';
import { CARD, cardFurniture, GRIDS, layoutNode, PILL, type NodeBox, type PodBox } from './node-layout';
import type { Picture } from './picture';

/** A card seen from near: laid out as if it were large, and drawn in the place of the small one. */
export interface CloseCard {
  /** Coordinates of its own, from (0, 0). */
  box: NodeBox;
  x: number;
  y: number;
  scale: number;
}

/** What the camera is near enough to show in more detail than the map has. */
export interface CloseUp {
  level: DetailLevel;
  cards: readonly CloseCard[];
}

/** A card that fills so much of the view is the one that is looked at. */
const LOOKED_AT = 0.5;
const HYSTERESIS = 1.15;
/** The largest zoom of a map whose cards have names. */
const NAMED_ZOOM = 6;

/** How much of what stands on the map is in view: parts of nodes count as parts. */
function inView(layout: StageLayout, counts: ReadonlyMap<string, number>, view: Rect): Visible {
  const visible: Visible = { cards: [], nodes: 0, pods: 0, largest: 0 };
  for (const box of layout.nodes) {
    const area = overlap(box, view);
    if (area <= 0) continue;
    const part = area / (box.width * box.height);
    visible.cards.push(box);
    visible.nodes += part;
    visible.pods += part * (counts.get(box.node.name) ?? 0);
    visible.largest = Math.max(visible.largest, area / (view.width * view.height));
  }
  return visible;
}

interface Visible {
  cards: NodeBox[];
  nodes: number;
  pods: number;
  /** The share of the view that the largest card fills. */
  largest: number;
}

function overlap(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * The level for what the camera sees, and the cards it sees at that level; null where the map shows as much already.
 * `view` is the part of the map in sight. `before` keeps its level up to 15 % past the limit. One node that is looked
 * at has its Pods' names, however many they are.
 */
export function closeUpOf(picture: Picture, layout: StageLayout, view: Rect, before?: CloseUp | null): CloseUp | null {
  if (layout.form === 'rows' || layout.level === 1 || view.width >= layout.width) return null;
  const counts = countsByName(picture);
  const visible = inView(layout, counts, view);
  const was = before?.level ?? layout.level;
  const near = visible.largest >= LOOKED_AT / (was === 1 ? HYSTERESIS : 1);
  const level = near ? 1 : detailLevel(Math.ceil(visible.pods), Math.ceil(visible.nodes), was);
  if (level >= layout.level || visible.cards.length === 0) return null;
  if (level !== 1 && level !== 2) return { level, cards: [] };
  return { level, cards: visible.cards.map((box) => closeCard(picture, box, level, view)) };
}

function countsByName({ nodes, podCounts }: Picture): Map<string, number> {
  return new Map(nodes.map((node, index) => [node.name, podCounts[index] ?? 0]));
}

function closeCard(picture: Picture, place: NodeBox, level: 1 | 2, view: Rect): CloseCard {
  const pods = picture.podsOn(place.node.name);
  const node = picture.nodes.find((one) => one.name === place.node.name) ?? place.node;
  const { width, height } = closeSize(place, level, pods.length, cardFurniture(node));
  const box = layoutNode(node, pods, { x: 0, y: 0, width, height }, level);
  const scale = place.width / width;
  const seen: Rect = {
    x: (view.x - place.x) / scale,
    y: (view.y - place.y) / scale,
    width: view.width / scale,
    height: view.height / scale,
  };
  return { box: { ...box, pods: box.pods.filter((pod) => overlap(pod, seen) > 0) }, x: place.x, y: place.y, scale };
}

/** The size of a card of the same shape that has room for all of its Pods. */
function closeSize(place: Rect, level: 1 | 2, pods: number, furniture: number): { width: number; height: number } {
  const shape = place.height / place.width;
  const [pitch, row, inset, around] =
    level === 1
      ? [PILL.width + PILL.gap, PILL.pitch, 2 * CARD.inset - PILL.gap, furniture]
      : [GRIDS[2].size + GRIDS[2].gap, GRIDS[2].size + GRIDS[2].gap, 2 * GRIDS[2].inset, GRIDS[2].top + GRIDS[2].inset];
  for (let columns = level === 1 ? 1 : GRIDS[2].columns; ; columns++) {
    const width = columns * pitch + inset;
    const rows = Math.max(1, Math.ceil(pods / columns));
    if (width * shape >= around + rows * row) return { width, height: width * shape };
  }
}

/** The furthest zoom: near enough for the names on the fullest node. `fitted` is the map's scale before any zoom. */
export function largestZoom(picture: Picture, layout: StageLayout, fitted: number): number {
  const [card] = layout.nodes;
  if (!card || layout.level === 1) return NAMED_ZOOM;
  const full = closeSize(card, 1, fullestOf(picture), CARD.gatedHeight - 2 * PILL.pitch).width / (card.width * fitted);
  const filling = Math.min(layout.width / card.width, layout.height / card.height);
  return Math.max(NAMED_ZOOM, 1.25 * full, 1.25 * filling);
}

/** Where a Pod stands in a close-up, on the map. */
export function closeRectOf(key: string, closeUp: CloseUp | null): Rect | undefined {
  for (const card of closeUp?.cards ?? []) {
    const pod = card.box.pods.find((one) => one.pod.key === key);
    if (pod) return placed(pod, card);
  }
  return undefined;
}

function placed(pod: PodBox, { x, y, scale }: CloseCard): Rect {
  return { x: x + pod.x * scale, y: y + pod.y * scale, width: pod.width * scale, height: pod.height * scale };
}
