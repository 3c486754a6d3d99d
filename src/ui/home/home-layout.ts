import type { Rect } from '../../scene/geometry';

/** Three columns, or three rows where there is no room for columns. */
export type HomeForm = 'columns' | 'rows';

export const CONTROL_PLANE = ['etcd', 'controllers', 'scheduler'] as const;
export type ControlPlanePart = (typeof CONTROL_PLANE)[number];

/** A node's card, its line to the trunk, and the kubelet's port on its left edge. */
export interface NodePlace extends Rect {
  riserX: number;
  portY: number;
}

/** Where everything of the home page's cluster stands, in units of its picture. */
export interface HomeLayout {
  form: HomeForm;
  width: number;
  height: number;
  boxes: Record<ControlPlanePart, Rect>;
  trunk: Rect;
  /** Of the first, second and third node. */
  nodes: readonly NodePlace[];
}

/** A picture narrower than this, in px, has rows. */
export const ROWS_BELOW_PX = 520;

const INDEXES = [0, 1, 2];

function boxesOf(lefts: readonly [number, number, number], y: number, size: { width: number; height: number }) {
  const [etcd, controllers, scheduler] = lefts.map((x) => ({ x, y, ...size })) as [Rect, Rect, Rect];
  return { etcd, controllers, scheduler };
}

const COLUMNS_X = [20, 264, 508] as const;

export const LAYOUTS: Record<HomeForm, HomeLayout> = {
  columns: {
    form: 'columns',
    width: 744,
    height: 366,
    boxes: boxesOf(COLUMNS_X, 26, { width: 216, height: 70 }),
    trunk: { x: 0, y: 124, width: 744, height: 34 },
    nodes: COLUMNS_X.map((x) => ({ x, y: 208, width: 216, height: 136, riserX: x - 10, portY: 232 })),
  },
  rows: {
    form: 'rows',
    width: 372,
    height: 336,
    boxes: boxesOf([12, 132, 252], 16, { width: 108, height: 56 }),
    trunk: { x: 0, y: 92, width: 372, height: 34 },
    nodes: INDEXES.map((index) => {
      const y = 146 + index * 60;
      return { x: 26, y, width: 334, height: 52, riserX: 12, portY: y + 26 };
    }),
  },
};

/** The width of a Pod's cap, which holds the mark of its phase; alone it stands for a Pod that makes room. */
export const CAP = 36;
const PILL_HEIGHT = 36;
const PILL_PITCH = 42;
const NAME_WIDTH = 110;
const GAP = 6;

/** Where the Pods of a node stand, the oldest first: below one another, or in a row the newest wide and the others caps. */
export function podPlaces(form: HomeForm, node: NodePlace, count: number): Rect[] {
  if (form === 'columns') {
    return Array.from({ length: count }, (_, index) => ({
      x: node.x + 12,
      y: node.y + 46 + index * PILL_PITCH,
      width: node.width - 24,
      height: PILL_HEIGHT,
    }));
  }
  const right = node.x + node.width - 8;
  let x = node.x + NAME_WIDTH;
  return Array.from({ length: count }, (_, index) => {
    const width = index === count - 1 ? right - x : CAP;
    const place = { x, y: node.y + 8, width, height: PILL_HEIGHT };
    x += width + GAP;
    return place;
  });
}
