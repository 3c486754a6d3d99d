import { nextBetween, nextFraction, type RandomState } from '../../base/random';
import type { Machines } from '../machinery/machines';

/** A disturbance: so much more time on the way, and a share of packets that is lost. */
export interface Delay {
  readonly ms: number;
  readonly loss: number;
}

export interface LinksState {
  random: RandomState;
  /** That of the whole network, and those of machines by name. */
  delay: Delay;
  delays: Map<string, Delay>;
}

const NONE: Delay = Object.freeze({ ms: 0, loss: 0 });
const HOP_MS: readonly [number, number] = [0.2, 1];
const LOCAL_HOP_MS: readonly [number, number] = [0.02, 0.1];
/** How long a kernel waits before it sends a packet again, the first time; then twice as long each time. */
const FIRST_SYN_MS = 1000;
const FIRST_DATA_MS = 200;
const SYNS = 7;
const DATA_TRIES = 15;

/** Somewhere outside of all machines: the provider's name server. */
export const ELSEWHERE = '';

/** What lies between machines: time, and now and then the loss of a packet, which is sent again. */
export class Links {
  constructor(
    readonly state: LinksState,
    private readonly machines: Machines,
  ) {}

  /** Makes everything, or everything to and from one machine, slower and lossy. Zeros end it. */
  disturb(ms: number, loss: number, node?: string): void {
    const delay = Object.freeze({ ms, loss });
    if (node === undefined) this.state.delay = delay;
    else if (ms === 0 && loss === 0) this.state.delays.delete(node);
    else this.state.delays.set(node, delay);
  }

  /** What everything suffers. */
  get disturbance(): Delay {
    return this.state.delay;
  }

  /** A number in [0, 1) from the network's stream. */
  draw(): number {
    return nextFraction(this.state.random);
  }

  /** Whether packets get from one machine to another at all. */
  joined(from: string, to: string): boolean {
    if (from === to) return this.machines.get(from)?.powered === true;
    return this.#connected(from) && this.#connected(to);
  }

  #connected(node: string): boolean {
    return node === ELSEWHERE || this.machines.reachable(node);
  }

  /** Milliseconds of one way. */
  wayMs(from: string, to: string): number {
    if (from === to) return nextBetween(this.state.random, ...LOCAL_HOP_MS);
    const extra = this.#delays(from, to).reduce((sum, one) => sum + one.ms, 0);
    return nextBetween(this.state.random, ...HOP_MS) + extra;
  }

  /** There and back, with what is lost of it sent again as a kernel does that connects; Infinity where it gives up. */
  connectMs(from: string, to: string): number {
    return this.#resentMs(from, to, FIRST_SYN_MS, SYNS, 2) + this.wayMs(from, to) + this.wayMs(to, from);
  }

  /** One way over a connection, with what is lost sent again. */
  carryMs(from: string, to: string): number {
    return this.#resentMs(from, to, FIRST_DATA_MS, DATA_TRIES, 1) + this.wayMs(from, to);
  }

  /** Whether a question and its answer, a packet each, both arrive. */
  answered(from: string, to: string): boolean {
    const loss = this.#loss(from, to, 2);
    return loss === 0 || nextFraction(this.state.random) >= loss;
  }

  #resentMs(from: string, to: string, firstMs: number, tries: number, packets: number): number {
    const loss = this.#loss(from, to, packets);
    if (loss === 0) return 0;
    let waited = 0;
    for (let attempt = 0; attempt < tries; attempt++) {
      if (nextFraction(this.state.random) >= loss) return waited;
      waited += firstMs * 2 ** attempt;
    }
    return Infinity;
  }

  /** The share of attempts of which one packet or another is lost. */
  #loss(from: string, to: string, packets: number): number {
    if (from === to) return 0;
    const kept = this.#delays(from, to).reduce((share, one) => share * (1 - one.loss), 1);
    return 1 - kept ** packets;
  }

  #delays(from: string, to: string): readonly Delay[] {
    const { delay, delays } = this.state;
    return [delay, delays.get(from) ?? NONE, delays.get(to) ?? NONE];
  }
}
