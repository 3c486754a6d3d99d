import { env } from '@tensorflow/tfjs-core';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import type { BackendSource } from './backends';
import { NEVER_LOST } from './backends';

/** WebAssembly in the browser, from this site's own files. */
export const wasmBackend: BackendSource = {
  name: 'wasm',
  start: async () => {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    // Its threads crash in a worker of an isolated page.
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths({
      'tfjs-backend-wasm.wasm': plainUrl,
      'tfjs-backend-wasm-simd.wasm': simdUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
    });
    return null;
  },
  lost: NEVER_LOST,
};
