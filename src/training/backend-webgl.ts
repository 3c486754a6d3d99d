import { backend, env, setBackend } from '@tensorflow/tfjs-core';
import type { BackendSource } from './backends';

/** The part of the WebGL backend that tells of a lost context. */
type WithContext = { gpgpu: { gl: WebGL2RenderingContext } };

const LOST_CONTEXT = 'lost its context';

let context: WebGL2RenderingContext | null = null;
let tellLost: (why: string) => void;
const lost = new Promise<string>((resolve) => {
  tellLost = resolve;
});

/** WebGL on an OffscreenCanvas. Needs 32-bit floats: phones without them would train other numbers. */
export const webglBackend: BackendSource = {
  name: 'webgl',
  start: async () => {
    if (!hasWebGl()) return 'is not available here';
    await import('@tensorflow/tfjs-backend-webgl');
    // Without this tfjs computes small models in plain JavaScript and calls it WebGL.
    env().set('WEBGL_CPU_FORWARD', false);
    if (!env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return 'computes with 16 bits here';
    if (!(await setBackend('webgl'))) return 'is not available here';
    context = (backend() as unknown as WithContext).gpgpu.gl;
    context.canvas.addEventListener('webglcontextlost', () => tellLost(LOST_CONTEXT));
    return null;
  },
  lost,
  lossSoFar: () => (context?.isContextLost() ? LOST_CONTEXT : null),
};

/** Asked before tfjs is loaded: it would write to the console what it misses. A slow imitation does not count. */
function hasWebGl(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return false;
  return new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true }) !== null;
}
