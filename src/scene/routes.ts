import { nodeOf, type Place } from './actors';
import { DURATION } from './easing';
import { pointAlong, straight, type Point } from './geometry';
import type { NodeBox } from './node-layout';
import { cardOf, type StageLayout, type VolumeBox } from './layout';
import type { Story } from './story';

/** Middle of the trunk: where every message runs. */
function trunkMiddle(layout: StageLayout): number {
  return layout.trunk.y + layout.trunk.height / 2;
}

/** The thin line that joins a place to the trunk, from the trunk's middle outwards. */
export function stubOf(place: Place, layout: StageLayout): Point[] {
  const middle = trunkMiddle(layout);
  const node = nodeOf(place);
  if (node !== undefined) return riserOf(node, layout);
  if (place === 'learner') return [[layout.trunk.x, middle]];
  const box = layout.boxes[place as 'etcd' | 'controllers' | 'scheduler'];
  const x = box.x + box.width / 2;
  return [
    [x, middle],
    [x, box.y + box.height],
  ];
}

/** From the trunk down the gutter to the kubelet's port; empty for a node that is not on the stage. */
export function riserOf(name: string, layout: StageLayout): Point[] {
  const box = cardOf(layout, name);
  const x = layout.riserX.get(name);
  if (!box || x === undefined) return [];
  return [
    [x, trunkMiddle(layout)],
    [x, box.portY],
    [box.x, box.portY],
  ];
}

interface Column {
  /** Ports of its cards, from above. */
  ports: number[];
  /** Lower edges of its cards. */
  bottoms: number[];
}

const columns = new WeakMap<readonly NodeBox[], Map<number, Column>>();

function columnOf(box: NodeBox, layout: StageLayout): Column {
  let byX = columns.get(layout.nodes);
  if (!byX) {
    columns.set(layout.nodes, (byX = new Map()));
    for (const { x, y, height, portY } of layout.nodes) {
      const column = byX.get(x) ?? { ports: [], bottoms: [] };
      column.ports.push(portY);
      column.bottoms.push(y + height);
      byX.set(x, column);
    }
  }
  return byX.get(box.x)!;
}

/**
 * A riser as it is drawn, and where it is crossed out when it is cut. Risers of one column lie on each other: each is
 * drawn from the card above it, the first from the trunk.
 */
export function riserFrom(box: NodeBox, layout: StageLayout): { path: Point[]; cross: Point } {
  const path = riserOf(box.node.name, layout);
  const [start, ...rest] = path;
  if (!start) return { path: [], cross: [0, 0] };
  const foot = layout.trunk.y + layout.trunk.height;
  const { ports, bottoms } = columnOf(box, layout);
  const above = ports.reduce((nearest, port) => (port < box.portY ? Math.max(nearest, port) : nearest), foot);
  const edge = bottoms.reduce((nearest, bottom) => (bottom < box.y ? Math.max(nearest, bottom) : nearest), foot);
  return { path: [[start[0], above], ...rest], cross: [start[0], edge + Math.min(8, (box.y - edge) / 2)] };
}

const drawings = new WeakMap<readonly NodeBox[], string>();

/** All risers as one path. */
export function allRisers(layout: StageLayout): string {
  let drawing = drawings.get(layout.nodes);
  if (drawing === undefined) {
    drawing = layout.nodes.map((box) => straight(riserFrom(box, layout).path)).join('');
    drawings.set(layout.nodes, drawing);
  }
  return drawing;
}

/** The way of a message: out of one stub, along the trunk, into another. */
export function routeOf(from: Place, to: Place, layout: StageLayout): Point[] {
  const out = stubOf(from, layout);
  const into = stubOf(to, layout);
  if (out.length === 0 || into.length === 0) return [];
  return [...[...out].reverse(), ...into];
}

/** Places at which something has just arrived: their outline glows for 400 ms. */
export function glowing(story: Story, storyMs: number): Set<Place> {
  const places = new Set<Place>();
  for (const message of story.messagesBetween(storyMs - DURATION.glow, storyMs)) {
    if (message.endMs <= storyMs) places.add(message.to);
  }
  return places;
}

/** A cable from a drum to the bottom edge of a card, by the channel and, for upper cards, the gutter. */
export interface Cable {
  key: string;
  /** The volume's key, and the node's name. */
  volume: string;
  node: string;
  refused: boolean;
  path: Point[];
  /** Where the plug sits, on the card's edge. */
  plug: Point;
  /** Half way: where a refusal has its cross. */
  middle: Point;
}

const PLUG_X = 42;

/** All cables, refused ones too. Rows and crowds have no room for them: their drums say where they are. */
export function cablesOf(layout: StageLayout): Cable[] {
  if (layout.form === 'rows' || (layout.form === 'map' && layout.level > 1)) return [];
  return layout.volumes.flatMap((volume, lane) =>
    layout.nodes.flatMap((box) => {
      const refused = volume.volume.refusedBy.includes(box.node.name);
      if (!refused && !volume.volume.attachedTo.includes(box.node.name)) return [];
      const way = cableWay(volume, box, layout, lane, refused);
      const { key } = volume.volume;
      const node = box.node.name;
      return [{ key: `${key} ${node}`, volume: key, node, refused, ...way, middle: pointAlong(way.path, 0.5) }];
    }),
  );
}

/** `lane` keeps cables that share the channel apart. */
function cableWay(
  volume: VolumeBox,
  box: NodeBox,
  layout: StageLayout,
  lane: number,
  refused: boolean,
): { path: Point[]; plug: Point } {
  const bottom = box.y + box.height;
  const below = !refused && volume.lidX > box.x + 16 && volume.lidX < box.x + box.width - 16;
  const plugX = below ? volume.lidX : box.x + PLUG_X + (refused ? 24 : 0) + Math.min(4, lane) * 12;
  const plug: Point = [plugX, bottom];
  /** A refused cable leaves beside the one that holds. */
  const outX = volume.lidX + (refused ? 22 : 0);
  const start: Point = [outX, volume.lidY];
  const channelY = layout.channelY + lane * 5;
  const inLastRow = layout.nodes.every((one) => one.y <= box.y || one.x !== box.x);
  if (inLastRow) {
    if (below || Math.abs(plugX - outX) < 6) return { path: [start, [start[0], plug[1]]], plug: [start[0], plug[1]] };
    return { path: [start, [outX, channelY], [plugX, channelY], plug], plug };
  }
  const gutterX = box.x + box.width + 4;
  const overY = bottom + 8;
  return { path: [start, [outX, channelY], [gutterX, channelY], [gutterX, overY], [plugX, overY], plug], plug };
}
