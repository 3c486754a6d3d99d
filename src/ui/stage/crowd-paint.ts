import { NO_HUE } from '../../protocol/frame';
import { SPECK, type Crowd, type SpeckGrid } from '../../scene/crowd';
import type { Rect } from '../../scene/geometry';
import type { StageLayout } from '../../scene/layout';
import type { NodeBox } from '../../scene/node-layout';
import type { Decision } from '../../scene/verdicts';

export interface Colours {
  hues: string[];
  bad: string;
  signal: string;
  surface: string;
  line: string;
  strong: string;
  stage: string;
}

/** What is painted on, and what of. */
export interface Sheet {
  context: CanvasRenderingContext2D;
  colours: Colours;
  layout: StageLayout;
  crowd: Crowd;
  /** The part of the map in sight. */
  view: Rect;
  /** One pixel of the screen. */
  hair: number;
}

const HUES = ['--o1', '--o2', '--o3', '--o4', '--o5', '--o6', '--o0'];

export function readColours(style: CSSStyleDeclaration): Colours {
  const read = (name: string): string => style.getPropertyValue(name);
  return {
    hues: HUES.map(read),
    bad: read('--bad'),
    signal: read('--signal'),
    surface: read('--surface'),
    line: read('--line'),
    strong: read('--line-strong'),
    stage: read('--stage'),
  };
}

/** Calls for each card in sight, with its number. */
function eachInSight({ layout, view }: Sheet, paint: (box: NodeBox, card: number) => void): void {
  const [right, bottom] = [view.x + view.width, view.y + view.height];
  for (let card = 0; card < layout.nodes.length; card++) {
    const box = layout.nodes[card]!;
    if (box.x > right || box.y > bottom || box.x + box.width < view.x || box.y + box.height < view.y) continue;
    paint(box, card);
  }
}

const CARD_RADIUS = 5;
const SOCKETS_SHOWN = 10;

/** One card a node, with a mark a device at its lower edge: full, or free. */
export function paintCards(sheet: Sheet): void {
  const { context, colours, crowd, layout } = sheet;
  const radius = layout.level === 4 ? 0 : CARD_RADIUS;
  for (const down of [0, 1]) {
    context.beginPath();
    eachInSight(sheet, (box, card) => {
      if (crowd.down[card] === down) context.roundRect(box.x, box.y, box.width, box.height, radius);
    });
    context.fillStyle = colours.surface;
    context.fill();
    context.strokeStyle = down === 1 ? colours.bad : colours.line;
    context.lineWidth = down === 1 ? Math.min(1.5, 2 * sheet.hair) : Math.min(1, 1.5 * sheet.hair);
    context.stroke();
  }
  eachInSight(sheet, (box, card) => {
    if (crowd.down[card] === 1) hatch(sheet, box);
    if (layout.level < 4) sockets(sheet, box, crowd.devices[card]!, crowd.devicesUsed[card]!);
  });
}

/** What a Pod cannot use, because it requires something else, stands back. */
export function paintOthers(sheet: Sheet, isOther: (box: NodeBox) => boolean): void {
  const { context, colours } = sheet;
  context.globalAlpha = 0.55;
  context.fillStyle = colours.stage;
  eachInSight(sheet, (box) => {
    if (isOther(box)) context.fillRect(box.x, box.y, box.width, box.height);
  });
  context.globalAlpha = 1;
}

/** Grey lines over what is not there. */
function hatch({ context, colours }: Sheet, box: Rect): void {
  const step = 6;
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.beginPath();
  for (let x = box.x - box.height; x < box.x + box.width; x += step) {
    context.moveTo(x, box.y + box.height);
    context.lineTo(x + box.height, box.y);
  }
  context.strokeStyle = colours.line;
  context.lineWidth = 1.25;
  context.stroke();
  context.restore();
}

function sockets({ context, colours }: Sheet, box: Rect, devices: number, used: number): void {
  const shown = Math.min(devices, SOCKETS_SHOWN);
  if (shown === 0) return;
  const pitch = Math.min(6, (box.width - 12) / shown);
  context.fillStyle = colours.strong;
  context.strokeStyle = colours.strong;
  context.lineWidth = 0.75;
  for (let index = 0; index < shown; index++) {
    const x = box.x + 6 + index * pitch;
    const y = box.y + box.height - 5.5;
    if (index < Math.ceil((used * shown) / devices)) context.fillRect(x, y, pitch - 1.5, 3);
    else context.strokeRect(x + 0.375, y + 0.375, pitch - 2.25, 2.25);
  }
}

