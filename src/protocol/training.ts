import type { TrainingBackend, TrainingRequest, TrainingResult } from '../api/training';

/** What the training worker is told. A port that is handed in speaks the same messages as the worker itself. */
export type ToTraining =
  | { kind: 'port'; port: MessagePort }
  | { kind: 'train'; id: number; request: TrainingRequest }
  | { kind: 'cancel'; id: number };

/** What the training worker says. Each `train` is answered once, by `trained` or `failed`; a cancelled one by `failed`. */
export type FromTraining =
  | { kind: 'trained'; id: number; result: TrainingResult }
  | { kind: 'failed'; id: number; message: string }
  /** Which backend computes from here on, and why it is not the first choice (empty when it is). */
  | { kind: 'backend'; backend: TrainingBackend; reason: string };
