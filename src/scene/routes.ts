import { nodeOf, type Place } from './actors';
import { DURATION, EASE, span } from './easing';
import { pathBetween, pointAlong, straight, type Point } from './geometry';
import type { NodeBox } from './node-layout';
import type { StageLayout, VolumeBox } from './layout';
import type { Message, Story } from './story';

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
  const box = layout.nodes.find((one) => one.node.name === name);
  const x = layout.riserX.get(name);
  if (!box || x === undefined) return [];
  return [
    [x, trunkMiddle(layout)],
    [x, box.portY],
    [box.x, box.portY],
  ];
}

/** The way of a message: out of one stub, along the trunk, into another. */
function routeOf(from: Place, to: Place, layout: StageLayout): Point[] {
  const out = stubOf(from, layout);
  const into = stubOf(to, layout);
  if (out.length === 0 || into.length === 0) return [];
  return [...[...out].reverse(), ...into];
}

/** One dot, or a bundle of them, as it is to be drawn. */
export interface Dot {
  id: string;
  kind: Message['kind'];
  x: number;
  y: number;
  radius: number;
  opacity: number;
  /** Path data of the tail; empty once it has arrived. */
  tail: string;
  count: number;
  /** For the twin and the tooltip: the row that moves. */
  message: Message;
}

const RADIUS = 5.5;
/** Dots on the stage at once; what is more is bundled. */
const DOTS_LIMIT = 40;
/** Above this speed dots are bundled over the time a hop takes to be seen. */
export const BUNDLE_SPEED = 4;

/** The dots of a moment. At high speeds, or when there are many, those on the same way at the same time are one dot. */
export function dotsAt(
  story: Story,
  storyMs: number,
  layout: StageLayout,
  speed: number,
  drawn: { messages: boolean; leases: boolean } = { messages: true, leases: false },
): Dot[] {
  const fast = speed > BUNDLE_SPEED;
  const hopMs = fast ? (DURATION.move * speed) / 2 : DURATION.move;
  const written = fast ? story.messagesBetween(storyMs - hopMs, storyMs) : story.messagesAt(storyMs);
  const renewed = drawn.leases ? story.renewalsBetween(storyMs - (fast ? hopMs : DURATION.burst), storyMs) : [];
  const messages = [...(drawn.messages ? written : []), ...renewed];
  const bundled = fast || messages.length > DOTS_LIMIT;
  const groups = bundled
    ? bundle(messages, hopMs)
    : messages.map((message) => ({ message, count: 1, endMs: message.endMs }));
  return groups.slice(-DOTS_LIMIT).flatMap(({ message, count, endMs }) => {
    const dot = dotOf(message, count, storyMs, endMs, hopMs, layout);
    return dot ? [dot] : [];
  });
}

interface Group {
  message: Message;
  count: number;
  endMs: number;
}

function bundle(messages: readonly Message[], hopMs: number): Group[] {
  const groups = new Map<string, Group>();
  for (const message of messages) {
    const slot = Math.floor(message.endMs / (hopMs / 2));
    const key = `${message.from}>${message.to}#${slot}`;
    const group = groups.get(key);
    if (group) group.count += 1;
    else groups.set(key, { message, count: 1, endMs: (slot + 1) * (hopMs / 2) });
  }
  return [...groups.values()];
}

function dotOf(
  message: Message,
  count: number,
  storyMs: number,
  endMs: number,
  hopMs: number,
  layout: StageLayout,
): Dot | null {
  const path = routeOf(message.from, message.to, layout);
  if (path.length < 2) return null;
  const fadeMs = (DURATION.burst * hopMs) / DURATION.move;
  const gone = span(storyMs, endMs, endMs + fadeMs);
  if (gone >= 1) return null;
  const head = EASE.travel(span(storyMs, endMs - hopMs, endMs));
  const tailMs = (DURATION.tail * hopMs) / DURATION.move;
  const tail = EASE.travel(span(storyMs - tailMs, endMs - hopMs, endMs));
  const [x, y] = pointAlong(path, head);
  const size = RADIUS * Math.min(2.6, Math.sqrt(count));
  return {
    id: message.id,
    kind: message.kind,
    x,
    y,
    radius: size * (1 + EASE.out(gone)),
    opacity: 1 - gone,
    tail: head > tail ? straight(pathBetween(path, tail, head)) : '',
    count,
    message,
  };
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

/** All cables, refused ones too. Rows and small cards have no room for them: their drums say where they are. */
export function cablesOf(layout: StageLayout): Cable[] {
  if (layout.form === 'rows' || layout.level > 1) return [];
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
