import type { Dropped } from './take-lesson';

/** Marks what takes files of its own: no lesson is looked for in them. */
export const TAKES_FILES = 'data-takes-files';

/** A lesson's zip or folder may be dropped anywhere on the page; all that reading it takes comes when one is. */
export function takeDrops(): void {
  for (const type of ['dragover', 'drop'] as const) window.addEventListener(type, take, { capture: true });
}

/** What is dropped can be asked for only while it is being dropped. */
function take(event: DragEvent): void {
  const given = event.dataTransfer;
  if (!given?.types.includes('Files')) return;
  if (event.target instanceof Element && event.target.closest(`[${TAKES_FILES}]`)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.type !== 'drop') return;
  const dropped = [...given.items].map((item): Dropped | null => item.webkitGetAsEntry() ?? item.getAsFile());
  void import('./take-lesson').then(({ takeDropped }) => takeDropped(dropped.filter((one) => one !== null)));
}
