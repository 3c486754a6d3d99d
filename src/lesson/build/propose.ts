import { assert } from '../../base/assert';
import { draftFiles } from './draft';
import { endsOf, type Play } from './play';
import type { Proposal, Proposer } from './proposal';
import { breakage } from './proposers/breakage';
import { others } from './proposers/others';
import { pods } from './proposers/pods';
import { trainings } from './proposers/trainings';
import { workloads } from './proposers/workloads';
import { trialOf } from './trial';

const PROPOSERS: readonly Proposer[] = [workloads, pods, trainings, breakage, others];
const PROPOSED_MOST = 24;

/** Goals that what was played suggests, the likeliest first: each was open at the first mark and is met at the second. */
export function propose(play: Play): Proposal[] {
  const ends = endsOf(play);
  const all = apart(PROPOSERS.flatMap((proposer) => proposer(ends, play)));
  if (all.length === 0) return [];
  const { goals, problems } = trialOf(play, draftFiles({ goals: all.map((one) => ({ ...one, page: 1 })) }));
  assert(problems.length === 0, `a proposal can be read: ${problems[0]?.message ?? ''}`);
  const fitting = all.filter((_, index) => {
    const { atStart, metAtMs, atEnd } = goals[index]!;
    return !atStart && metAtMs !== undefined && atEnd;
  });
  return fitting.sort((left, right) => right.weight - left.weight).slice(0, PROPOSED_MOST);
}

/** Proposals with ids and facts of their own; those that ask the same are one. */
function apart(proposals: readonly Proposal[]): Proposal[] {
  const told = new Map<string, Proposal>();
  const ids = new Set<string>();
  const facts = new Map<string, string>();
  for (const proposal of proposals) {
    const asks = proposal.check + JSON.stringify(proposal.facts);
    if (told.has(asks)) continue;
    let { check, because } = proposal;
    const own: Record<string, string> = {};
    for (const [name, condition] of Object.entries(proposal.facts)) {
      const free = nameFor(name, (one) => !facts.has(one) || facts.get(one) === condition);
      facts.set(free, condition);
      own[free] = condition;
      [check, because] = [check, because].map((text) => text.replaceAll(`'${name}'`, `'${free}'`)) as [string, string];
    }
    const id = nameFor(proposal.id, (one) => !ids.has(one));
    ids.add(id);
    told.set(asks, { ...proposal, id, check, because, facts: own });
  }
  return [...told.values()];
}

/** A name, or the first of its numbered ones that fits. */
export function nameFor(name: string, fits: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const one = number === 1 ? name : `${name}-${number}`;
    if (fits(one)) return one;
  }
}
