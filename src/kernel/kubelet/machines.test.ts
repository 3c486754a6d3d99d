import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine, initialTransition, transition, type AnyMachineSnapshot, type AnyStateMachine } from 'xstate';
import type { MachineDefinition } from '../../api/lifecycle';
import { compileMachine, nextState, withTaken, type CompiledMachine } from './compile-machine';
import { containerMachine } from './container.machine';
import { nodeMachine } from './node.machine';
import { podWorkerMachine } from './pod-worker.machine';
import { volumeMachine } from './volume.machine';

const MACHINES: MachineDefinition[] = [podWorkerMachine, containerMachine, nodeMachine, volumeMachine];

/** XState's own machine of a definition. Delays get a time, or they would fire at once. */
function xstateOf(definition: MachineDefinition): AnyStateMachine {
  const names = Object.values(definition.states).flatMap((state) => Object.keys(state.after ?? {}));
  const delays = Object.fromEntries(names.map((name) => [name, 1000]));
  return createMachine(structuredClone(definition) as never, { delays } as never) as AnyStateMachine;
}

/** The event by which XState says that a delay is over. */
const xstateEvent = (definition: MachineDefinition, state: string, event: string): { type: string } => {
  const isDelay = definition.states[state]?.after?.[event] !== undefined;
  return { type: isDelay ? `xstate.after.${event}.${definition.id}.${state}` : event };
};

const namedEffects = (actions: readonly { type: string }[]): string[] =>
  actions.map((action) => action.type).filter((type) => !type.startsWith('xstate.'));

/** Walks table and XState side by side; both must agree after every step. */
function walk(
  definition: MachineDefinition,
  table: CompiledMachine,
  machine: AnyStateMachine,
  events: readonly string[],
): void {
  let [snapshot] = initialTransition(machine) as [AnyMachineSnapshot, unknown];
  let state = table.initial;
  expect(snapshot.value).toBe(table.states[state]);
  for (const event of events) {
    if (snapshot.status === 'done') {
      expect(table.events.filter((one) => nextState(table, state, one) >= 0)).toEqual([]);
      return;
    }
    const [after, actions] = transition(machine, snapshot, xstateEvent(definition, table.states[state]!, event));
    const next = nextState(table, state, event);
    const moved = next >= 0;
    expect(after.value).toBe(table.states[moved ? next : state]);
    expect(namedEffects(actions as { type: string }[])).toEqual(moved ? table.entry[next] : []);
    snapshot = after as AnyMachineSnapshot;
    if (moved) state = next;
  }
}

/** For every transition, the shortest list of events that ends with it. */
function shortestPaths(table: CompiledMachine): string[][] {
  const reached = new Map<number, string[]>([[table.initial, []]]);
  const paths: string[][] = [];
  for (const [state, path] of reached) {
    for (const event of table.events) {
      const next = nextState(table, state, event);
      if (next < 0) continue;
      paths.push([...path, event]);
      if (!reached.has(next)) reached.set(next, [...path, event]);
    }
  }
  expect([...reached.keys()].sort()).toEqual(table.states.map((_, index) => index).sort());
  return paths;
}

describe.each(MACHINES)('the $id machine', (definition) => {
  const table = compileMachine(definition);
  const machine = xstateOf(definition);

  it('knows as bits which transitions were taken', () => {
    for (const [at, { from, event }] of table.transitions.entries()) {
      expect(withTaken(table, 0, from, event)).toBe(1 << at);
    }
    expect(withTaken(table, 5, table.initial, 'nothing of the kind')).toBe(5);
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(definition))).toEqual(definition);
  });

  it('goes where XState goes, along the shortest way to every transition', () => {
    for (const path of shortestPaths(table)) walk(definition, table, machine, path);
  });

  it('goes where XState goes, wherever it is sent', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...table.events), { maxLength: 40 }), (events) =>
        walk(definition, table, machine, events),
      ),
      { seed: 36, numRuns: 60 },
    );
  });
});

describe('compileMachine', () => {
  it('refuses a transition that leads nowhere', () => {
    const broken = { id: 'broken', initial: 'a', states: { a: { on: { GO: 'b' } } } };
    expect(() => compileMachine(broken)).toThrow('broken: a leads to b, which is no state');
  });
});
