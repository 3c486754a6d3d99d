import { assert } from '../../base/assert';

/**
 * A state machine as flat data, in XState's own notation: states, events, named entry effects, named delays. No
 * guards, no context, no functions: a choice is an event that the kubelet has worked out.
 */
export interface MachineDefinition {
  readonly id: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, StateDefinition>>;
}

export interface StateDefinition {
  /** Names of effects that are carried out on entering. */
  readonly entry?: readonly string[];
  /** Event → next state. */
  readonly on?: Readonly<Record<string, string>>;
  /** Named delay → next state, once the state has lasted that long. */
  readonly after?: Readonly<Record<string, string>>;
  readonly type?: 'final';
}

/** A machine as a table: states and events are numbers. */
export interface CompiledMachine {
  readonly id: string;
  readonly initial: number;
  readonly states: readonly string[];
  readonly events: readonly string[];
  /** By state × events + event: the next state, or −1 where the event means nothing. */
  readonly next: Int16Array;
  /** Effects of entering, by state. */
  readonly entry: readonly (readonly string[])[];
  /** The named delays that run in a state; each ends as the event of its name. */
  readonly delays: readonly (readonly string[])[];
}

/** Turns a definition into a table. Throws where a transition leads nowhere. */
export function compileMachine(definition: MachineDefinition): CompiledMachine {
  const states = Object.keys(definition.states);
  const events = [
    ...new Set(Object.values(definition.states).flatMap((state) => Object.keys(transitionsOf(state)))),
  ].sort();
  const next = new Int16Array(states.length * events.length).fill(-1);
  for (const [index, name] of states.entries()) {
    for (const [event, target] of Object.entries(transitionsOf(definition.states[name]!))) {
      assert(states.includes(target), `${definition.id}: ${name} leads to ${target}, which is no state`);
      next[index * events.length + events.indexOf(event)] = states.indexOf(target);
    }
  }
  assert(states.includes(definition.initial), `${definition.id} begins in ${definition.initial}, which is no state`);
  return {
    id: definition.id,
    initial: states.indexOf(definition.initial),
    states,
    events,
    next,
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
