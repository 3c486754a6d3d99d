/**
 * The end of a wait. It is counted on the cluster's clock, so that 60s mean the same at every speed; on a clock that
 * stands still since the beginning it is counted in real time, or a wait would never end.
 */
export class Deadline {
  private readonly nowMs: () => number;
  private readonly timeoutMs: number;
  private readonly begin: number;
  private readonly realBegin = Date.now();

  /** `nowMs` is the cluster's clock; `timeoutMs` may be Infinity. */
  constructor(nowMs: () => number, timeoutMs: number) {
    this.nowMs = nowMs;
    this.timeoutMs = timeoutMs;
    this.begin = nowMs();
  }

  get hasPassed(): boolean {
    const elapsed = this.nowMs() - this.begin;
    return (elapsed === 0 ? Date.now() - this.realBegin : elapsed) >= this.timeoutMs;
  }
}
