import type { BackendSource } from './backends';
import { NEVER_LOST } from './backends';

/** tfjs in plain JavaScript: the backend of Node, and the last resort of a browser. */
export const cpuBackend: BackendSource = {
  name: 'cpu',
  start: async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    return null;
  },
  lost: NEVER_LOST,
};
