import type { LeftOut, Told } from '../../host/dump/dump';
import { listed, plural } from '../../lesson/build/wording';

/** What is otherwise than in the cluster that was dumped, in sentences. */

const NAMED_MOST = 3;

const LEFT: Record<LeftOut, string> = {
  twice: 'there twice',
  deleted: 'being deleted there',
  ended: 'over already and would run again',
  unanswered: 'about programs that nobody answers for here',
};

export function dumpWords({ left, alone, added, moved, mended }: Told): string[] {
  const reasons = Object.keys(LEFT) as LeftOut[];
  return [
    ...reasons.flatMap((reason) => told(left[reason], `left out: ${LEFT[reason]}`)),
    ...told(alone, 'without an owner now: it is not in the file, or has no controller here'),
    ...told(added, 'made to go with the rest: the file has none'),
    ...moved.map(({ name, from, to }) => `Volumes of class ${name} are made by ${to}: ${from} is not here.`),
    ...told(mended, 'ready here'),
  ];
}

/** `Job team/a, Job team/b and 3 more: WHAT.` */
function told(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  const more = names.length - NAMED_MOST;
  const shown = more > 0 ? `${names.slice(0, NAMED_MOST).join(', ')} and ${plural(more, 'other')}` : listed(names);
  return [`${shown}: ${what}.`];
}
