import type { Json } from '../api/objects';
import type { TrainingRequest } from '../api/training';
import type { Trainer } from '../host/trainer';
import type { FromTraining, ToTraining } from '../protocol/training';

interface Asked {
  resolve: (result: Json) => void;
  reject: (error: Error) => void;
}

/** The training worker at the other end of a port. Until the port is there, asks wait for it. */
export class PortTrainer implements Trainer {
  notice = '';
  #port: MessagePort | undefined;
  #next = 1;
  readonly #asked = new Map<number, Asked>();
  readonly #unsent: ToTraining[] = [];

  /** Joins a port; asks that an earlier worker did not answer are rejected and come again. */
  join(port: MessagePort): void {
    for (const { reject } of this.#asked.values()) reject(new Error('the training worker was replaced'));
    this.#asked.clear();
    this.#port = port;
    port.onmessage = (event: MessageEvent<FromTraining>) => this.#hear(event.data);
    for (const message of this.#unsent.splice(0)) port.postMessage(message);
  }

  train(request: Json): Promise<Json> {
    const id = this.#next++;
    const message: ToTraining = { kind: 'train', id, request: request as unknown as TrainingRequest };
    if (this.#port) this.#port.postMessage(message);
    else this.#unsent.push(message);
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  #hear(message: FromTraining): void {
    if (message.kind === 'backend') {
      this.notice = message.reason;
      return;
    }
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.kind === 'trained') asked?.resolve(message.result as unknown as Json);
    else asked?.reject(new Error(message.message));
  }
}
