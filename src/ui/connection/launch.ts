import simulatorUrl from '../../worker/simulator.worker.ts?worker&url';

/** A simulator that was launched before anybody could use it. */
let launched: Worker | undefined;

/** Launches the simulator while the page's own code is still on its way: each takes as long as the other. */
export function launchSimulator(): void {
  const worker = moduleWorker(simulatorUrl, 'simulator');
  launched = worker;
  /* Whoever wanted it makes another one, and is told why that fails. */
  worker.onerror = (event) => {
    event.preventDefault();
    if (launched === worker) launched = undefined;
  };
}

/** The simulator that was launched, or a new one. */
export function simulatorWorker(): Worker {
  const worker = launched ?? moduleWorker(simulatorUrl, 'simulator');
  launched = undefined;
  return worker;
}

/**
 * A frame without an origin of its own may not start a worker from an address, nor as a module from a blob. There a plain
 * script from a blob imports the module, and keeps what it is told until the module listens.
 */
export function moduleWorker(url: string, name: string): Worker {
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
