import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { scalar, tensor2d } from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../api/training';
import { LOSSES } from './loss';
import { l1Share } from './schedule';
import type { StepFactors } from './update';

/** A tensor that is made again only when its number changes: a constant learning rate uploads nothing. */
class Held<T extends Scalar | Tensor2D> {
  private value = NaN;
  private tensor: T | null = null;

  constructor(private readonly make: (value: number) => T) {}

  of(value: number): T {
    if (this.tensor !== null && value === this.value) return this.tensor;
    this.dispose();
    this.value = value;
    this.tensor = this.make(value);
    return this.tensor;
  }

  dispose(): void {
    this.tensor?.dispose();
    this.tensor = null;
  }
}

/** Turns learning rates into the tensors of a step. Owns them: each is valid until the next call. */
export class FactorSource {
  private readonly rate = new Held((value) => scalar(value));
  private readonly decay: Held<Tensor2D>;
  private readonly penalty: Held<Tensor2D>;
  private readonly share: number;

  constructor(
    private readonly config: TrainingConfig,
    features: number,
  ) {
    const column = (coefficient: number, rest: number): Tensor2D => {
      const values = new Float32Array(features + 2).fill(coefficient);
      values.fill(rest, features);
      return tensor2d(values, [features + 2, 1]);
    };
    this.decay = new Held((value) => column(value, 1));
    this.penalty = new Held((value) => column(value, 0));
    this.share = l1Share(config);
  }

  /** `eta` is the learning rate, `l1Total` the L1 penalty due by the end of this step (null without L1). */
  at(eta: number, batchSize: number, l1Total: number | null): StepFactors {
    const { config } = this;
    // A rate that is too big empties the weights instead of turning them round.
    const kept = config.penalty === 'none' ? 1 : Math.max(0, 1 - (1 - this.share) * eta * config.alpha);
    return {
      rate: this.rate.of((-eta * LOSSES[config.loss].factor) / batchSize),
      decay: kept === 1 ? null : this.decay.of(kept),
      penalty: l1Total === null ? null : this.penalty.of(l1Total),
    };
  }

  dispose(): void {
    this.rate.dispose();
    this.decay.dispose();
    this.penalty.dispose();
  }
}
