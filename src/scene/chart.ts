import type { MachineDefinition, RunningMachine } from '../api/lifecycle';

/** A state as a station: its pill stands on the line at `y`. Lengths in pixels. */
export interface ChartState {
  name: string;
  y: number;
  width: number;
  /** What is carried out on entering, in words. */
  effects: readonly string[];
  is: 'now' | 'passed' | 'ahead';
  final: boolean;
}

/** A transition: down to the next station, or round by a lane at the side. */
export interface ChartTransition {
  from: string;
  event: string;
  to: string;
  /** Whether time alone brings it about. */
  delay: boolean;
  taken: boolean;
  path: string;
  /** Where its event is written; only between neighbours, where there is room. */
  label?: { x: number; y: number; text: string };
}

/** A state machine as a line of stations from top to bottom. */
export interface Chart {
  width: number;
  height: number;
  /** Left end of the pills. */
  pillX: number;
  states: readonly ChartState[];
  transitions: readonly ChartTransition[];
}

export const PILL = { height: 24, radius: 12 };
const ROW = 52;
const TOP = 16;
const LANE = 8;
const LABEL_GAP = 9;
const LETTER = 7.1;
const PILL_PADDING = 22;
/** How far the line of neighbours stands in from the pills' left end. */
const LINE_IN = 18;

/** Lays a machine out. What goes round to the same station shares a lane, as lines of a transit map do. */
export function chartOf({ definition, state, taken }: RunningMachine, width: number): Chart {
  const order = readingOrder(definition);
  const row = new Map(order.map((name, index) => [name, index]));
  const passed = new Set([
    definition.initial,
    ...taken.flatMap(({ from, event }) => [from, targetOf(definition, from, event)]),
  ]);
  const all = order.flatMap((from) => transitionsFrom(definition, from));
  const round = all.filter(({ from, to }) => row.get(to) !== row.get(from)! + 1);
  const targets = [...new Set(round.map(({ to }) => to))];
  const lanes = lanesFor(
    targets.map((to) =>
      rowsOf(
        round.filter((one) => one.to === to),
        row,
      ),
    ),
  );
  const pillX = (Math.max(-1, ...lanes) + 1) * LANE + LANE;
  const isTaken = (from: string, event: string): boolean =>
    taken.some((one) => one.from === from && one.event === event);
  const yOf = (name: string): number => TOP + row.get(name)! * ROW;
  const transitions = all.map((one): ChartTransition => {
    const { from, event, to, delay } = one;
    const lane = round.includes(one) ? lanes[targets.indexOf(to)] : undefined;
    const way = { from, event, to, delay, taken: isTaken(from, event) };
    if (lane !== undefined) return { ...way, path: roundabout(yOf(from), yOf(to), pillX, pillX - (lane + 1) * LANE) };
    const x = pillX + LINE_IN;
    const [top, bottom] = [yOf(from) + PILL.height / 2, yOf(to) - PILL.height / 2];
    const path = `M${x} ${top}V${bottom}`;
    const beside = all.filter((other) => other.from === from && other.to === to);
    if (one !== beside[0]) return { ...way, path };
    const text = beside.map((other) => eventText(other.event, other.delay)).join(', ');
    return { ...way, path, label: { x: x + LABEL_GAP, y: (top + bottom) / 2 + 4, text } };
  });
  const states = order.map((name): ChartState => ({
    name,
    y: yOf(name),
    width: Math.min(width - pillX, name.length * LETTER + PILL_PADDING),
    effects: (definition.states[name]?.entry ?? []).map(wordsOf),
    is: name === state ? 'now' : passed.has(name) ? 'passed' : 'ahead',
    final: definition.states[name]?.type === 'final',
  }));
  return { width, height: TOP * 2 + (order.length - 1) * ROW, pillX, states, transitions };
}

/** `gracePeriod` → `grace period`. */
export const wordsOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** An event as it is written on the chart; one that time brings about says so. */
export const eventText = (event: string, delay: boolean): string => (delay ? `after ${wordsOf(event)}` : event);

interface Edge {
  from: string;
  event: string;
  to: string;
  delay: boolean;
}

function transitionsFrom({ states }: MachineDefinition, from: string): Edge[] {
  const { on = {}, after = {} } = states[from] ?? {};
  return [
    ...Object.entries(on).map(([event, to]) => ({ from, event, to, delay: false })),
    ...Object.entries(after).map(([event, to]) => ({ from, event, to, delay: true })),
  ];
}

function targetOf({ states }: MachineDefinition, from: string, event: string): string {
  return states[from]?.on?.[event] ?? states[from]?.after?.[event] ?? from;
}

/** The states in the order of the definition, which is the order of a life; the initial one first. */
function readingOrder({ initial, states }: MachineDefinition): string[] {
  return [initial, ...Object.keys(states).filter((name) => name !== initial)];
}

/** The rows between the first and the last station of some ways. */
function rowsOf(ways: readonly Edge[], row: ReadonlyMap<string, number>): readonly [low: number, high: number] {
  const rows = ways.flatMap(({ from, to }) => [row.get(from)!, row.get(to)!]);
  return [Math.min(...rows), Math.max(...rows)];
}

/** A lane for each stretch of rows: stretches that overlap get different lanes, short ones the inner. */
function lanesFor(stretches: readonly (readonly [low: number, high: number])[]): number[] {
  const lanes = new Array<number>(stretches.length).fill(0);
  const given: { low: number; high: number; lane: number }[] = [];
  const length = (index: number): number => stretches[index]![1] - stretches[index]![0];
  for (const index of [...stretches.keys()].sort((left, right) => length(left) - length(right))) {
    const [low, high] = stretches[index]!;
    const busy = new Set(given.filter((one) => one.low <= high && low <= one.high).map(({ lane }) => lane));
    let lane = 0;
    while (busy.has(lane)) lane += 1;
    lanes[index] = lane;
    given.push({ low, high, lane });
  }
  return lanes;
}

/** Out to the lane, along it, and back in; what leaves a pill leaves below its middle, what arrives arrives above it. */
function roundabout(fromY: number, toY: number, pillX: number, laneX: number): string {
  const [out, back] = [fromY + 5, toY - 5];
  const turn = Math.min(6, pillX - laneX) * (back >= out ? 1 : -1);
  return `M${pillX} ${out}H${laneX + 6}Q${laneX} ${out} ${laneX} ${out + turn}V${back - turn}Q${laneX} ${back} ${laneX + 6} ${back}H${pillX}`;
}
