import { expect, it } from 'vitest';
import type { TrainingRequest } from '../api/training';
import { parseTrainingEnvironment } from '../api/training-environment';
import type { FromTraining, ToTraining } from '../protocol/training';
import { cpuBackend } from '../training/backend-cpu';
import { createTrainer } from '../training/trainer';
import { TrainingService } from './training-port';

function stretch(steps: number): TrainingRequest {
  const parsed = parseTrainingEnvironment({ DATASET: 'line-1000' });
  if ('error' in parsed) throw new Error(parsed.error);
  return { run: 'r', config: parsed.config, from: null, steps };
}

/** A service behind a port that was handed in, and what it answered. */
function connect(): { tell: (message: ToTraining) => void; next: () => Promise<FromTraining>; close: () => void } {
  const service: TrainingService = new TrainingService(
    createTrainer([cpuBackend], (backend, reason) => service.announce({ kind: 'backend', backend, reason })),
  );
  const door = new MessageChannel();
  const handed = new MessageChannel();
  service.serve(door.port2);
  door.port1.postMessage({ kind: 'port', port: handed.port2 }, [handed.port2]);
  const answers: FromTraining[] = [];
  let wake = (): void => {};
  handed.port1.onmessage = (event) => {
    answers.push(event.data as FromTraining);
    wake();
  };
  const next = async (): Promise<FromTraining> => {
    while (answers.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return answers.shift()!;
  };
  const close = (): void => [door, handed].forEach(({ port1, port2 }) => (port1.close(), port2.close()));
  return { tell: (message) => handed.port1.postMessage(message), next, close };
}

it('answers a stretch over a port, the backend first', async () => {
  const { tell, next, close } = connect();
  tell({ kind: 'train', id: 7, request: stretch(10) });
  expect(await next()).toEqual({ kind: 'backend', backend: 'cpu', reason: '' });
  expect(await next()).toMatchObject({ kind: 'trained', id: 7, result: { run: 'r', steps: 10, backend: 'cpu' } });
  close();
});

it('hears a cancel while it trains', async () => {
  const { tell, next, close } = connect();
  tell({ kind: 'train', id: 1, request: stretch(1_000_000) });
  tell({ kind: 'train', id: 2, request: stretch(5) });
  expect(await next()).toMatchObject({ kind: 'backend' });
  tell({ kind: 'cancel', id: 1 });
  expect(await next()).toEqual({ kind: 'failed', id: 1, message: 'cancelled' });
  expect(await next()).toMatchObject({ kind: 'trained', id: 2 });
  close();
});
