const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What is wrong with a file's name, or nothing. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (!NAME.test(name)) return 'A name has letters, digits, dots and dashes, at most 63.';
  if (taken.includes(name)) return `${name} is there already.`;
  return undefined;
}

/** The first of `manifest.yaml`, `manifest-2.yaml`, … that is free. */
export function freeName(taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'manifest.yaml' : `manifest-${number}.yaml`;
    if (!taken.includes(name)) return name;
  }
}
