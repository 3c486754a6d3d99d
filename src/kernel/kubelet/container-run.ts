import { hashDigits } from '../../base/random';
import { emptyMap, NONE } from '../../base/shared-map';
import { SmallMap } from '../../base/small-map';
import { compileMachine, nextState, withTaken } from './compile-machine';
import { containerMachine } from './container.machine';
import type { Log, Run } from './state';
import { newMeter } from './usage-meter';

export const CONTAINER = compileMachine(containerMachine);
const stateNumber = (name: keyof typeof containerMachine.states): number => CONTAINER.states.indexOf(name);
const EXITED = stateNumber('exited');
const CREATED = stateNumber('created');

const LOG_BYTES = 256 * 1024;
const LOG_LINES = 4000;
const LINE_BYTES = 16 * 1024;

/** A run that has been created and not started. `name` tells it from the machine's other containers. */
export function createRun(name: string, attempt: number, image: string, nowMs: number): Run {
  return {
    id: `containerd://${hashDigits(`${name}/${attempt}`)}`,
    imageId: imageIdOf(image),
    attempt,
    state: CONTAINER.initial,
    taken: 0,
    seen: 'nothing',
    image,
    createdMs: nowMs,
    startedMs: 0,
    finishedMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    processes: new SmallMap(),
    nextProcess: 0,
    files: emptyMap(),
    log: { lines: [], dropped: 0, bytes: 0 },
    ports: NONE,
    meter: newMeter(nowMs),
    memoryBytes: 0,
    busyUntilMs: 0,
    serving: emptyMap(),
    training: NONE,
    graceSeconds: 0,
    stoppedMs: 0,
    hanging: null,
  };
}

/** So many images are known by their ids before all are forgotten. */
const IMAGE_IDS_KEPT = 1024;
const imageIds = new Map<string, string>();

/** What the runtime calls an image: a function of its name, worked out once and shared by all of its containers. */
function imageIdOf(image: string): string {
  let id = imageIds.get(image);
  if (id === undefined) {
    if (imageIds.size >= IMAGE_IDS_KEPT) imageIds.clear();
    imageIds.set(image, (id = `${image.replace(/:[^/]*$/, '')}@sha256:${hashDigits(image)}`));
  }
  return id;
}

/** Moves a run by an event. Returns whether the event means anything in its state. */
export function moveRun(run: Run, event: string): boolean {
  const next = nextState(CONTAINER, run.state, event);
  if (next < 0) return false;
  run.taken = withTaken(CONTAINER, run.taken, run.state, event);
  run.state = next;
  return true;
}

/** The name of the run's state. */
export const runState = (run: Run): string => CONTAINER.states[run.state]!;

export const hasEnded = (run: Run): boolean => run.state === EXITED;

export const isAlive = (run: Run | undefined): run is Run =>
  run !== undefined && run.state !== EXITED && run.state !== CREATED;

/** Whether it has been told to end. */
export const isStopping = (run: Run): boolean => isAlive(run) && runState(run) !== 'running';

/** What a kubelet does before it lets the runtime stop a container is forgotten with the kubelet. */
const BEFORE_SIGNAL = new Set(['draining', 'waiting', 'overdue']);

/** A container that a kubelet was about to stop runs on as if nothing had been asked of it. */
export function forgetStop(run: Run): void {
  if (BEFORE_SIGNAL.has(runState(run))) run.state = stateNumber('running');
}

let lastText = '';

/** Containers of one image say the same, many of them in the same second: the text that was said last is kept once. */
function sharedText(text: string): string {
  if (text !== lastText) lastText = text;
  return lastText;
}

/** Adds text to a log, line by line; the oldest lines make room. */
export function appendLog(log: Log, text: string, atMs: number): void {
  const lines = text.split('\n').map((line) => {
    const kept = line.length > LINE_BYTES ? line.slice(0, LINE_BYTES) : line;
    log.bytes += kept.length + 1;
    return Object.freeze({ atMs, text: sharedText(kept) });
  });
  /* Most containers say something once: a list that has never grown is as long as it is. */
  if (log.lines.length === 0) log.lines = lines;
  else for (const line of lines) log.lines.push(line);
  if (log.lines.length <= LOG_LINES && log.bytes <= LOG_BYTES) return;
  let drop = 0;
  while (log.lines.length - drop > LOG_LINES || log.bytes > LOG_BYTES) log.bytes -= log.lines[drop++]!.text.length + 1;
  log.lines.splice(0, drop);
  log.dropped += drop;
}
