import type { Fault } from '../../api/faults';
import type { Json } from '../../api/objects';
import type { WorldChange } from '../../api/world-change';
import type { CelExpression } from '../../api/cel/cel';

/** A lesson as it is read from its folder. `lessons/README.md` says how the files are written. */

/** What is wrong with a lesson's text, and where. Lines count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Where a link of a page leads. */
export type Target =
  | { readonly kind: 'term'; readonly term: string }
  /** `resource` as the stage names it: `nodes`, `pods`, `components` …; a name that ends in `*` is any that starts so. */
  | { readonly kind: 'stage'; readonly resource: string; readonly name: string }
  | { readonly kind: 'lesson'; readonly slug: string };

/** A piece of a line of text. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly target: Target };

export type Block =
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string };

export interface Page {
  /** Counts from 1; goals and predictions name it. */
  readonly number: number;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly words: number;
  /** The line of its heading in lesson.md. */
  readonly line: number;
}

/** A named condition whose history counts. */
export interface Fact {
  readonly id: string;
  readonly when: CelExpression;
}

/** Three rungs: a question, where to look, and the lines themselves. */
export interface Hints {
  readonly question: string;
  readonly where: string;
  readonly lines: { readonly text: string; readonly code: string };
}

export interface Goal {
  readonly id: string;
  readonly title: string;
  /** The page it belongs to. */
  readonly page: number;
  readonly check: CelExpression;
  /** A text: why it is not met yet. */
  readonly because: CelExpression;
  readonly hints: Hints;
  /** It must also be met at the end; another goal stays met. */
  readonly hold: boolean;
  /** From where this is so it cannot be reached any more. */
  readonly fails?: { readonly check: CelExpression; readonly words: string };
}

export interface Choice {
  readonly id: string;
  readonly text: string;
  /** Whether this is what came, once `when` is so. */
  readonly check: CelExpression;
  /** What somebody believes who chooses this, in a line; empty for what comes when all is as taught. */
  readonly misconception: string;
}

/** Asked before the run, answered by the learner's own run. */
export interface Prediction {
  readonly id: string;
  readonly page: number;
  readonly question: string;
  /** The outcome is read at the first moment at which this is so. */
  readonly when: CelExpression;
  /** What happened and why, as a text. */
  readonly because: CelExpression;
  readonly form:
    | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
    /** A node of the stage is clicked; `outcome` names the one it was. */
    | { readonly kind: 'node'; readonly outcome: CelExpression; readonly misconception: string };
}

/** Answered from memory: to skip a lesson, or to call an earlier one to mind. */
export interface Question {
  readonly ask: string;
  readonly choices: readonly { readonly text: string; readonly right: boolean; readonly why: string }[];
  /** The lesson it is about, where it is another one. */
  readonly from?: string;
}

/** A moment of the learner's own timeline: when a fact became so for the first time. */
export interface TurningPoint {
  readonly fact: string;
  readonly label: string;
}

export interface Recap {
  /** One sentence to keep. */
  readonly keep: string;
  readonly moments: readonly TurningPoint[];
  /** What to try on a branch: from the moment of a fact, by these lines of a script. */
  readonly tries: readonly { readonly label: string; readonly from: string; readonly lines: string }[];
  /** The next lesson. */
  readonly next?: string;
}

/** A change to a node before the lesson begins, as kubectl's label, taint and cordon take it. */
export interface NodeChange {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | null>>;
  /** `key=value:Effect`, or with `-` at its end to take one away. */
  readonly taints: readonly string[];
  readonly cordoned?: boolean;
}

/** How the cluster is at the start. */
export interface Start {
  readonly preset: string;
  readonly seed: number;
  readonly namespace: string;
  readonly world: readonly WorldChange[];
  readonly nodes: readonly NodeChange[];
  readonly objects: readonly Json[];
  readonly faults: readonly Fault[];
  /** Files of the editor, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The file that is open. */
  readonly open?: string;
  /** Virtual seconds until the lesson begins. */
  readonly settleSeconds: number;
}

/** It begins where the lesson before it ended: by its start and its solution, then this one's changes. */
export type StartOf = Start | (Omit<Start, 'preset' | 'seed'> & { readonly previous: true });

/** A placement that the lesson relies on: the Pods a check names must win their node by so many points on every seed. */
export interface Placement {
  /** A list of Pods. */
  readonly pods: CelExpression;
  readonly points: number;
}

export interface Lesson {
  /** The folder's name, such as `07-keep-out`. */
  readonly slug: string;
  /** Its place in the order, from 1. */
  readonly number: number;
  readonly title: string;
  readonly lead: string;
  readonly minutes: number;
  readonly pages: readonly Page[];
  readonly facts: readonly Fact[];
  readonly goals: readonly Goal[];
  readonly predictions: readonly Prediction[];
  readonly placements: readonly Placement[];
  readonly recap: Recap;
  /** Two questions for those who know; empty where there are none. */
  readonly skip: readonly Question[];
  /** Two questions about earlier lessons. */
  readonly retrieve: readonly Question[];
  readonly start: StartOf;
}

/** The files of a lesson's folder. */
export const LESSON_FILES = [
  'lesson.md',
  'start.yaml',
  'goal.yaml',
  'solution.txt',
  'other-ways.txt',
  'not-enough.txt',
] as const;

/** The texts of a lesson's files, by name. */
export type LessonFiles = Readonly<Record<string, string>>;

/** `lessons/index.yaml`: the order. */
export interface LessonIndex {
  readonly chapters: readonly { readonly title: string; readonly lessons: readonly IndexEntry[] }[];
}

export interface IndexEntry {
  readonly slug: string;
  readonly number: number;
  readonly title: string;
  readonly minutes: number;
  /** It is announced, not written yet. */
  readonly coming: boolean;
}

/** `lessons/glossary.yaml`: what a term means in a sentence or two, by its id. */
export type Glossary = Readonly<Record<string, { readonly term: string; readonly means: string }>>;
