import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { CurvePiece, Frame } from '../../protocol/frame';
import LossCurve from './LossCurve.svelte';

afterEach(cleanup);
// jsdom lays nothing out, so there is nothing to observe.
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  },
);

let sequence = 0;

function frameWith(piece: Partial<CurvePiece>): Frame {
  sequence += 1;
  const curve = { pod: 'default/a', owner: 'Job train', hue: 0, checkpoints: [], points: new Float64Array(), ...piece };
  return { epoch: 1, sequence, atMs: 1000 * sequence, endMs: 0, run: 'playing', curves: [curve] } as unknown as Frame;
}

it('names the backend that computes now, also when it changes under a running container', async () => {
  const { rerender } = render(LossCurve, { frame: frameWith({ backend: 'webgl', resumedFrom: 0 }) });
  await rerender({ frame: frameWith({ backend: 'webgl', points: Float64Array.of(10, 1, 1000) }) });
  expect(screen.queryByText('WebGL, real computation')).not.toBeNull();
  await rerender({ frame: frameWith({ backend: 'wasm', points: Float64Array.of(20, 0.5, 2000) }) });
  expect(screen.queryByText('WASM')).not.toBeNull();
});
