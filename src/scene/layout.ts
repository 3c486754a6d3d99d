import { scaleBand } from 'd3';
import { CARD, cardHeight, cardSize, cellSize, layoutNode, type CardSize, type NodeBox } from './node-layout';
import type { DetailLevel } from './detail';
import type { Rect } from './geometry';
import { taintText } from './keys';
import { counted, sansWidth, monoWidth } from './lettering';
import { nodeIsDown, type NodeGlyph, type Picture } from './picture';
import type { ServiceView, VolumeView } from '../protocol/frame';

/** The name of a band of nodes and what all of them have in common. */
export interface PoolHeading {
  name: string;
  x: number;
  /** Baseline. */
  y: number;
  note: string;
  noteX: number;
  /** Whether the note is a taint. */
  gated: boolean;
}

export interface VolumeBox extends Rect {
  volume: VolumeView;
  /** Middle of the drum's lid. */
  lidX: number;
  lidY: number;
}

export interface ServiceBox extends Rect {
  service: ServiceView;
}

/** Where everything stands. The unit is a pixel at scale 1. */
export interface StageLayout {
  form: 'map' | 'compact' | 'rows';
  level: DetailLevel;
  width: number;
  height: number;
  topLane: Rect;
  trunk: Rect;
  boxes: { etcd: Rect; controllers: Rect; scheduler: Rect };
  pools: PoolHeading[];
  nodes: NodeBox[];
  /** Where a node's riser leaves the trunk. */
  riserX: ReadonlyMap<string, number>;
  /** How the cards were placed, so that they need not be placed again. */
  bands?: Bands;
  lowerLane: Rect;
  /** Baseline of the lower lane's title; 0 where it has none. */
  lowerTitleY: number;
  volumes: VolumeBox[];
  services: ServiceBox[];
  /** Volumes and Services for which there was no room. */
  hidden: number;
  /** Height of the channel in which cables run, below the last cards. */
  channelY: number;
}

const cards = new WeakMap<readonly NodeBox[], Map<string, NodeBox>>();

/** The card of the node of this name. */
export function cardOf(layout: StageLayout, name: string): NodeBox | undefined {
  let byName = cards.get(layout.nodes);
  if (!byName) cards.set(layout.nodes, (byName = new Map(layout.nodes.map((box) => [box.node.name, box]))));
  return byName.get(name);
}

/** Room between things, from tight to comfortable: how much of it there is depends on the height to fill. */
interface Spacing {
  boxesY: number;
  stub: number;
  firstPool: number;
  nextPool: number;
  rowGap: number;
  floor: number;
  lower: number;
}

const COMFORTABLE: Spacing = { boxesY: 38, stub: 26, firstPool: 46, nextPool: 38, rowGap: 20, floor: 26, lower: 130 };
const TIGHT: Spacing = { boxesY: 34, stub: 18, firstPool: 36, nextPool: 32, rowGap: 14, floor: 20, lower: 108 };
/** On a tall stage the room grows past comfortable, up to this much. */
const ROOMIEST = 2;
const MARGIN = 18;
const BOX_HEIGHT = 102;
const TRUNK_HEIGHT = 34;
/** Columns beyond which pools are not put side by side. */
const WIDEST = 16;
/** Of many columns, each number that is tried is so much larger than the one before. */
const FINER = 1.04;

interface Pool {
  name: string;
  nodes: NodeGlyph[];
  /** Pods on its fullest node. */
  most: number;
  pods: number;
  down: number;
  /** Height of its tallest card. */
  tall: number;
}

/** Pools that stand side by side, each from a column on and so many columns wide. */
type Shelf = { pool: Pool; column: number; columns: number }[];

/** What a layout is made for. */
interface Plan {
  /** From the trunk down. */
  shelves: Shelf[];
  things: number;
  level: DetailLevel;
  card: CardSize;
  columns: number;
}

/**
 * The map for a stage of so many pixels: as many columns as let it be drawn largest, but never larger than life. Where
 * there are too many nodes to place them anew each time, those that stand where they stood `before` are the same boxes.
 */
