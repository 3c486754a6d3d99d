/** The page's workers. Each is a chunk of its own; the simulator starts at once, the trainer when the page is idle. */

export function simulatorWorker(): Worker {
  return new Worker(new URL('../../worker/simulator.worker.ts', import.meta.url), {
    type: 'module',
    name: 'simulator',
  });
}

export function trainingWorker(): Worker {
  return new Worker(new URL('../../worker/training.worker.ts', import.meta.url), { type: 'module', name: 'training' });
}
