const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const MAX_STEPS = 8;

/** What is wrong with a file's name, or nothing. Slashes in it make folders, which are there as long as they hold a file. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  const steps = name.split('/');
  if (!steps.every((step) => NAME.test(step))) return 'A name has letters, digits, dots and dashes, at most 63.';
  if (steps.length > MAX_STEPS) return `Folders go ${MAX_STEPS - 1} deep.`;
  if (taken.some((one) => name.startsWith(`${one}/`) || one.startsWith(`${name}/`)))
    return `${name} would be a file and a folder.`;
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
