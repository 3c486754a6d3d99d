import type { Point } from './geometry';
import type { StageLayout } from './layout';
import type { Ref } from './ref';
import { BUNDLE_SPEED } from './traffic';

/** The way from a Service to a Pod that is ready behind it, and how much goes along it. */
export interface EndpointLine {
  key: string;
  from: Point;
  to: Point;
  perSecond: number;
  /** The share that fails, 0…1. */
  failing: number;
}

/** A request on its way. */
export interface RequestTick {
  key: string;
  x: number;
  y: number;
  failed: boolean;
}

/** How long a request is seen on its way, in ms of the story at ×1. */
const WAY_MS = 700;
/** No more on the stage than this: beyond, the rate in words says it. */
const MOST = 40;

/**
 * Lines to the endpoints of the selected Service; with the Network layer to those of all. A Service's requests are
 * spread evenly, as kube-proxy does over many of them.
 */
export function endpointLines(layout: StageLayout, selection: Ref | undefined, network: boolean): EndpointLine[] {
  if (layout.form === 'rows' || layout.level > 2) return [];
  const shown = layout.services.filter(
    ({ service }) =>
      network || (selection?.resource === 'services' && `${selection.namespace}/${selection.name}` === service.key),
  );
  if (shown.length === 0) return [];
  const boxes = new Map(layout.nodes.flatMap((node) => node.pods).map((box) => [box.pod.id, box]));
  return shown.flatMap(({ service, x, y, width }) => {
    const { key, requestsPerSecond: perSecond, failuresPerSecond } = service;
    const ends = service.pods.flatMap((id) => boxes.get(id) ?? []);
    return ends.map((box) => ({
      key: `${key} ${box.pod.id}`,
      from: [x + width / 2, y] as const,
      to: [box.x + box.width, box.y + box.height / 2] as const,
      perSecond: perSecond / ends.length,
      failing: perSecond > 0 ? Math.min(1, failuresPerSecond / perSecond) : 0,
    }));
  });
}

/** The requests in flight at a moment of the story: as many as the rate says, evenly apart. At high speed they would only flicker. */
export function requestTicks(lines: readonly EndpointLine[], storyMs: number, speed: number): RequestTick[] {
  if (speed > BUNDLE_SPEED) return [];
  const wayMs = WAY_MS * Math.max(1, speed);
  const busy = lines.filter(({ perSecond }) => perSecond > 0).slice(0, MOST / 2);
  const all = busy.reduce((sum, { perSecond }) => sum + (perSecond * wayMs) / 1000, 0);
  /* Each line may have one more than its rate says, of which one part is on its way. */
  const share = Math.min(1, (MOST - busy.length) / all);
  return busy.flatMap((line, index) => ticksOf(line, storyMs, wayMs, line.perSecond * share, index / busy.length));
}

/** `phase`: how far between two of them this line begins, so that not all lines are in step. */
function ticksOf(line: EndpointLine, storyMs: number, wayMs: number, perSecond: number, phase: number): RequestTick[] {
  const apartMs = 1000 / perSecond;
  const ticks: RequestTick[] = [];
  for (let number = Math.floor(storyMs / apartMs - phase); number >= 0; number--) {
    const done = (storyMs - (number + phase) * apartMs) / wayMs;
    if (!(done < 1)) break;
    const x = line.from[0] + (line.to[0] - line.from[0]) * done;
    const y = line.from[1] + (line.to[1] - line.from[1]) * done;
    const failed = Math.floor((number + 1) * line.failing) > Math.floor(number * line.failing);
    ticks.push({ key: `${line.key} ${number}`, x, y, failed });
  }
  return ticks;
}