export function layoutMap(
  picture: Picture,
  width: number,
  height: number,
  level: DetailLevel,
  before?: StageLayout,
): StageLayout {
  const pools = poolsOf(picture);
  const fullest = pools.reduce((most, pool) => Math.max(most, pool.most), 0);
  const things = picture.volumes.length + picture.services.length;
  const card = level === 4 ? cellsFor(pools, things, width, height) : cardSize(level, fullest);
  for (const pool of pools) {
    if (level === 4) pool.tall = card.height;
    else for (const node of pool.nodes) pool.tall = Math.max(pool.tall, cardHeight(node, level, fullest, pool.most));
  }
  const { least } = card;
  const most = Math.max(least, ...pools.map((pool) => pool.nodes.length));
  const scaleOf = (plan: Plan): number => Math.min(width / mapWidth(plan), height / mapHeight(plan, TIGHT), 1);
  let best: Plan = { shelves: stacked(pools, least), things, level, card, columns: least };
  let scale = 0;
  for (let columns = least; columns <= most; columns = Math.max(columns + 1, Math.floor(columns * FINER))) {
    const plan: Plan = { shelves: stacked(pools, columns), things, level, card, columns };
    const fitted = scaleOf(plan);
    if (fitted < scale) continue;
    best = plan;
    scale = fitted;
  }
  for (const plan of level > 2 ? [] : plansSideBySide(pools, best)) {
    const fitted = scaleOf(plan);
    if (fitted < scale * WORTH_MOVING) continue;
    best = plan;
    scale = fitted;
  }
  return placeMap(picture, best, width / scale, height / scale, before);
}

/** Pools leave their place below one another only for a picture that is so much larger. */
const WORTH_MOVING = 1.08;

/** Each pool below the one before. */
function stacked(pools: readonly Pool[], columns: number): Shelf[] {
  return pools.map((pool) => [{ pool, column: 0, columns }]);
}

/** Wide and low stages have room for pools beside one another: every width in which some are. */
function plansSideBySide(pools: readonly Pool[], { things, level, card, columns: least }: Plan): Plan[] {
  const all = pools.reduce((sum, pool) => sum + pool.nodes.length, 0);
  const plans: Plan[] = [];
  for (let columns = least + 1; columns <= Math.min(all, WIDEST); columns++) {
    const shelves: Shelf[] = [];
    let free = 0;
    for (const pool of pools) {
      const wanted = Math.min(pool.nodes.length, columns);
      if (wanted > free) {
        shelves.push([]);
        free = columns;
      }
      shelves.at(-1)!.push({ pool, column: columns - free, columns: wanted });
      free -= wanted;
    }
    if (shelves.length < pools.length) plans.push({ shelves, things, level, card, columns });
  }
  return plans;
}

/** Cells for the room that everything else leaves them. */
function cellsFor(pools: Pool[], things: number, width: number, height: number): CardSize {
  const none = cellSize(1, 0);
  const bare = stacked(
    pools.map((pool) => ({ ...pool, nodes: [] })),
    1,
  );
  const rest = mapHeight({ shelves: bare, things, level: 4, card: none, columns: none.least }, TIGHT);
  const nodes = pools.reduce((sum, pool) => sum + pool.nodes.length, 0);
  /* A row more in each pool, since few fill their last one. */
  const rows = pools.length * (none.height + none.gap);
  return cellSize(nodes, (width - 2 * MARGIN) * (height - rest - rows));
}

function poolsOf({ nodes, podCounts }: Picture): Pool[] {
  const pools = new Map<string, Pool>();
  for (const [index, node] of nodes.entries()) {
    const name = node.detail.pool;
    let pool = pools.get(name);
    if (!pool) pools.set(name, (pool = { name, nodes: [], most: 0, pods: 0, down: 0, tall: 0 }));
    pool.nodes.push(node);
    pool.most = Math.max(pool.most, podCounts[index]!);
    pool.pods += podCounts[index]!;
    if (nodeIsDown(node)) pool.down += 1;
  }
  return [...pools.values()];
}

function mapWidth({ columns, card: { width, gap } }: Plan): number {
  return 2 * MARGIN + columns * (width + gap) - gap;
}

function mapHeight(plan: Plan, spacing: Spacing): number {
  let height = spacing.boxesY + BOX_HEIGHT + spacing.stub + TRUNK_HEIGHT;
  for (const [index, shelf] of plan.shelves.entries()) {
    height += index === 0 ? spacing.firstPool : spacing.nextPool;
    height += shelfHeight(shelf, plan, spacing);
  }
  return height + spacing.floor + lowerHeight(plan, spacing);
}

