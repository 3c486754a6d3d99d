import type { Input } from '../kernel/input';
import type { BranchRecord, ClusterDocument } from './document';

/** Everything of a document but its inputs. */
export type DocumentHead = Omit<ClusterDocument, 'branches'> & { branches: Omit<BranchRecord, 'inputs'>[] };

/** Another tab has taken the document over: nothing of this one is stored any more. */
export class TakenOver extends Error {
  override name = 'TakenOver';
}

/**
 * Where a journal is kept. `append` resolves once the inputs are safe; an input's answer waits for it. Every call may
 * reject, after which the cluster runs from memory and says so. Who has claimed a document last writes it: the calls of
 * anybody else are rejected with `TakenOver`, so that what is acknowledged is never written over.
 */
export interface JournalStorage {
  /** Reads a document, and claims it in the same step where `claim` is set. */
  load(name: string, claim: boolean): Promise<ClusterDocument | { problem: string } | undefined>;
  /** Adds inputs to a branch at `index` and writes the head in the same transaction. */
  append(name: string, head: DocumentHead, branch: string, index: number, inputs: readonly Input[]): Promise<void>;
  /** Writes the head alone: how far it has run, which branch is open. */
  saveHead(name: string, head: DocumentHead): Promise<void>;
  /** Claims a document and puts a whole one in the place of what is there. */
  replace(name: string, document: ClusterDocument): Promise<void>;
}

/** The head of a document. */
export function headOf(document: ClusterDocument): DocumentHead {
  return {
    ...document,
    branches: document.branches.map(({ inputs: _inputs, ...branch }) => branch),
  };
}
