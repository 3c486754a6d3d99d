import type { Rect } from './geometry';
import { controlBoxes, type StageLayout, type ServiceBox, type VolumeBox } from './layout';
import { monoWidth, podNameForms } from './lettering';
import { gatesOf, keysOf, keyShape } from './keys';
import type { NodeGlyph, Picture, PodGlyph } from './picture';
import type { GateBox, NodeBox, PodBox } from './node-layout';

/** Below this width of the stage, each node is a row. */
export const ROWS_BELOW = 560;
const SIDE = 12;
const RISER_X = 14;
const ROW_X = 26;
const HEADER = 32;
const PILL_HEIGHT = 24;
const PILL_GAP = 5;
const PILL_PITCH = 29;
/** A box of the control plane: its name, and a line. */
const BOX_TOP = 10;
const BOX_GAP = 8;
const BOX_HEIGHT = 40;
const BOX_BOTTOM = BOX_TOP + BOX_HEIGHT;
/** Between the scheduler's box and the pills below it. */
const WAITING_GAP = 8;
/** Cap and the gap before the name. */
const PILL_LEAD = 33;

/** The rows stage for a width: the same trunk, risers and things, one below the other. It may be taller than the screen. */
export function layoutRows(picture: Picture, width: number, height: number): StageLayout {
  const boxes = controlBoxes({ x: SIDE, y: BOX_TOP, width: width - 2 * SIDE, height: BOX_HEIGHT }, BOX_GAP);
  const trunkY = BOX_BOTTOM + 10 + waitingHeight(picture, boxes);
  const trunk: Rect = { x: 0, y: trunkY, width, height: 27 };
  const nodes: NodeBox[] = [];
  let y = trunkY + 27 + 9;
  for (const node of picture.nodes) {
    const box = layoutRow(node, picture.podsOn(node.name), { x: ROW_X, y, width: width - ROW_X - SIDE, height: 0 });
    nodes.push(box);
    y += box.height + 5;
  }
  const lower = placeLower(picture, width, y + 12);
  const total = Math.max(height, lower.bottom + 12);
  return {
    form: 'rows',
    level: 1,
    width,
    height: total,
    topLane: { x: 0, y: 0, width, height: trunkY + 13 },
    trunk,
    boxes,
    pools: [],
    nodes,
    riserX: new Map(picture.nodes.map((node) => [node.name, RISER_X])),
    lowerLane: { x: 0, y: y + 4, width, height: total - y - 4 },
    lowerTitleY: 0,
    volumes: lower.volumes,
    services: lower.services,
    hidden: 0,
    channelY: y,
  };
}

type WaitingBoxes = Pick<StageLayout['boxes'], 'controllers' | 'scheduler'>;

/** The pills of Pods without a node: lines that end at the right, below the scheduler. */
export function waitingPills(picture: Picture, boxes: WaitingBoxes): PodBox[] {
  const { pods } = waitingRows(picture, boxes);
  const right = new Map<number, number>();
  for (const box of pods) right.set(box.y, Math.max(right.get(box.y) ?? 0, box.x + box.width));
  const end = boxes.scheduler.x + boxes.scheduler.width;
  return pods.map((box) => ({ ...box, x: box.x + end - (right.get(box.y) ?? 0) }));
}

/** How much room they take between the scheduler and the trunk. */
export function waitingHeight(picture: Picture, boxes: WaitingBoxes): number {
  return picture.unplaced.length > 0 ? waitingRows(picture, boxes).height + WAITING_GAP : 0;
}

function waitingRows({ unplaced }: Picture, { controllers, scheduler }: WaitingBoxes): ReturnType<typeof wrapPills> {
  const width = scheduler.x + scheduler.width - controllers.x;
  return wrapPills(unplaced, { x: controllers.x, y: scheduler.y + scheduler.height + WAITING_GAP, width, height: 0 });
}

function layoutRow(node: NodeGlyph, pods: readonly PodGlyph[], row: Rect): NodeBox {
  const area: Rect = { x: row.x + 10, y: row.y + HEADER, width: row.width - 20, height: 0 };
  const placed = wrapPills(pods, area);
  const height = placed.pods.length === 0 ? HEADER : HEADER + placed.height + 6;
  return {
    node,
    x: row.x,
    y: row.y,
    width: row.width,
    height,
    gates: rowGates(node, row),
    nameY: row.y + 20,
    portY: row.y + 16,
    socketsY: node.devices > 0 ? row.y + 9 : 0,
    pods: placed.pods,
    more: 0,
    slotY: row.y + HEADER,
    metersY: 0,
  };
}

/** Keyhole plates behind the name; the bar is the plate itself. */
function rowGates(node: NodeGlyph, row: Rect): GateBox[] {
  let x = row.x + 36 + monoWidth(node.name, 13) + 8;
  return gatesOf(node.detail.taints).map((taint) => {
    const plate: Rect = { x, y: row.y + 7, width: 30, height: 18 };
    x += 37;
    return { taint, shape: keyShape(taint.key), text: '', plate, bar: null };
  });
}

/** The width of a pill in rows: cap, name, keys. */
function rowPillWidth(pod: PodGlyph): number {
  const keys = keysOf(pod.detail).length;
  return PILL_LEAD + monoWidth(rowPillName(pod), 12) + (keys > 0 ? 8 + keys * 15 : 8) + 1;
}

/** Rows have no room for a template's hash. */
function rowPillName(pod: PodGlyph): string {
  const forms = podNameForms(pod.detail.name, pod.detail.ownerName);
  return forms.length > 2 ? forms[1]! : forms[0]!;
}

function wrapPills(pods: readonly PodGlyph[], area: Rect): { pods: PodBox[]; height: number } {
  const boxes: PodBox[] = [];
  let x = area.x;
  let y = area.y;
  for (const pod of pods) {
    const width = Math.min(rowPillWidth(pod), area.width);
    if (x > area.x && x + width > area.x + area.width) {
      x = area.x;
      y += PILL_PITCH;
    }
    boxes.push({ pod, form: 'pill', x, y, width, height: PILL_HEIGHT });
    x += width + PILL_GAP;
  }
  return { pods: boxes, height: boxes.length === 0 ? 0 : y + PILL_HEIGHT - area.y };
}

/** Drums and pills, two side by side where there is room. */
function placeLower(
  picture: Picture,
  width: number,
  top: number,
): { volumes: VolumeBox[]; services: ServiceBox[]; bottom: number } {
  const columns = width >= 420 ? 2 : 1;
  const pitch = (width - SIDE) / columns;
  const slot = (index: number): Rect => ({
    x: SIDE + (index % columns) * pitch,
    y: top + Math.floor(index / columns) * 54,
    width: pitch - SIDE,
    height: 44,
  });
  const volumes = picture.volumes.map((volume, index): VolumeBox => {
    const box = slot(index);
    return { volume, ...box, lidX: box.x + 24, lidY: box.y + 7 };
  });
  const services = picture.services.map((service, index): ServiceBox => ({ service, ...slot(volumes.length + index) }));
  const rows = Math.ceil((volumes.length + services.length) / columns);
  return { volumes, services, bottom: top + rows * 54 };
}