function shelfHeight(shelf: Shelf, plan: Plan, spacing: Spacing): number {
  const rows = Math.max(...shelf.map(({ pool, columns }) => Math.ceil(pool.nodes.length / columns)));
  return rows * tallOf(shelf) + (rows - 1) * rowGap(plan, spacing);
}

/** Cards that stand side by side are equally high. */
const tallOf = (shelf: Shelf): number => Math.max(...shelf.map(({ pool }) => pool.tall));

function rowGap({ level, card }: Plan, spacing: Spacing): number {
  return level === 4 ? card.gap : spacing.rowGap;
}

const LOWER_ROW = 60;

/** How many drums and pills stand side by side below the cards. */
function lowerColumns(plan: Plan): number {
  return Math.max(3, Math.floor((mapWidth(plan) - 2 * MARGIN + CARD.gap) / (CARD.width + CARD.gap)));
}

function lowerRows(plan: Plan): number {
  return Math.min(2, Math.max(1, Math.ceil(plan.things / lowerColumns(plan))));
}

function lowerHeight(plan: Plan, spacing: Spacing): number {
  return spacing.lower + (lowerRows(plan) - 1) * LOWER_ROW;
}

/** As roomy as the height allows; what is left over goes to the lower lane. */
function spacingFor(plan: Plan, height: number): Spacing {
  const tight = mapHeight(plan, TIGHT);
  const comfortable = mapHeight(plan, COMFORTABLE);
  const share = comfortable <= tight ? 1 : Math.max(0, Math.min(ROOMIEST, (height - tight) / (comfortable - tight)));
  const between = (key: keyof Spacing): number => TIGHT[key] + (COMFORTABLE[key] - TIGHT[key]) * share;
  return {
    boxesY: between('boxesY'),
    stub: between('stub'),
    firstPool: between('firstPool'),
    nextPool: between('nextPool'),
    rowGap: between('rowGap'),
    floor: between('floor'),
    lower: between('lower'),
  };
}

function placeMap(
  picture: Picture,
  plan: Plan,
  width: number,
  height: number,
  before: StageLayout | undefined,
): StageLayout {
  const spacing = spacingFor(plan, height);
  const cards = plan.card;
  const spare = (width - 2 * MARGIN - plan.columns * cards.width) / Math.max(1, plan.columns - 1);
  const gap = Math.max(cards.gap, Math.min(cards.widest, spare));
  const inner = plan.columns * (cards.width + gap) - gap;
  const left = (width - inner) / 2;
  const trunkY = spacing.boxesY + BOX_HEIGHT + spacing.stub;
  const trunk: Rect = { x: 0, y: trunkY, width, height: TRUNK_HEIGHT };
  const bands = placePools(picture, plan, left, gap, trunkY + TRUNK_HEIGHT, spacing, before?.bands);
  const boxGap = plan.level === 1 ? gap : CARD.gap;
  const lowerY = bands.bottom + spacing.floor;
  const lower = placeLower(picture, lowerColumns(plan), left, lowerY + 26, inner, boxGap);
  const bottom = Math.max(height, lowerY + lowerHeight(plan, spacing));
  return {
    form: 'map',
    level: plan.level,
    width,
    height: bottom,
    topLane: { x: 0, y: 0, width, height: trunkY + TRUNK_HEIGHT / 2 },
    trunk,
    boxes: controlBoxes({ x: left, y: spacing.boxesY, width: inner, height: BOX_HEIGHT }, boxGap),
    pools: bands.headings,
    nodes: bands.nodes,
    riserX: bands.riserX,
    bands,
    lowerLane: { x: 0, y: lowerY, width, height: bottom - lowerY },
    lowerTitleY: Math.min(bottom - 12, lowerY + lowerRows(plan) * LOWER_ROW + 52),
    ...lower,
    channelY: bands.bottom + 12,
  };
}

/** The control plane's boxes, of equal width, side by side in an area. */
export function controlBoxes({ x, y, width, height }: Rect, gap: number): StageLayout['boxes'] {
  const scale = scaleBand(['etcd', 'controllers', 'scheduler'], [x, x + width + gap]);
  const box = (name: string): Rect => ({ x: scale(name) ?? x, y, width: scale.bandwidth() - gap, height });
  return { etcd: box('etcd'), controllers: box('controllers'), scheduler: box('scheduler') };
}

