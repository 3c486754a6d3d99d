import type { Component } from './machinery/component';
import type { EventRecorder } from './machinery/event-recorder';
import type { Informers } from './machinery/informers';

/** A running program of the cluster: components that share one client's caches. It lives and dies as a whole. */
export interface Process {
  readonly name: string;
  readonly informers: Informers;
  readonly components: readonly Component[];
  readonly recorders: readonly EventRecorder[];
}

/** Everything of a process that has a state, under names that a snapshot keeps. */
export function statefulParts(process: Process): [string, { state: object; restore(state: never): void }][] {
  return [
    [`${process.name}/informers`, process.informers],
    ...process.components.map((component): [string, Component] => [`component/${component.name}`, component]),
    ...process.recorders.map((recorder, index): [string, EventRecorder] => [
      `${process.name}/recorder/${index}`,
      recorder,
    ]),
  ];
}
