import trainingUrl from '../../worker/training.worker.ts?worker&url';
import { moduleWorker, simulatorWorker } from './launch';
import { Simulation } from './simulation.svelte';

/** The page's workers. Each is a chunk of its own; the simulator starts at once, the trainer when the page is idle. */

function trainingWorker(): Worker {
  return moduleWorker(trainingUrl, 'training');
}

/** A simulation in workers of its own. */
export function workerSimulation(): Simulation {
  return new Simulation({
    simulator: simulatorWorker,
    trainer: trainingWorker,
    now: () => performance.now(),
    visible: () => document.visibilityState === 'visible',
  });
}
