import { cpuBackend } from '../training/backend-cpu';
import { wasmBackend } from '../training/backend-wasm';
import { webglBackend } from '../training/backend-webgl';
import { createTrainer } from '../training/trainer';
import type { TrainingEndpoint } from './training-port';
import { TrainingService } from './training-port';

const trainer = createTrainer([webglBackend, wasmBackend, cpuBackend], (backend, reason) => {
  service.announce({ kind: 'backend', backend, reason });
});
const service = new TrainingService(trainer);
service.serve(self as unknown as TrainingEndpoint);
