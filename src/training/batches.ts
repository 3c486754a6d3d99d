import type { Tensor2D } from '@tensorflow/tfjs-core';
import { tensor2d } from '@tensorflow/tfjs-core';
import type { TrainingData } from '../api/training';
import type { Batch } from './update';

/** Batches kept on the backend; of more than these each step uploads its own. */
const MAX_KEPT = 4096;

/** A data set on the backend: all rows at once for measuring, and batch by batch for steps. */
export class Batches {
  /** All rows × (features + 2), as in a batch. */
  readonly all: Tensor2D;
  /** Sum of squared distances of the targets from their mean. */
  readonly spread: number;
  private readonly kept = new Map<number, Batch>();

  constructor(
    readonly data: TrainingData,
    private readonly batchSize: number,
    private readonly fitIntercept: boolean,
  ) {
    this.all = this.rowsOf(0, data.rows);
    this.spread = spreadOf(data.y);
  }

  /** Calls `use` with the batch that begins at row `start`: the last one of an epoch may be short. */
  with<T>(start: number, use: (batch: Batch) => T): T {
    const known = this.kept.get(start);
    if (known !== undefined) return use(known);
    const size = Math.min(this.batchSize, this.data.rows - start);
    const batch = { size, rows: this.rowsOf(start, size), columns: this.columnsOf(start, size) };
    if (this.kept.size < MAX_KEPT) {
      this.kept.set(start, batch);
      return use(batch);
    }
    const result = use(batch);
    disposeBatch(batch);
    return result;
  }

  dispose(): void {
    this.all.dispose();
    for (const batch of this.kept.values()) disposeBatch(batch);
    this.kept.clear();
  }

  private rowsOf(start: number, size: number): Tensor2D {
    const { features, x, y } = this.data;
    const width = features + 2;
    const values = new Float32Array(size * width);
    for (let row = 0; row < size; row++) {
      values.set(x.subarray((start + row) * features, (start + row + 1) * features), row * width);
      values[row * width + features] = 1;
      values[row * width + features + 1] = -y[start + row]!;
    }
    return tensor2d(values, [size, width]);
  }

  private columnsOf(start: number, size: number): Tensor2D {
    const { features, x } = this.data;
    const values = new Float32Array((features + 2) * size);
    for (let feature = 0; feature < features; feature++) {
      for (let row = 0; row < size; row++) values[feature * size + row] = x[(start + row) * features + feature]!;
    }
    if (this.fitIntercept) values.fill(1, features * size, (features + 1) * size);
    return tensor2d(values, [features + 2, size]);
  }
}

function disposeBatch(batch: Batch): void {
  batch.rows.dispose();
  batch.columns.dispose();
}

function spreadOf(y: Float32Array): number {
  let sum = 0;
  for (const value of y) sum += value;
  const mean = sum / y.length;
  let squares = 0;
  for (const value of y) squares += (value - mean) * (value - mean);
  return squares;
}
