/** A part of a word: text as it stands, a variable, the status of the last command, arithmetic, or a command's output. */
export type WordPart =
  | { kind: 'text'; text: string; quoted: boolean }
  | { kind: 'variable'; name: string; fallback: string | null; quoted: boolean }
  | { kind: 'status' }
  | { kind: 'arithmetic'; text: string }
  | { kind: 'command'; script: string; quoted: boolean };

/** A word before expansion. */
export type Word = WordPart[];

export interface Redirect {
  /** `&`: the stream goes where the other output stream goes. */
  operator: '>' | '>>' | '<' | '&';
  /** 1 for standard output, 2 for standard error, 0 for input. */
  stream: number;
  target: Word;
}

/**
 * A node of a script's tree. Nodes refer to each other by index, so that a position in a running script is a list of
 * numbers.
 */
export type ShellNode =
  | { kind: 'list'; items: number[] }
  | { kind: 'and' | 'or'; left: number; right: number }
  | { kind: 'not'; command: number }
  | { kind: 'if'; condition: number; then: number; else: number | null }
  | { kind: 'while'; condition: number; body: number; until: boolean }
  | { kind: 'for'; name: string; words: Word[]; body: number }
  | { kind: 'pipe'; left: number; right: number }
  | {
      kind: 'simple';
      assignments: { name: string; value: Word }[];
      words: Word[];
      redirects: Redirect[];
      background: boolean;
    };

export interface ShellScript {
  nodes: ShellNode[];
  root: number;
}

/** A script that is no shell script: the words in which a shell says so. */
export class ShellSyntaxError extends Error {}
