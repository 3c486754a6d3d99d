import type { Rect } from '../../scene/geometry';
import { keyPath, keyShape } from '../../scene/keys';
import type { Machine, StarterCluster } from '../share/clusters';

/** A starter cluster as a still picture: the API server, and everything on a line of its own to it. */
export interface ClusterDrawing {
  nodes: readonly NodeCard[];
  /** Machines that are too many to be drawn each: one cell a machine. */
  crowd: CellField | undefined;
  /** Where the lines to the nodes come down, and how far. */
  risers: readonly { x: number; toY: number }[];
}

export interface NodeCard extends Rect {
  name: string;
  /** The middle of the port in which the line to the API server ends. */
  portY: number;
  sockets: readonly Rect[];
  gates: readonly { plate: Rect; keyhole: string }[];
}

export interface CellField extends Rect {
  columns: number;
  rows: number;
  pitch: number;
}

/** The picture's measures, in units of its own. */
export const DRAWING = { width: 390, height: 232, trunkY: 48, trunkHeight: 20 } as const;

/** The parts of the control plane, by name and place on their lane. */
export const PARTS = ['etcd', 'Controllers', 'Scheduler'].map((title, index) => ({
  title,
  x: 20 + index * 124,
  y: 10,
  width: 96,
  height: 24,
}));

const FLOOR = { x: 20, y: 84, width: 350, height: 140 } as const;
const CARD = { width: 110, height: 40, pitchX: 124, pitchY: 48, gutter: 7 } as const;
const SOCKET = { width: 11, height: 9, pitch: 14 } as const;
const PLATE = { width: 16, height: 13, pitch: 19 } as const;
const INSET = 8;

export function drawingOf({ rows, crowd }: Pick<StarterCluster, 'rows' | 'crowd'>): ClusterDrawing {
  const nodes = rows.flatMap((row, rank) => row.map((machine, column) => cardOf(machine, column, rank)));
  const field = crowd === undefined ? undefined : fieldOf(crowd);
  const lowest = new Map<number, number>();
  for (const { x, portY } of nodes) lowest.set(x, Math.max(lowest.get(x) ?? 0, portY));
  const risers = [...lowest].map(([x, toY]) => ({ x: x - CARD.gutter, toY }));
  return {
    nodes,
    crowd: field,
    risers: field ? [{ x: field.x + field.width / 2, toY: field.y }] : risers,
  };
}

function cardOf({ name, devices, taints = [] }: Machine, column: number, rank: number): NodeCard {
  const x = FLOOR.x + column * CARD.pitchX;
  const y = FLOOR.y + rank * CARD.pitchY;
  const lineY = y + 23;
  const right = x + CARD.width - INSET;
  return {
    name,
    x,
    y,
    width: CARD.width,
    height: CARD.height,
    portY: y + CARD.height / 2,
    sockets: Array.from({ length: devices?.[0] ?? 0 }, (_, index) => ({
      x: x + INSET + index * SOCKET.pitch,
      y: lineY + (PLATE.height - SOCKET.height) / 2,
      width: SOCKET.width,
      height: SOCKET.height,
    })),
    gates: taints.map((key, index) => {
      const plate = {
        x: right - PLATE.width - index * PLATE.pitch,
        y: lineY,
        width: PLATE.width,
        height: PLATE.height,
      };
      const keyhole = keyPath(keyShape(key), plate.x + PLATE.width / 2, plate.y + PLATE.height / 2, 4);
      return { plate, keyhole };
    }),
  };
}

/** As many cells as machines, in the rectangle that fills the floor best. */
function fieldOf(count: number): CellField {
  const wide = FLOOR.width / FLOOR.height;
  const shapes = Array.from({ length: Math.floor(Math.sqrt(count)) }, (_, index) => index + 1)
    .filter((rows) => count % rows === 0)
    .map((rows) => ({ rows, columns: count / rows }));
  const shape = shapes.reduce((best, one) =>
    Math.abs(one.columns / one.rows - wide) < Math.abs(best.columns / best.rows - wide) ? one : best,
  );
  const pitch = Math.min(FLOOR.width / shape.columns, FLOOR.height / shape.rows);
  const width = pitch * shape.columns;
  return { ...shape, pitch, width, height: pitch * shape.rows, x: FLOOR.x + (FLOOR.width - width) / 2, y: FLOOR.y };
}

/** What the picture shows, in words. */
export function drawingWords({ rows, crowd }: Pick<StarterCluster, 'rows' | 'crowd'>): string {
  if (crowd !== undefined) return `An API server, and ${crowd.toLocaleString('en')} nodes as cells.`;
  const machines = rows.flat();
  if (machines.length === 0) return 'An API server without nodes.';
  return `An API server, and a line from it to each of ${machines.map(machineWords).join(', ')}.`;
}

function machineWords({ name, devices, taints = [] }: Machine): string {
  const parts = [...(devices ? [`${devices[0]} × ${devices[1]}`] : []), ...taints.map((key) => `taint ${key}`)];
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`;
}
