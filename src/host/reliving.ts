import { BEHAVIOUR, type Input } from '../kernel/input';
import { inputsOf, type BranchRecord, type ClusterDocument } from './document';

/**
 * A document that was recorded with another behaviour, as today's clusters take it: everything that somebody did is in
 * it, and is done again at its moment. Results of training are not: today's runs have other names, and theirs are asked
 * for anew.
 */
export function reliving(document: ClusterDocument): ClusterDocument {
  const isAction = ({ kind }: Input): boolean => kind !== 'training';
  const branches = document.branches.map((branch) => ({
    ...branch,
    sharedInputs: branch.parent
      ? inputsOf(document, branch.parent).slice(0, branch.sharedInputs).filter(isAction).length
      : branch.sharedInputs,
    inputs: branch.inputs.filter(isAction),
  }));
  return { ...document, behaviour: BEHAVIOUR, branches };
}

/** Puts an input into a branch's line, before that at `index`. Branches that left the line after it have it as well. */
export function insertInput(document: ClusterDocument, id: string, index: number, input: Input): void {
  const branchOf = (name: string): BranchRecord => document.branches.find((one) => one.id === name)!;
  let owner = branchOf(id);
  while (owner.parent !== null && isBefore(index, input, owner)) owner = branchOf(owner.parent);
  owner.inputs.splice(index - owner.sharedInputs, 0, input);
  shareWithChildren(document, owner.id, index, input);
}

const isBefore = (index: number, { atMs }: Input, { sharedInputs, fromMs }: BranchRecord): boolean =>
  index < sharedInputs || (index === sharedInputs && atMs < fromMs);

function shareWithChildren(document: ClusterDocument, parent: string, index: number, input: Input): void {
  for (const branch of document.branches) {
    if (branch.parent !== parent || !isBefore(index, input, branch)) continue;
    branch.sharedInputs += 1;
    shareWithChildren(document, branch.id, index, input);
  }
}

/** What is said of a document that was recorded with another behaviour, once it is open. */
export function relivedWords(refused: number): string {
  const words =
    'This was saved by another version of Podium, in which clusters behave otherwise: what you did was done again, so names and times may differ.';
  if (refused === 0) return words;
  return `${words} ${refused} of your actions ${refused === 1 ? 'was' : 'were'} refused this time.`;
}
