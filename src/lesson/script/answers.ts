import type { Step } from './script';

type Edit = Extract<Step, { do: 'edit' | 'file' }>;

/** What a solution writes into the editor's files on its way to a goal: since it waited for the goal before. */
export function editsTowards(steps: readonly Step[], goal: string): Edit[] {
  const waits = (step: Step): boolean => step.do === 'wait for' && step.what === 'goal';
  const end = steps.findIndex((step) => step.do === 'wait for' && step.what === 'goal' && step.id === goal);
  const from = steps.slice(0, Math.max(0, end)).findLastIndex(waits) + 1;
  return steps.slice(from, Math.max(from, end)).filter((step) => step.do === 'edit' || step.do === 'file');
}

/** A file as some edits leave it. */
export interface EditedFile {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/**
 * What edits make of the files as they are now, file by file. Nothing where an edit does not fit any more, where it
 * needs what only the cluster knows, or where all is written already.
 * An edit that adds lines to some is written where its lines stand.
 */
export function editedFiles(edits: readonly Edit[], read: (name: string) => string | undefined): EditedFile[] {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const text = texts.get(edit.name) ?? read(edit.name) ?? '';
    if (edit.do === 'file') {
      if (edit.text.includes('${')) return [];
      texts.set(edit.name, edit.text);
    } else if (!edit.new.includes(edit.old) || !text.includes(edit.new)) {
      const [before, after, ...more] = text.split(edit.old);
      if (after === undefined || more.length > 0) return [];
      texts.set(edit.name, before + edit.new + after);
    }
  }
  return [...texts]
    .map(([name, after]) => ({ name, before: read(name) ?? '', after }))
    .filter(({ before, after }) => before !== after);
}
