/** Thrown when something that must hold does not: a fault of Podium itself, never of its user. */
export class AssertionFailure extends Error {
  override name = 'AssertionFailure';
}

/** States what must hold here. Always on: a wrong cluster must stop, not teach. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Unwraps a value that cannot be absent here. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionFailure(`${what} is absent`);
  return value;
}

/** Marks a branch that the types say is impossible. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unexpected ${JSON.stringify(value)}`);
}
