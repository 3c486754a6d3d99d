import type { FromTraining, ToTraining } from '../protocol/training';
import type { Trainer } from '../training/trainer';

/** Where messages come from and go to: the worker itself, or a port that was handed to it. */
export type TrainingEndpoint = Pick<MessagePort, 'postMessage' | 'onmessage'>;

/** Everyone whom the training worker serves. */
export class TrainingService {
  private readonly endpoints: TrainingEndpoint[] = [];
  /** The last word about the backend, for those who come later. */
  private backend: FromTraining | null = null;

  constructor(private readonly trainer: Trainer) {}

  /** Answers whatever comes from `endpoint`. */
  serve(endpoint: TrainingEndpoint): void {
    const running = new Map<number, AbortController>();
    this.endpoints.push(endpoint);
    if (this.backend !== null) endpoint.postMessage(this.backend);
    endpoint.onmessage = (event: MessageEvent<ToTraining>) => {
      const message = event.data;
      if (message.kind === 'port') this.serve(message.port);
      else if (message.kind === 'cancel') running.get(message.id)?.abort(new Error('cancelled'));
      else void this.train(message, endpoint, running);
    };
  }

  /** Tells everyone which backend computes. */
  announce(message: FromTraining & { kind: 'backend' }): void {
    this.backend = message;
    for (const endpoint of this.endpoints) endpoint.postMessage(message);
  }

  private async train(
    { id, request }: ToTraining & { kind: 'train' },
    endpoint: TrainingEndpoint,
    running: Map<number, AbortController>,
  ): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const result = await this.trainer.trainStretch(request, controller.signal);
      endpoint.postMessage({ kind: 'trained', id, result } satisfies FromTraining);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      endpoint.postMessage({ kind: 'failed', id, message } satisfies FromTraining);
    } finally {
      running.delete(id);
    }
  }
}