/** Small squares in the owner's colour: hollow while or after their containers do not run, crossed where in trouble. */
export function paintSpecks(sheet: Sheet, grid: SpeckGrid): void {
  const { context, colours } = sheet;
  for (let hue = 0; hue <= NO_HUE; hue++) {
    context.beginPath();
    eachSpeck(sheet, grid, (x, y, speck) => {
      if ((speck & SPECK.hue) === hue) context.rect(x, y, grid.size, grid.size);
    });
    context.fillStyle = colours.hues[hue]!;
    context.fill();
  }
  const rim = grid.size * 0.18;
  context.beginPath();
  eachSpeck(sheet, grid, (x, y, speck) => {
    if ((speck & SPECK.hollow) !== 0) context.rect(x + rim, y + rim, grid.size - 2 * rim, grid.size - 2 * rim);
  });
  context.fillStyle = colours.surface;
  context.fill();
  crosses(sheet, grid);
}

/** A cross in `--bad`, cased in the card's colour so that it reads on every owner's. */
function crosses(sheet: Sheet, grid: SpeckGrid): void {
  const { context, colours } = sheet;
  const { size } = grid;
  context.beginPath();
  let any = false;
  eachSpeck(sheet, grid, (x, y, speck) => {
    if ((speck & SPECK.trouble) === 0) return;
    any = true;
    context.moveTo(x, y);
    context.lineTo(x + size, y + size);
    context.moveTo(x + size, y);
    context.lineTo(x, y + size);
  });
  if (!any) return;
  context.strokeStyle = colours.surface;
  context.lineWidth = size * 0.45;
  context.stroke();
  context.strokeStyle = colours.bad;
  context.lineWidth = size * 0.22;
  context.stroke();
}

function eachSpeck(sheet: Sheet, grid: SpeckGrid, paint: (x: number, y: number, speck: number) => void): void {
  const { from, speck } = sheet.crowd;
  const { columns, pitch, left, top } = grid;
  eachInSight(sheet, (box, card) => {
    const first = from[card]!;
    for (let at = first; at < from[card + 1]!; at++) {
      const place = at - first;
      paint(box.x + left + (place % columns) * pitch, box.y + top + Math.floor(place / columns) * pitch, speck[at]!);
    }
  });
}

/** One cell a node: filled as far as its CPU is requested, in the colour of its largest owner; a notch is trouble. */
export function paintCells(sheet: Sheet): void {
  const { context, colours, crowd } = sheet;
  context.beginPath();
  eachInSight(sheet, (box) => context.rect(box.x, box.y, box.width, box.height));
  context.fillStyle = colours.line;
  context.fill();
  for (let hue = 0; hue <= NO_HUE; hue++) {
    context.beginPath();
    eachInSight(sheet, (box, card) => {
      if (crowd.hue[card] !== hue) return;
      const height = box.height * crowd.fill[card]!;
      context.rect(box.x, box.y + box.height - height, box.width, height);
    });
    context.fillStyle = colours.hues[hue]!;
    context.fill();
  }
  eachInSight(sheet, (box, card) => {
    if (crowd.down[card] === 1) {
      context.fillStyle = colours.stage;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.strokeStyle = colours.bad;
      context.lineWidth = 1;
      context.strokeRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1);
    }
    if (crowd.troubled[card] === 1) notch(sheet, box);
  });
}

/** The upper right corner, cut off. */
function notch({ context, colours }: Sheet, box: Rect): void {
  const size = box.width * 0.4;
  context.beginPath();
  context.moveTo(box.x + box.width - size, box.y);
  context.lineTo(box.x + box.width, box.y);
  context.lineTo(box.x + box.width, box.y + size);
  context.closePath();
  context.fillStyle = colours.bad;
  context.fill();
  context.strokeStyle = colours.stage;
  context.lineWidth = box.width * 0.08;
  context.stroke();
}

/** A cross or a tick on each card while the scheduler decides; the winner's outline. */
export function paintVerdicts(sheet: Sheet, { notes, winner }: Decision): void {
  const { context, colours } = sheet;
  eachInSight(sheet, (box) => {
    const note = notes.get(box.node.name);
    if (!note) return;
    const size = Math.min(10, box.width / 3);
    const [x, y] = [box.x + box.width - size * 1.4, box.y + size * 0.5];
    context.globalAlpha = Math.max(0, Math.min(1, note.shown));
    context.beginPath();
    if (note.kind === 'no') {
      context.moveTo(x, y);
      context.lineTo(x + size, y + size);
      context.moveTo(x + size, y);
      context.lineTo(x, y + size);
    } else {
      context.moveTo(x, y + size * 0.55);
      context.lineTo(x + size * 0.4, y + size);
      context.lineTo(x + size, y);
    }
    context.strokeStyle = colours.surface;
    context.lineWidth = size * 0.5;
    context.stroke();
    context.strokeStyle = note.kind === 'no' ? colours.bad : colours.signal;
    context.lineWidth = size * 0.22;
    context.stroke();
    if (box.node.name !== winner) return;
    context.lineWidth = Math.max(2, 3 * sheet.hair);
    context.strokeRect(box.x, box.y, box.width, box.height);
  });
  context.globalAlpha = 1;
}