interface Bands {
  /** What places depend on: two plans with the same key put all cards at the same places. */
  key: string;
  token: unknown;
  headings: PoolHeading[];
  nodes: NodeBox[];
  riserX: Map<string, number>;
  /** Below the last card. */
  bottom: number;
}

function placePools(
  picture: Picture,
  plan: Plan,
  left: number,
  gap: number,
  top: number,
  spacing: Spacing,
  before?: Bands,
): Bands {
  const { width } = plan.card;
  const token = picture.nodesToken;
  const shelves = plan.shelves.map((shelf) =>
    shelf.map(({ pool, column, columns }) => [pool.name, pool.nodes.length, pool.tall, column, columns]),
  );
  const key = JSON.stringify([plan.level, plan.columns, width, left, gap, top, spacing, shelves]);
  const same = before && plan.level > 2 && before.token === token && before.key === key ? before : undefined;
  const bands: Bands = same
    ? { ...same, headings: [] }
    : { key, token, headings: [], nodes: [], riserX: new Map(), bottom: top };
  let y = top;
  for (const [index, shelf] of plan.shelves.entries()) {
    y += index === 0 ? spacing.firstPool : spacing.nextPool;
    const tall = tallOf(shelf);
    for (const { pool, column, columns } of shelf) {
      const start = left + column * (width + gap);
      bands.headings.push(headingOf(pool, plan.level, start, y - 10, columns * (width + gap)));
      for (const [place, node] of same ? [] : pool.nodes.entries()) {
        const x = start + (place % columns) * (width + gap);
        const row = Math.floor(place / columns);
        const card: Rect = { x, y: y + row * (tall + rowGap(plan, spacing)), width, height: tall };
        bands.nodes.push(layoutNode(node, plan.level < 3 ? picture.podsOn(node.name) : [], card, plan.level));
        bands.riserX.set(node.name, x - Math.min(8, gap / 2));
      }
    }
    y += shelfHeight(shelf, plan, spacing);
  }
  bands.bottom = y;
  return bands;
}

function headingOf(pool: Pool, level: DetailLevel, x: number, y: number, room: number): PoolHeading {
  const name = `Pool ${pool.name}`;
  const [first] = pool.nodes;
  const shared = (first?.detail.taints ?? []).filter((taint) =>
    pool.nodes.every((node) => node.detail.taints.some((one) => taintText(one) === taintText(taint))),
  );
  const own = pool.nodes.some((node) => node.detail.taints.length > 0);
  const noteX = x + sansWidth(name, 13) + 14;
  const texts = shared.map(taintText);
  while (texts.length > 0 && noteX - x + monoWidth(texts.join(', '), 11.5, -0.02) > room) texts.pop();
  const note = level > 2 ? sizeNote(pool) : texts.length > 0 ? texts.join(', ') : own ? '' : 'no taints';
  return { name, x, y, note, noteX, gated: level < 3 && texts.length > 0 };
}

/** Where names are too small to read, how many there are: `3,400 nodes, 102,000 Pods, 40 of them silent`. */
function sizeNote({ nodes, pods, down }: Pool): string {
  const size = `${counted(nodes.length, 'node')}, ${counted(pods, 'Pod')}`;
  return down > 0 ? `${size}, ${counted(down, 'node')} silent` : size;
}

/** Drums first, then pills, row by row. */
function placeLower(
  picture: Picture,
  columns: number,
  left: number,
  top: number,
  inner: number,
  gap: number,
): { volumes: VolumeBox[]; services: ServiceBox[]; hidden: number } {
  const pitch = (inner + gap) / columns;
  const room = 2 * columns;
  const volumes: VolumeBox[] = [];
  const services: ServiceBox[] = [];
  const slot = (index: number): Rect => ({
    x: left + (index % columns) * pitch,
    y: top + Math.floor(index / columns) * LOWER_ROW,
    width: Math.min(pitch - gap, CARD.width),
    height: 44,
  });
  for (const volume of picture.volumes) {
    if (volumes.length >= room) break;
    const box = slot(volumes.length);
    volumes.push({ volume, ...box, lidX: box.x + 42, lidY: box.y + 7 });
  }
  for (const service of picture.services) {
    const index = volumes.length + services.length;
    if (index >= room) break;
    services.push({ service, ...slot(index) });
  }
  const hidden = picture.volumes.length + picture.services.length - volumes.length - services.length;
  return { volumes, services, hidden };
}
