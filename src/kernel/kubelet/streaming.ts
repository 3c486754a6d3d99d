import { hashDigits } from '../../base/random';
import { canRun } from '../images/catalogue';
import type { ProgramStreams } from '../images/program';
import { isAlive } from './container-run';
import type { Containers } from './containers';
import { lastRun, type KubeletCore } from './core';
import { placeOf } from './processes';

/** What somebody wants run in a container. */
export interface ExecAsk {
  readonly uid: string;
  readonly container: string;
  readonly connection: string;
  readonly command: readonly string[];
  readonly streams: ProgramStreams;
}

/** The key under which input reaches a process, or why there is none. */
export type Streamed = { key: string } | { problem: string };

/** What a kubelet does for those who come into a container from outside. Models pkg/kubelet/server getExec, getAttach. */
export class Streaming {
  constructor(
    private readonly core: KubeletCore,
    private readonly containers: () => Containers,
  ) {}

  /** Starts a process in a running container; what it prints goes to its connection. */
  exec({ uid, container: name, connection, command, streams }: ExecAsk): Streamed {
    const place = this.#running(uid, name);
    if (!place) return { problem: missing(name) };
    const { run } = place;
    if (!canRun(this.core.parts.conventions, command))
      return { problem: execProblem(command[0] ?? '', `${run.id}/${run.nextProcess++}`) };
    const key = `${uid}/${name}/${run.attempt}/p${run.nextProcess}/`;
    this.containers().exec(place, command, 'exec', connection, streams);
    return { key };
  }

  /** Input for a container's main process. */
  attach(uid: string, name: string): Streamed {
    const place = this.#running(uid, name);
    return place ? { key: `${uid}/${name}/${place.run.attempt}/main/` } : { problem: missing(name) };
  }

  /** Passes bytes on to a process that may have ended. */
  type(key: string, data: string, ends: boolean): void {
    const place = placeOf(this.core, key);
    if (place) this.containers().processes.type(place, data, ends);
  }

  /** Whether the run is still there whose process the key names. */
  lives(key: string): boolean {
    return placeOf(this.core, key) !== undefined;
  }

  #running(uid: string, name: string) {
    const record = this.core.pod(uid);
    const container = record?.containers.get(name);
    const run = container && lastRun(container);
    return record && container && isAlive(run) ? { record, container, run } : undefined;
  }
}

const missing = (container: string): string => `unable to upgrade connection: container not found ("${container}")`;

/** In the words of the kubelet, containerd and runc. */
function execProblem(name: string, seed: string): string {
  const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
  return (
    `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec ` +
    `"${hashDigits(seed)}": OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${why}: unknown`
  );
}
