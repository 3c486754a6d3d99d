import type { Json } from '../api/objects';
import { BEHAVIOUR, type Input } from '../kernel/input';

/** One line of history: what it shares with its parent, then its own inputs. */
export interface BranchRecord {
  id: string;
  name: string;
  /** The branch it left; null for the first. */
  parent: string | null;
  /** How many of the parent's inputs (its own and inherited) it shares, and the moment it left. */
  sharedInputs: number;
  fromMs: number;
  /** How far it has run. */
  endMs: number;
  /** Its own inputs, in order. */
  inputs: Input[];
}

/** The cluster as a document: with the program it is everything. */
export interface ClusterDocument {
  format: 1;
  kubernetes: '1.36';
  /** The behaviour that its inputs were recorded with; absent before there was such a number. */
  behaviour?: number;
  seed: number;
  /** RFC 3339; a constant by default, so that equal documents show equal times. */
  startedAt: string;
  start: { preset: string } | { nodes: Json[]; objects: Json[] };
  conventions: 'podium' | 'recorded';
  branches: BranchRecord[];
  /** The branch that was open. */
  branch: string;
}

/** When a cluster begins, unless its document says otherwise. */
export const STARTED_AT = '2026-01-05T09:00:00Z';

const FORMAT = 1;
const INPUT_KINDS = new Set(['request', 'fault', 'training', 'world', 'stdin']);
/** A document with more inputs than this is refused: replaying it would take minutes. */
const INPUTS_LIMIT = 200_000;

/** A new document with one empty branch. */
export function newDocument(
  start: ClusterDocument['start'],
  seed: number,
  conventions: ClusterDocument['conventions'] = 'podium',
): ClusterDocument {
  return {
    format: FORMAT,
    kubernetes: '1.36',
    behaviour: BEHAVIOUR,
    seed,
    startedAt: STARTED_AT,
    start,
    conventions,
    branches: [{ id: 'main', name: 'main', parent: null, sharedInputs: 0, fromMs: 0, endMs: 0, inputs: [] }],
    branch: 'main',
  };
}

/** Reads a document from text. Returns the reason, in words for the learner, where it is none of ours. */
export function parseDocument(text: string): ClusterDocument | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'This is not a Podium document: it is not JSON.' };
  }
  if (!isRecord(value) || typeof value['format'] !== 'number') return { problem: 'This is not a Podium document.' };
  if (value['format'] > FORMAT) {
    return {
      problem: `This document was made by a newer Podium (format ${value['format']}; this one reads ${FORMAT}). Reload the page to get it.`,
    };
  }
  const problem = documentProblem(value);
  return problem ? { problem: `This Podium document is damaged: ${problem}.` } : (value as unknown as ClusterDocument);
}

function documentProblem(value: Record<string, unknown>): string | undefined {
  if (value['kubernetes'] !== '1.36') return `it asks for Kubernetes ${JSON.stringify(value['kubernetes'])}`;
  if (value['behaviour'] !== undefined && !Number.isSafeInteger(value['behaviour'])) return 'its behaviour is unknown';
  if (!Number.isSafeInteger(value['seed'])) return 'it has no seed';
  if (typeof value['startedAt'] !== 'string' || Number.isNaN(Date.parse(value['startedAt'])))
    return 'it has no start time';
  if (value['conventions'] !== 'podium' && value['conventions'] !== 'recorded') return 'its conventions are unknown';
  if (!isStart(value['start'])) return 'it does not say how the cluster starts';
  if (!Array.isArray(value['branches']) || value['branches'].length === 0) return 'it has no history';
  return branchesProblem(value['branches'], value['branch']);
}

function isStart(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return typeof value['preset'] === 'string' || (Array.isArray(value['nodes']) && Array.isArray(value['objects']));
}

function branchesProblem(branches: unknown[], current: unknown): string | undefined {
  const known = new Set<unknown>();
  let total = 0;
  for (const branch of branches) {
    if (!isRecord(branch) || typeof branch['id'] !== 'string' || !Array.isArray(branch['inputs']))
      return 'a branch is not readable';
    if (branch['parent'] !== null && !known.has(branch['parent'])) return `branch ${branch['id']} has no parent`;
    if (known.has(branch['id'])) return `branch ${branch['id']} is there twice`;
    known.add(branch['id']);
    total += branch['inputs'].length;
    const bad = branch['inputs'].findIndex((input) => !isInput(input));
    if (bad >= 0) return `input ${bad} of branch ${branch['id']} is not readable`;
  }
  if (total > INPUTS_LIMIT) return `it has more than ${INPUTS_LIMIT} inputs`;
  return known.has(current) ? undefined : 'its open branch is missing';
}

function isInput(value: unknown): value is Input {
  if (!isRecord(value) || typeof value['atMs'] !== 'number' || !INPUT_KINDS.has(value['kind'] as string)) return false;
  if (value['kind'] === 'request') return isRecord(value['request']) && typeof value['request']['path'] === 'string';
  if (value['kind'] === 'fault') return isRecord(value['fault']);
  if (value['kind'] === 'stdin') return typeof value['connection'] === 'string' && typeof value['data'] === 'string';
  return value['kind'] !== 'training' || (typeof value['run'] === 'string' && isSubject(value['of']));
}

function isSubject(value: unknown): boolean {
  if (value === undefined) return true;
  return isRecord(value) && typeof value['pod'] === 'string' && typeof value['owner'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All inputs of a branch from the start of the cluster: what it shares with its ancestors, then its own. */
export function inputsOf(document: ClusterDocument, id: string): Input[] {
  const branch = document.branches.find((one) => one.id === id);
  if (!branch) return [];
  if (branch.parent === null) return branch.inputs;
  return [...inputsOf(document, branch.parent).slice(0, branch.sharedInputs), ...branch.inputs];
}
