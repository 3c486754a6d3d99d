/** What changes in the world besides faults: how fast things are, how much is asked, how many machines there may be. */
export type WorldChange =
  | { type: 'bandwidth'; megabytesPerSecond: number }
  /** Lets a node pool have between `min` and `max` machines; a new one takes `startSeconds` to start. */
  | { type: 'pool'; pool: string; min: number; max: number; startSeconds: number };

/** How many machines a pool has or will have, and its bounds where somebody has set some. */
export interface PoolView {
  readonly pool: string;
  readonly machines: number;
  readonly bounds: { readonly min: number; readonly max: number; readonly startSeconds: number } | null;
}

/** What is true of the world and stands in no object. */
export interface WorldView {
  readonly registryUp: boolean;
  readonly megabytesPerSecond: number;
  /** Whether nobody has stopped the name servers; undefined where they are the provider's, and nobody can. */
  readonly nameServerUp?: boolean;
  /** What every packet between machines suffers: milliseconds on its way, and the share that is lost. */
  readonly network: { readonly ms: number; readonly loss: number };
  /** By name. */
  readonly pools: readonly PoolView[];
}

const BANDWIDTH_LIMIT = 100_000;
const POOL_LIMIT = 1000;
const START_SECONDS = 90;
const START_LIMIT = 3600;

const isCount = (value: unknown, limit: number): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= limit;

/** Checks what came from outside. Returns the change, or the reason why it is none. */
export function parseWorldChange(value: unknown): WorldChange | { problem: string } {
  if (typeof value !== 'object' || value === null) return { problem: 'a change is an object with a type' };
  const change = value as Record<string, unknown>;
  const { type } = change;
  if (type === 'bandwidth') return bandwidthOf(change['megabytesPerSecond']);
  if (type === 'pool') return poolOf(change);
  return { problem: `unknown change ${JSON.stringify(type)}; there are bandwidth, pool` };
}

function bandwidthOf(value: unknown): WorldChange | { problem: string } {
  if (typeof value === 'number' && value > 0 && value <= BANDWIDTH_LIMIT) {
    return { type: 'bandwidth', megabytesPerSecond: value };
  }
  return { problem: `bandwidth: megabytesPerSecond must be a number above 0, at most ${BANDWIDTH_LIMIT}` };
}

function poolOf({
  pool,
  min,
  max,
  startSeconds = START_SECONDS,
}: Record<string, unknown>): WorldChange | { problem: string } {
  if (typeof pool !== 'string' || pool === '') return { problem: 'pool: pool must be the name of one' };
  if (!isCount(min, POOL_LIMIT) || !isCount(max, POOL_LIMIT) || min > max) {
    return { problem: `pool: min and max must be whole numbers, 0 ≤ min ≤ max ≤ ${POOL_LIMIT}` };
  }
  if (!isCount(startSeconds, START_LIMIT))
    return { problem: `pool: startSeconds must be a whole number up to ${START_LIMIT}` };
  return { type: 'pool', pool, min, max, startSeconds };
}
