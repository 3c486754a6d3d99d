import { ApiError } from '../../api/status';

/**
 * Calls `act` up to `count` times in batches of 1, 2, 4 …; a batch with a failure is the last. Returns how many
 * succeeded and the first refusal. The acts of a batch run side by side, and refusals come back first, for nothing is
 * written: what a success has to say, which is what `act` returns, is said after its batch. Models
 * pkg/controller/replicaset slowStartBatch.
 */
export function slowStart(
  count: number,
  act: () => (() => void) | undefined | void,
): { successes: number; error?: ApiError } {
  let remaining = count;
  let successes = 0;
  for (let batch = Math.min(remaining, 1); batch > 0; batch = Math.min(2 * batch, remaining)) {
    let failure: ApiError | undefined;
    const told: (() => void)[] = [];
    for (let index = 0; index < batch; index++) {
      try {
        const tell = act();
        if (tell) told.push(tell);
        successes += 1;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        failure ??= error;
      }
    }
    for (const tell of told) tell();
    if (failure) return { successes, error: failure };
    remaining -= batch;
  }
  return { successes };
}
