import type { ApiObject } from '../../../api/objects';
import type { Ends } from '../play';
import { mainImage, runsImage, WHERE_APPLIED, WHERE_MENU, type Proposal, type Proposer } from '../proposal';
import { celText, plural } from '../wording';

/** Jobs that completed or failed, and trainings that came on, went on, or forgot. */

export const trainings: Proposer = (ends) => [
  ...ended(ends, 'Complete'),
  ...ended(ends, 'Failed'),
  ...learned(ends),
  ...begun(ends),
];

const hasEnded = (job: ApiObject, type: string): boolean =>
  (job as { status?: { conditions?: { type: string; status: string }[] } }).status?.conditions?.some(
    (one) => one.type === type && one.status === 'True',
  ) ?? false;

function ended({ start, end }: Ends, type: 'Complete' | 'Failed'): Proposal[] {
  const before = new Set(
    start
      .all('jobs')
      .filter((job) => hasEnded(job, type))
      .map(({ metadata }) => metadata.uid),
  );
  const now = end.all('jobs').filter((job) => hasEnded(job, type) && !before.has(job.metadata.uid));
  const images = [...new Set(now.map(mainImage))];
  return images.map((image): Proposal => {
    const jobs = `jobs.filter(j, ${runsImage('j', image)})`;
    const done = `condition(j, '${type}') == 'True'`;
    const atStart = start.all('jobs').filter((job) => mainImage(job).startsWith(image) && hasEnded(job, type)).length;
    const what = type === 'Complete' ? 'completed' : 'failed';
    return {
      id: `job-${what}`,
      title: atStart === 0 ? `A Job of ${image} has ${what}` : `${plural(atStart + 1, 'Job')} of ${image} have ${what}`,
      check: `size(${jobs}.filter(j, ${done})) > ${atStart}`,
      because: `size(${jobs}) == 0 ? ${celText(`no Job runs ${image}.`)} : names(${jobs}.map(j, j.metadata.name + (${done} ? ' has ${what}' : ' has not ${what} yet'))) + '.'`,
      facts: {},
      where: WHERE_APPLIED,
      reason: `Job ${now.find((job) => mainImage(job) === image)!.metadata.name} ${what}.`,
      weight: type === 'Complete' ? 90 : 60,
    };
  });
}

interface Item {
  readonly from: number;
  readonly lost: number;
  readonly step: number;
}

const itemsOf = (moment: Ends['end'], view: string): readonly Item[] =>
  (moment.others.get(view)?.items ?? []) as unknown as readonly Item[];

/** It came so far: what was reached is rounded down, since another machine's numbers are near, not the same. */
function learned({ start, end }: Ends): Proposal[] {
  const most = (moment: Ends['end']): number => Math.max(0, ...itemsOf(moment, 'trainings').map(({ step }) => step));
  const [before, after] = [most(start), most(end)];
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, after))));
  const step = Math.floor(after / unit) * unit;
  if (after === 0 || step <= before) return [];
  return [
    {
      id: 'trained',
      title: `A training has come to step ${step}`,
      check: `trainings.exists(t, t.step >= ${step})`,
      because: `size(trainings) == 0 ? 'nothing has trained yet.' : 'step ' + string(trainings.map(t, t.step).max()) + ' has been reached.'`,
      facts: {},
      where: 'The training below the stage.',
      reason: `A training came to step ${after}.`,
      weight: 55,
    },
  ];
}

/** A program that was started again went on from a checkpoint, or from nothing. */
function begun({ start, end }: Ends): Proposal[] {
  const known = itemsOf(start, 'runs').length;
  const runs = itemsOf(end, 'runs').slice(known);
  const went: Proposal = {
    id: 'resumed',
    title: 'A training goes on where it stopped',
    check: 'runs.exists(r, r.from > 0)',
    because: `size(runs) == 0 ? 'nothing has trained yet.' : 'each of ' + plural(size(runs), 'start') + ' began at step 0.'`,
    facts: {},
    where: 'The manifest of what trains: where does it keep its checkpoints?',
    reason: 'A training was started again and went on from a checkpoint.',
    weight: 93,
  };
  const forgot: Proposal = {
    id: 'forgotten',
    title: 'A training forgets what it had learned',
    check: 'runs.exists(r, r.lost > 0)',
    because: `size(runs) == 0 ? 'nothing has trained yet.' : 'no step has been trained twice.'`,
    facts: {},
    where: WHERE_MENU,
    reason: 'A training was started again and began before where it had been.',
    weight: 65,
  };
  return [...(runs.some(({ from }) => from > 0) ? [went] : []), ...(runs.some(({ lost }) => lost > 0) ? [forgot] : [])];
}
