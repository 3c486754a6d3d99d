import { nodeOf } from './actors';
import { DURATION, EASE, span } from './easing';
import { pathBetween, pointAlong, straight } from './geometry';
import { cardOf, type StageLayout } from './layout';
import { routeOf } from './routes';
import type { Message, Story } from './story';

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

/** Messages of one riser that are too many for dots: dashes, which move on by one for each message, or each so many. */
export interface Flow {
  id: string;
  kind: Message['kind'];
  /** Path data, in the direction in which they go. */
  path: string;
  /** How far the dashes have come, in dashes: 0…1. */
  phase: number;
  /** Messages on it now. */
  count: number;
  /** Messages for which one dash stands. */
  each: number;
}

export interface Traffic {
  dots: Dot[];
  flows: Flow[];
}

const RADIUS = 5.5;
/** A dot a message up to so many messages a second. */
const DOTS_A_SECOND = 40;
const SECOND_MS = 1000;
/** So many bundles, and no more, can be told from one another. */
const BUNDLES_LIMIT = 40;
/** The area of a bundle is its count up to this one; a larger number stands inside. */
const LARGEST_AREA = 9.6;
/** Above this speed dots are bundled over the time a hop takes to be seen. */
export const BUNDLE_SPEED = 4;
/** Faster than this (a second) dashes seem to stand still, or to go back. */
const DASHES_A_SECOND = 16;

/**
 * The messages of a moment, all of them: one dot each up to 40 a second, then one for those on the same way at the same
 * time, and where there are too many ways, a flow of dashes on each node's riser. The control plane keeps its dots.
 */
export function trafficAt(
  story: Story,
  storyMs: number,
  layout: StageLayout,
  speed: number,
  drawn: { messages: boolean; leases: boolean } = { messages: true, leases: false },
): Traffic {
  const fast = speed > BUNDLE_SPEED;
  const hopMs = fast ? (DURATION.move * speed) / 2 : DURATION.move;
  const written = fast ? story.messagesBetween(storyMs - hopMs, storyMs) : story.messagesAt(storyMs);
  const renewed = drawn.leases ? story.renewalsBetween(storyMs - (fast ? hopMs : DURATION.burst), storyMs) : [];
  const messages = [...(drawn.messages ? written : []), ...renewed];
  const begun = (drawn.messages ? story.begunBetween(storyMs - SECOND_MS, storyMs) : 0) + renewed.length;
  if (!fast && begun <= DOTS_A_SECOND) return { dots: dotsOf(messages.map(alone), storyMs, hopMs, layout), flows: [] };
  const groups = bundle(messages, hopMs);
  if (groups.length <= BUNDLES_LIMIT) return { dots: dotsOf(groups, storyMs, hopMs, layout), flows: [] };
  const ofNodes = messages.filter((one) => nodeEnd(one) !== undefined);
  const others = bundle(
    messages.filter((one) => nodeEnd(one) === undefined),
    hopMs,
  );
  return { dots: dotsOf(others, storyMs, hopMs, layout), flows: flowsOf(ofNodes, storyMs, hopMs, speed, layout) };
}

interface Group {
  message: Message;
  count: number;
  endMs: number;
}

function alone(message: Message): Group {
  return { message, count: 1, endMs: message.endMs };
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

function dotsOf(groups: readonly Group[], storyMs: number, hopMs: number, layout: StageLayout): Dot[] {
  return groups.flatMap((group) => dotOf(group, storyMs, hopMs, layout) ?? []);
}

function dotOf({ message, count, endMs }: Group, storyMs: number, hopMs: number, layout: StageLayout): Dot | null {
  const path = routeOf(message.from, message.to, layout);
  if (path.length < 2) return null;
  const fadeMs = (DURATION.burst * hopMs) / DURATION.move;
  const gone = span(storyMs, endMs, endMs + fadeMs);
  if (gone >= 1) return null;
  const head = EASE.travel(span(storyMs, endMs - hopMs, endMs));
  const tailMs = (DURATION.tail * hopMs) / DURATION.move;
  const tail = EASE.travel(span(storyMs - tailMs, endMs - hopMs, endMs));
  const [x, y] = pointAlong(path, head);
  const size = RADIUS * Math.sqrt(Math.min(LARGEST_AREA, count));
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

/** The node at one end of a message; undefined where neither end is one. */
function nodeEnd({ from, to }: Message): string | undefined {
  return nodeOf(from) ?? nodeOf(to);
}

/** Two flows a riser at most: writes on their way up, watch events on their way down. */
function flowsOf(
  messages: readonly Message[],
  storyMs: number,
  hopMs: number,
  speed: number,
  layout: StageLayout,
): Flow[] {
  const lanes = new Map<string, { kind: Message['kind']; x: number; bottom: number; messages: Message[] }>();
  for (const message of messages) {
    const name = nodeEnd(message)!;
    const x = layout.riserX.get(name);
    const card = cardOf(layout, name);
    if (x === undefined || !card) continue;
    const key = `${message.kind} ${x}`;
    let lane = lanes.get(key);
    if (!lane) lanes.set(key, (lane = { kind: message.kind, x, bottom: 0, messages: [] }));
    lane.bottom = Math.max(lane.bottom, card.portY);
    lane.messages.push(message);
  }
  const top = layout.trunk.y + layout.trunk.height;
  return [...lanes].map(([id, { kind, x, bottom, messages: own }]) => {
    const aSecond = (own.length * SECOND_MS * Math.max(1, speed)) / (hopMs + DURATION.burst);
    const each = 4 ** Math.max(0, Math.ceil(Math.log(aSecond / DASHES_A_SECOND) / Math.log(4)));
    const path =
      kind === 'write'
        ? straight([
            [x - 2, bottom],
            [x - 2, top],
          ])
        : straight([
            [x + 2, top],
            [x + 2, bottom],
          ]);
    return { id, kind, path, phase: phaseOf(own, storyMs, hopMs, each), count: own.length, each };
  });
}

/**
 * Each message moves the dashes on by one while it flies, so what has flown moves them by a whole number: how far they
 * have come depends on those alone that are under way, at any moment, from wherever it is reached.
 */
function phaseOf(messages: readonly Message[], storyMs: number, hopMs: number, each: number): number {
  let phase = 0;
  for (const { row, endMs } of messages) {
    if (scattered(row.revision) * each < 1) phase += span(storyMs, endMs - hopMs, endMs);
  }
  return phase % 1;
}

/** A number in [0, 1) for a revision, so that one in so many is taken whatever the rhythm of their writers. */
function scattered(revision: number): number {
  return (Math.imul(revision, 0x9e3779b1) >>> 0) / 2 ** 32;
}
