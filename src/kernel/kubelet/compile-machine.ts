import type { MachineDefinition, StateDefinition } from '../../api/lifecycle';
import { assert } from '../../base/assert';

/** A machine as a table: states and events are numbers. */
export interface CompiledMachine {
  readonly id: string;
  readonly initial: number;
  readonly states: readonly string[];
  readonly events: readonly string[];
  /** By state × events + event: the next state, or −1 where the event means nothing. */
  readonly next: Int16Array;
  /** By state × events + event: the transition as a set of its own; 0 where there is none. */
  readonly bits: Int32Array;
  /** Every transition, in the definition's order; a set of them is a number with a bit for each. */
  readonly transitions: readonly Transition[];
  /** Effects of entering, by state. */
  readonly entry: readonly (readonly string[])[];
  /** The named delays that run in a state; each ends as the event of its name. */
  readonly delays: readonly (readonly string[])[];
}

export interface Transition {
  readonly from: number;
  readonly event: string;
  readonly to: number;
}

/** A set of transitions is one integer. */
const MOST_TRANSITIONS = 31;

/** Turns a definition into a table. Throws where a transition leads nowhere. */
export function compileMachine(definition: MachineDefinition): CompiledMachine {
  const states = Object.keys(definition.states);
  const events = [
    ...new Set(Object.values(definition.states).flatMap((state) => Object.keys(transitionsOf(state)))),
  ].sort();
  const next = new Int16Array(states.length * events.length).fill(-1);
  const bits = new Int32Array(next.length);
  const transitions: Transition[] = [];
  for (const [index, name] of states.entries()) {
    for (const [event, target] of Object.entries(transitionsOf(definition.states[name]!))) {
      assert(states.includes(target), `${definition.id}: ${name} leads to ${target}, which is no state`);
      const at = index * events.length + events.indexOf(event);
      next[at] = states.indexOf(target);
      bits[at] = 1 << transitions.length;
      transitions.push({ from: index, event, to: states.indexOf(target) });
    }
  }
  assert(transitions.length <= MOST_TRANSITIONS, `${definition.id} has too many transitions`);
  assert(states.includes(definition.initial), `${definition.id} begins in ${definition.initial}, which is no state`);
  return {
    id: definition.id,
    initial: states.indexOf(definition.initial),
    states,
    events,
    next,
    bits,
    transitions,
    entry: states.map((name) => definition.states[name]!.entry ?? []),
    delays: states.map((name) => Object.keys(definition.states[name]!.after ?? {})),
  };
}

const transitionsOf = (state: StateDefinition): Record<string, string> => ({ ...state.on, ...state.after });

/** The state after an event; −1 where the event means nothing in this state. */
export function nextState(machine: CompiledMachine, state: number, event: string): number {
  const index = machine.events.indexOf(event);
  return index < 0 ? -1 : machine.next[state * machine.events.length + index]!;
}

/** A set of transitions taken, with the one that an event takes from a state. */
export function withTaken(machine: CompiledMachine, taken: number, state: number, event: string): number {
  const index = machine.events.indexOf(event);
  return index < 0 ? taken : taken | machine.bits[state * machine.events.length + index]!;
}
