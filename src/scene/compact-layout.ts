import type { Rect } from './geometry';
import { gatesOf, keyShape } from './keys';
import { monoWidth } from './lettering';
import { controlBoxes, type StageLayout, type ServiceBox, type VolumeBox } from './layout';
import { CARD, layoutGrid, PILL, SOCKET_PITCH, type GateBox, type NodeBox } from './node-layout';
import type { NodeGlyph, Picture } from './picture';
import { waitingHeight } from './rows-layout';

/** A stage of fewer pixels than this shows everything in few lines: something else is looked at below it. */
export const COMPACT_BELOW = 400;
/** Drawn smaller than this it shows no more than the map. */
const SMALLEST = 0.5;

const SIDE = 18;
const GAP = 10;
const BOX_TOP = 10;
const BOX_HEIGHT = 30;
const STUB = 10;
const TRUNK_HEIGHT = 26;
const FIRST_ROW = 18;
const CARD_WIDTH = 132;
const CARD_HEIGHT = 70;
const INSET = 10;
const PODS_TOP = 34;
const NAME_INSET = 8;
const NAME_SIZE = 13;
const PLATE = { width: 20, height: 16, pitch: 23 };
const LOWER = { top: 14, height: 62 };

/** The stage in few lines: a line for each part of the control plane, small cards, drums and pills; undefined where it would be too small. */
export function layoutCompact(picture: Picture, width: number, height: number): StageLayout | undefined {
  let scale = 1;
  let layout = place(picture, width, height);
  while (layout.height * scale > height + 1) {
    scale -= 0.04;
    if (scale < SMALLEST) return undefined;
    layout = place(picture, width / scale, height / scale);
  }
  return layout;
}

function place(picture: Picture, width: number, height: number): StageLayout {
  const { nodes } = picture;
  const inner = width - 2 * SIDE;
  const boxes = controlBoxes({ x: SIDE, y: BOX_TOP, width: inner, height: BOX_HEIGHT }, GAP);
  const trunkY = BOX_TOP + BOX_HEIGHT + STUB + waitingHeight(picture, boxes);
  const rows = Math.max(1, Math.ceil(nodes.length / Math.max(1, Math.floor((inner + GAP) / (CARD_WIDTH + GAP)))));
  const columns = Math.max(3, Math.ceil(nodes.length / rows));
  const cardWidth = (inner + GAP) / columns - GAP;
  const top = trunkY + TRUNK_HEIGHT + FIRST_ROW;
  const placed = nodes.map((node, index) =>
    compactCard(node, picture, {
      x: SIDE + (index % columns) * ((inner + GAP) / columns),
      y: top + Math.floor(index / columns) * (CARD_HEIGHT + GAP),
      width: cardWidth,
      height: CARD_HEIGHT,
    }),
  );
  const bottom = top + rows * (CARD_HEIGHT + GAP);
  const lower = placeLower(picture, inner, bottom + LOWER.top);
  const total = Math.max(height, bottom + LOWER.height);
  return {
    form: 'compact',
    level: 2,
    width,
    height: total,
    topLane: { x: 0, y: 0, width, height: trunkY + TRUNK_HEIGHT / 2 },
    trunk: { x: 0, y: trunkY, width, height: TRUNK_HEIGHT },
    boxes,
    pools: [],
    nodes: placed,
    riserX: new Map(placed.map((box) => [box.node.name, box.x - GAP / 2])),
    lowerLane: { x: 0, y: bottom, width, height: total - bottom },
    lowerTitleY: 0,
    ...lower,
    channelY: bottom + 4,
  };
}

/** Name and keyholes in the first line, Pods and sockets in the second. */
function compactCard(node: NodeGlyph, picture: Picture, card: Rect): NodeBox {
  const pods = picture.podsOn(node.name);
  const socketsWidth = Math.min(node.devices * SOCKET_PITCH, card.width / 2);
  const area: Rect = {
    x: card.x + INSET,
    y: card.y + PODS_TOP,
    width: card.width - 2 * INSET - (socketsWidth > 0 ? socketsWidth + 4 : 0),
    height: PILL.square,
  };
  return {
    node,
    ...card,
    gates: keyholes(node, card),
    nameY: card.y + 21,
    portY: card.y + 17,
    socketsY: node.devices > 0 ? card.y + PODS_TOP + 8 : 0,
    ...layoutGrid(pods, area),
    slotY: area.y,
    metersY: 0,
  };
}

/** Plates without words, from the right, as many as the name leaves room for. */
function keyholes(node: NodeGlyph, card: Rect): GateBox[] {
  const room = card.width - 2 * NAME_INSET - monoWidth(node.name, NAME_SIZE, -0.02);
  const taints = gatesOf(node.detail.taints).slice(0, Math.max(0, Math.floor(room / PLATE.pitch)));
  return taints.map((taint, index) => ({
    taint,
    shape: keyShape(taint.key),
    text: '',
    plate: {
      x: card.x + card.width - NAME_INSET - (taints.length - index) * PLATE.pitch + PLATE.pitch - PLATE.width,
      y: card.y + 8,
      width: PLATE.width,
      height: PLATE.height,
    },
    bar: null,
  }));
}

/** Drums, then pills, in one line. */
function placeLower(
  { volumes, services }: Picture,
  inner: number,
  top: number,
): { volumes: VolumeBox[]; services: ServiceBox[]; hidden: number } {
  const all = volumes.length + services.length;
  const columns = Math.max(3, Math.min(all, Math.floor(inner / 190)));
  const pitch = (inner + GAP) / columns;
  const slot = (index: number): Rect => ({
    x: SIDE + index * pitch,
    y: top,
    width: Math.min(pitch - GAP, CARD.width),
    height: 44,
  });
  const drums = volumes.slice(0, columns).map((volume, index): VolumeBox => {
    const box = slot(index);
    return { volume, ...box, lidX: box.x + 24, lidY: box.y + 7 };
  });
  const pills = services
    .slice(0, columns - drums.length)
    .map((service, index): ServiceBox => ({ service, ...slot(drums.length + index) }));
  return { volumes: drums, services: pills, hidden: all - drums.length - pills.length };
}
