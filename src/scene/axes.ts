import { scaleLinear, type ScaleContinuousNumeric } from 'd3';
import { clockText } from './lettering';

export type Scale = ScaleContinuousNumeric<number, number>;

export interface Tick {
  at: number;
  text: string;
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400];
/** Pixels that the text of a tick wants. */
const TICK_ROOM = 90;
const TICKS = 6;

const ticksWithin = (scale: Scale): number => {
  const [from = 0, to = 0] = scale.range();
  return Math.max(2, Math.min(TICKS, Math.round(Math.abs(to - from) / TICK_ROOM)));
};

/** Whole seconds, minutes or hours; the domain is in virtual milliseconds. */
export function timeTicks(x: Scale): Tick[] {
  const [from = 0, to = 1] = x.domain();
  const most = ticksWithin(x);
  const stepMs = 1000 * (TIME_STEPS_S.find((seconds) => (to - from) / 1000 / seconds <= most) ?? 86_400);
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / stepMs) * stepMs; at <= to; at += stepMs)
    ticks.push({ at: x(at), text: clockText(at) });
  return ticks;
}

/** Round numbers of a linear scale. */
export function numberTicks(scale: Scale, most = ticksWithin(scale)): Tick[] {
  return scale.ticks(most).map((value) => ({ at: scale(value), text: grouped(Number(value.toPrecision(12))) }));
}

/** 1, 3, 10, 30 … within the scale; where that is too few, round numbers. */
export function logTicks(y: Scale): Tick[] {
  const [least = 0.1, most = 1] = y.domain();
  const values: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const digit of [1, 3]) values.push(digit * 10 ** power);
  }
  const within = values.filter((value) => value >= least && value <= most);
  const shown =
    within.length >= 2
      ? within
      : scaleLinear([least, most], [0, 1])
          .ticks(3)
          .filter((value) => value >= least);
  return shown.map((value) => ({ at: y(value), text: String(Number(value.toPrecision(2))) }));
}

/** `1,310`; fractions stay as they are. */
export function grouped(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
}
