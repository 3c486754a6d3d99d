/** A line of a file that something on the page speaks of, and what it says. */
export interface PointedLine {
  file: string;
  /** From 1. */
  line: number;
  words: string;
}

/** Something wrong with a file, at one of its lines (from 1). */
export interface Problem {
  line: number;
  severity: 'error' | 'warning';
  /** In Kubernetes' words where it has them. */
  message: string;
}
