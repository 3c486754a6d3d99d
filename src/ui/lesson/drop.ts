import type { Dropped } from './take-lesson';

/** Takes what was dropped. It stands alone, so that the first view need not know of all that reading a lesson takes. */
export async function takeDrop(dropped: readonly (Dropped | null)[]): Promise<void> {
  const { takeDropped } = await import('./take-lesson');
  await takeDropped(dropped.filter((one) => one !== null));
}
