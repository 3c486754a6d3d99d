import type { Subject } from '../inspector/subjects';

/** A piece of a line: plain, trouble, or the name of something the inspector can show. */
export interface Span {
  text: string;
  trouble?: boolean;
  subject?: Subject;
}

export interface Line {
  id: number;
  kind: 'command' | 'output' | 'error';
  spans: readonly Span[];
}
