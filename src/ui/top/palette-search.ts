import { parseClock } from '../time/rail';
import { GROUPS, kubectlRow, type Candidate, type PaletteRow } from './palette-rows';

/** Rows of a group, while something is typed and before. */
const GROUP_LIMIT = 5;
const GROUP_LIMIT_AT_FIRST = 3;
const RECENT_LIMIT = 5;
/** Candidates whose rows are made: whoever means another one types more of it. */
const CANDIDATE_LIMIT = 60;
/** What was taken before rises past what is found a little better. */
const RECENT_BONUS = 4;

/** What a row is, whatever its words are by now: how what was taken before is found again. */
export function rowId(row: PaletteRow): string {
  return JSON.stringify(row.action);
}

/** The rows that a text finds, grouped, best first. A text that is a kubectl line or a time is a row itself. */
export function findRows(
  candidates: readonly Candidate[],
  text: string,
  recent: readonly string[] = [],
  selectedName = '',
): PaletteRow[] {
  const words = text.toLowerCase().replace(/\?/g, '').split(/\s+/).filter(Boolean);
  if (words.length === 0) return atFirst(candidates, recent, selectedName);
  const typed = typedRow(text);
  const meant = best(candidates, (candidate) => meaning(candidate, words), CANDIDATE_LIMIT);
  const rows = [...meant.flatMap((candidate) => candidate.rows()), ...recentLines(recent)];
  const seen = new Set(typed ? [rowId(typed)] : []);
  const fresh = rows.filter((row) => !seen.has(rowId(row)) && seen.add(rowId(row)));
  const found = best(fresh, (row) => scoreOf(row, words, recent, selectedName), fresh.length);
  return [...(typed ? [typed] : []), ...grouped(found, GROUP_LIMIT)];
}

/** Before anything is typed: what was done lately, then what the cluster asks for. */
function atFirst(candidates: readonly Candidate[], recent: readonly string[], selectedName: string): PaletteRow[] {
  const rows = candidates.slice(0, CANDIDATE_LIMIT).concat(candidates.slice(CANDIDATE_LIMIT).slice(-CANDIDATE_LIMIT));
  const all = rows.flatMap((candidate) => candidate.rows());
  const byId = new Map([...recentLines(recent), ...all].map((row) => [rowId(row), row]));
  const lately = recent.flatMap((id) => byId.get(id) ?? []).slice(0, RECENT_LIMIT);
  const others = all.filter((row) => !lately.includes(row));
  const near = best(others, (row) => (about(row, selectedName) ? 2 : 1), others.length);
  return [...lately.map((row) => ({ ...row, group: 'Recent' as const })), ...grouped(near, GROUP_LIMIT_AT_FIRST)];
}

/** Lines that ran before can run again, whatever has become of their objects. */
function recentLines(recent: readonly string[]): PaletteRow[] {
  return recent.flatMap((id) => {
    const action = JSON.parse(id) as PaletteRow['action'];
    return action.do === 'kubectl' ? [kubectlRow(action.line)] : [];
  });
}

const about = (row: PaletteRow, name: string): boolean => name !== '' && row.text.includes(name);

function grouped(found: readonly PaletteRow[], limit: number): PaletteRow[] {
  return GROUPS.flatMap((group) => found.filter((row) => row.group === group).slice(0, limit));
}

/** Those with a score above 0, best first, in their own order where the score is the same. */
function best<T>(items: readonly T[], score: (item: T) => number, limit: number): T[] {
  return items
    .map((item, index) => ({ item, index, score: score(item) }))
    .filter((one) => one.score > 0)
    .sort((left, right) => right.score - left.score || left.index - right.index)
    .slice(0, limit)
    .map(({ item }) => item);
}

function typedRow(text: string): PaletteRow | undefined {
  const atMs = parseClock(text);
  if (atMs !== undefined)
    return {
      group: 'Time',
      icon: 'clock',
      text: `Go to ${text.trim()}`,
      note: '',
      key: '',
      action: { do: 'seek', atMs },
    };
  const line = /^(?:k|kubectl)\s+(\S.*)$/.exec(text.trim());
  return line ? kubectlRow(`kubectl ${line[1]}`) : undefined;
}

/** How well words mean a candidate: each must be found in it or in what it offers, and what it is counts most. */
function meaning({ words: text, offers }: Candidate, words: readonly string[]): number {
  let score = 1;
  for (const word of words) {
    const own = wordScore(word, text);
    if (own > 0) score += 2 * own;
    else if (offers.includes(word)) score += 1;
    else return 0;
  }
  return score;
}

/** Words of a question that say nothing of what it is about. */
const SMALL = new Set(['is', 'does', 'the', 'of', 'on', 'a']);

function scoreOf(row: PaletteRow, words: readonly string[], recent: readonly string[], selectedName: string): number {
  const text = `${row.text} ${row.note} ${row.group}`.toLowerCase();
  let score = 1;
  for (const word of words) {
    const found = wordScore(word, text);
    if (found === 0 && !SMALL.has(word)) return 0;
    score += found;
  }
  const bonus = recent.includes(rowId(row)) ? RECENT_BONUS : 0;
  return score + bonus + (about(row, selectedName) ? 1 : 0);
}

/** At the start of a word it counts most, inside one less, as letters in their order least. */
function wordScore(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at >= 0) return at === 0 || /[\s/.-]/.test(text[at - 1]!) ? 10 : 5;
  return inOrder(word, text) ? 1 : 0;
}

/** Letters in their order within one word, and not strewn over all of it. */
function inOrder(word: string, text: string): boolean {
  if (word.length < 3) return false;
  return text.split(/\s+/).some((one) => {
    const from = one.indexOf(word[0]!);
    let at = from - 1;
    for (const character of word) {
      at = one.indexOf(character, at + 1);
      if (from < 0 || at < 0) return false;
    }
    return at - from < 2 * word.length;
  });
}
