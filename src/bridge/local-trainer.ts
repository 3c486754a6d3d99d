import type { Json } from '../api/objects';
import type { TrainingRequest } from '../api/training';
import type { Trainer } from '../host/trainer';
import { cpuBackend } from '../training/backend-cpu';
import { createTrainer } from '../training/trainer';

/** The same trainer as in a browser, on the CPU backend of this process. */
export class LocalTrainer implements Trainer {
  readonly #trainer = createTrainer([cpuBackend], () => {});

  async train(request: Json): Promise<Json> {
    return (await this.#trainer.trainStretch(request as unknown as TrainingRequest)) as unknown as Json;
  }
}
