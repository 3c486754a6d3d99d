import { tick } from 'svelte';

/** Whether it is somebody's turn yet. */
export interface Turn {
  readonly come: boolean;
}

class Waiting implements Turn {
  come = $state(false);
}

const waiting: Waiting[] = [];
let over: (() => void)[] = [];

/**
 * Gives a turn: a task of the page in which one thing is made, after all that asked before. Much that is made at once keeps
 * whoever presses something waiting; made in turns, the page answers between any two.
 */
export function nextTurn(): Turn {
  const turn = new Waiting();
  waiting.push(turn);
  if (waiting.length === 1) later(take);
  return turn;
}

/** Resolves once all that was changed is shown, and nobody waits for a turn any more. */
export async function allMade(): Promise<void> {
  await tick();
  if (waiting.length > 0) await new Promise<void>((resolve) => over.push(resolve));
}

/** Resolves once all that is made has been painted: what is drawn later is asked for then, and keeps nobody from reading. */
export async function painted(): Promise<void> {
  await allMade();
  await new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

function take(): void {
  waiting[0]!.come = true;
  /* What the turn makes may ask for turns itself; it is made when this task has ended. */
  later(() => {
    waiting.shift();
    if (waiting.length > 0) return take();
    const told = over;
    over = [];
    for (const tell of told) tell();
  });
}

/** In a task of its own. A timer would do, but those of a page that is not to be seen come once a second. */
function later(work: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    work();
  };
  port2.postMessage(0);
}
