import type { Program, ProgramEvent, ProgramIo } from '../program';

type Idle = { ends: boolean };

const SIMULATED_MS = 10_000;

/** Runs for ever, does nothing, and ends at once when it is asked to. */
export const server: Program<Idle> = {
  steady: true,
  start(io) {
    io.do({ kind: 'serve', port: 0 });
    return { ends: false };
  },
  on: endOnTerm,
};

/** What runs in an image nobody here knows: it does nothing, and says so. */
export const unknownProgram: Program<Idle> = {
  start(io) {
    const { image, command, restartPolicy } = io.setup;
    io.log(`Podium does not have ${image}: this process is simulated and does nothing.`);
    const ends = command.length > 0 && restartPolicy !== 'Always';
    io.do({ kind: 'serve', port: 0 });
    if (ends) io.sleep('end', SIMULATED_MS);
    return { ends };
  },
  on(state, event, io) {
    if (event.kind === 'timer') io.exit(0);
    return endOnTerm(state, event, io);
  },
};

/** A program of the cluster itself: it says what it says, and serves its ports. What it does besides is its duty. */
export const daemon = (mebibytes: number, ports: readonly number[], ...lines: readonly string[]): Program<Idle> => ({
  steady: true,
  start(io) {
    io.do({ kind: 'useMemory', bytes: mebibytes << 20 });
    for (const line of lines) io.log(line);
    for (const port of ports) io.do({ kind: 'serve', port });
    return { ends: false };
  },
  on: endOnTerm,
});

function endOnTerm(state: Idle, event: ProgramEvent, io: ProgramIo): Idle {
  if (event.kind === 'signal') io.exit(0);
  else if (event.kind === 'request') io.do({ kind: 'respond', id: event.request.id, code: 200, afterMs: 1 });
  return state;
}
