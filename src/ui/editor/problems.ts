/** Something wrong with a file, at one of its lines (from 1). */
export interface Problem {
  line: number;
  severity: 'error' | 'warning';
  /** In Kubernetes' words where it has them. */
  message: string;
}
