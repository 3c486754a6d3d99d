/** Where a shell stands in a node of one of its scripts. */
export interface Frame {
  /** Index into the shell's scripts. */
  script: number;
  node: number;
  step: number;
  /** The words a `for` goes through. */
  items?: string[];
  /** The output of command substitutions so far. */
  results?: string[];
}

/** What a shell waits for before it goes on. */
export type Waiting =
  | { kind: 'sleep' }
  | { kind: 'jobs' }
  /** The end of its standard input, or the next line of the script that it reads there. */
  | { kind: 'stdin' }
  | {
      kind: 'response';
      id: string;
      url: string;
      command: 'wget' | 'curl' | 'nslookup';
      file: string | null;
      /** It says nothing of a failure. */
      silent: boolean;
    };

/** The whole state of a running shell: its position, its variables and what it waits for. */
export interface ShellState {
  /** Texts of the scripts that frames refer to: the main one, traps, command substitutions. */
  scripts: string[];
  /** The words of a command that runs without a shell; then there is no main script. */
  words: readonly string[] | null;
  /** Which commands there are. */
  dialect: Dialect;
  frames: Frame[];
  variables: Record<string, string>;
  status: number;
  /** What a signal makes it do, by name without SIG. */
  traps: Record<string, string>;
  termPending: boolean;
  waiting: Waiting | null;
  /** Background sleeps that are not over. */
  jobs: string[];
  nextId: number;
  /** Output of commands whose output another one takes, innermost last. */
  captures: string[];
  /** Input from pipes, innermost last. */
  inputs: string[];
  /** What came of standard input and nobody has read: bytes. Absent where nobody sends any. */
  stdin?: { bytes: string; ended: boolean };
  /** It takes its commands from standard input, line by line. */
  reads?: boolean;
  /** Output that has not reached the end of its line. */
  partial: string;
}

export type Dialect = 'tiny' | 'busybox';
