import { describe, expect, it } from 'vitest';
import type { RunningMachine } from '../api/lifecycle';
import { chartOf } from './chart';

const machine: RunningMachine = {
  definition: {
    id: 'container',
    initial: 'created',
    states: {
      created: { on: { START: 'running', FAIL: 'exited' } },
      running: { entry: ['startProgram'], on: { STOP: 'stopping', EXIT: 'exited' } },
      stopping: { on: { EXIT: 'exited' }, after: { gracePeriod: 'exited' } },
      exited: { entry: ['recordExit'], type: 'final' },
    },
  },
  state: 'running',
  taken: [{ from: 'created', event: 'START' }],
};

describe('a machine as a chart', () => {
  const chart = chartOf(machine, 284);

  it('stands from top to bottom in the order of the definition, and says what was passed', () => {
    expect(chart.states.map(({ name, is, effects }) => [name, is, ...effects])).toEqual([
      ['created', 'passed'],
      ['running', 'now', 'start program'],
      ['stopping', 'ahead'],
      ['exited', 'ahead', 'record exit'],
    ]);
    const ys = chart.states.map(({ y }) => y);
    expect(ys).toEqual([...ys].sort((left, right) => left - right));
    expect(chart.height).toBeGreaterThan(ys.at(-1)!);
  });

  it('draws each transition once, taken ones apart', () => {
    expect(chart.transitions.map(({ from, event, to, taken }) => [from, event, to, taken])).toEqual([
      ['created', 'START', 'running', true],
      ['created', 'FAIL', 'exited', false],
      ['running', 'STOP', 'stopping', false],
      ['running', 'EXIT', 'exited', false],
      ['stopping', 'EXIT', 'exited', false],
      ['stopping', 'gracePeriod', 'exited', false],
    ]);
  });

  it('labels what goes to the next station, in words where time brings it about', () => {
    const labels = chart.transitions.flatMap(({ label }) => label?.text ?? []);
    expect(labels).toEqual(['START', 'STOP', 'EXIT, after grace period']);
  });

  it('has one lane for all that goes round to a station, left of the pills, and another for another station', () => {
    const { definition } = machine;
    const states = { ...definition.states, running: { on: { ...definition.states['running']!.on, AGAIN: 'created' } } };
    const { transitions, pillX } = chartOf({ ...machine, definition: { ...definition, states } }, 284);
    const lanes = new Map<string, Set<number>>();
    for (const { to, path } of transitions) {
      const lane = /Q(\S+)/.exec(path)?.[1];
      if (lane !== undefined) lanes.set(to, (lanes.get(to) ?? new Set()).add(Number(lane)));
    }
    const used = [...lanes.values()].map((of) => [...of]);
    expect([...lanes.keys()]).toEqual(['exited', 'created']);
    expect(used.map(({ length }) => length)).toEqual([1, 1]);
    expect(new Set(used.flat()).size).toBe(2);
    expect(Math.max(...used.flat())).toBeLessThan(pillX);
  });
});
