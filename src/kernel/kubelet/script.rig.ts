import type { KubeletRig } from './kubelet.rig';

/** What is done to a machine, at a second after the Pod was made. */
type Deed = [second: number, act: (rig: KubeletRig) => void];

/** A Pod, what is done, and what becomes of it. */
export interface Script {
  about: string;
  container?: object;
  spec?: object;
  deeds?: Deed[];
  /** How long to watch. */
  seconds: number;
  /** What its status says, from which second on. */
  history: string[];
  /** The reasons of its Events in the order of their first appearance. */
  reasons: string;
}

export const sh = (script: string): object => ({ command: ['sh', '-c', script] });
export const main = { name: 'main', image: 'busybox:1.36' };
/** Makes the Pod and does what the script says. */
export function play(rig: KubeletRig, { container = {}, spec = {}, deeds = [], seconds }: Script): void {
  const startMs = rig.clock.nowMs;
  rig.pod('pod', container, spec);
  for (const [second, act] of deeds) {
    rig.run(startMs + second * 1000 - rig.clock.nowMs);
    act(rig);
  }
  rig.run(startMs + seconds * 1000 - rig.clock.nowMs);
}

/** What the Pod's status has said, from which second on. */
export const told = (rig: KubeletRig): string[] => rig.history('pod').map(([second, text]) => `${second} ${text}`);
