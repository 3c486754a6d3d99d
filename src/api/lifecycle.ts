/** State machines as the kernel runs them, for whoever draws them. Shared by kernel and page. */

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

/** A machine, where it stands, and the transitions that it has ever taken, in the definition's order. */
export interface RunningMachine {
  readonly definition: MachineDefinition;
  readonly state: string;
  readonly taken: readonly { readonly from: string; readonly event: string }[];
}
