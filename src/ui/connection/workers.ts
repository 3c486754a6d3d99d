import simulatorUrl from '../../worker/simulator.worker.ts?worker&url';
import trainingUrl from '../../worker/training.worker.ts?worker&url';
import { Simulation } from './simulation.svelte';

/** The page's workers. Each is a chunk of its own; the simulator starts at once, the trainer when the page is idle. */

function simulatorWorker(): Worker {
  return moduleWorker(simulatorUrl, 'simulator');
}

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

/**
 * A frame without an origin of its own may not start a worker from an address, nor as a module from a blob. There a plain
 * script from a blob imports the module, and keeps what it is told until the module listens.
 */
function moduleWorker(url: string, name: string): Worker {
  const address = new URL(url, import.meta.url).href;
  if (window.origin !== 'null') return new Worker(address, { type: 'module', name });
  const script = `
    const early = [];
    const keep = (event) => early.push(event.data);
    addEventListener('message', keep);
    import(${JSON.stringify(address)}).then(() => {
      removeEventListener('message', keep);
      for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
    }, reportError);`;
  return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })), { name });
}
