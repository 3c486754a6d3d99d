import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { CurvePiece, Frame } from '../../protocol/frame';
import TrainingView from './TrainingView.svelte';

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
  return {
    epoch: 1,
    branches: [],
    branch: 'main',
    sequence,
    atMs: 1000 * sequence,
    endMs: 0,
    run: 'playing',
    curves: [curve],
  } as unknown as Frame;
}

it('names the backend that computes now, also when it changes under a running container', async () => {
  const { rerender } = render(TrainingView, { frame: frameWith({ backend: 'webgl', resumedFrom: 0 }) });
  await rerender({ frame: frameWith({ backend: 'webgl', points: Float64Array.of(10, 1, 1000) }) });
  expect(screen.queryByText('WebGL, real computation')).not.toBeNull();
  await rerender({ frame: frameWith({ backend: 'wasm', points: Float64Array.of(20, 0.5, 2000) }) });
  expect(screen.queryByText('WASM')).not.toBeNull();
});

it('says from which step another backend computes, once the first has gone away', async () => {
  const { rerender } = render(TrainingView, { frame: frameWith({ backend: 'webgl', resumedFrom: 0 }) });
  await rerender({ frame: frameWith({ backend: 'webgl', points: Float64Array.of(1840, 1, 1000) }) });
  expect(screen.queryByRole('status')).toBeNull();
  await rerender({ frame: frameWith({ backend: 'wasm', points: Float64Array.of(1850, 0.5, 2000) }) });
  expect(screen.getByRole('status').textContent).toBe('WebGL went away. Continuing on WASM from step 1,840.');
});

it('chooses among several by tabs, shows what is selected, and waits in words before the first step', async () => {
  const { rerender } = render(TrainingView, { frame: frameWith({ backend: '', owner: 'Job first' }) });
  expect(screen.getByRole('region').textContent).toContain('Training, Job first');
  expect(screen.queryByRole('tablist')).toBeNull();
  await rerender({ frame: frameWith({ backend: 'cpu', owner: 'Job second', points: Float64Array.of(1, 2, 3000) }) });
  expect(screen.getAllByRole('tab').map((tab) => tab.textContent?.trim())).toEqual(['first', 'second']);
  expect(screen.getByRole('region').textContent).toContain('Training, Job second');
  await fireEvent.click(screen.getByRole('tab', { name: 'first' }));
  expect(screen.getByRole('region').textContent).toContain('Training, Job first');
  expect(screen.getByText('Job first: waiting for a container.')).not.toBeNull();
});

it('shows the fit of the moment beside the true weights, asked for by owner', async () => {
  const rows = {
    container: 'uid/trainer/1',
    config: { learningRate: 'invscaling', batchSize: 8 },
    plan: { rows: 1000, features: 1, stepsPerEpoch: 125, totalSteps: 1200, epochs: 10 },
    x: [-1, 0, 1],
    y: [-1.3, 1.1, 3.5],
    truth: { coef: [2.4], intercept: 1.1 },
  };
  const weights = [{ step: 10, atMs: 1000, coef: [1.25], intercept: 0.5 }];
  const answers: Record<string, unknown> = {
    training: { container: rows.container, learningRate: 0.0056, weights },
    'training-rows': rows,
    'training-lines': { items: [] },
  };
  const asked: string[] = [];
  const read = <T>(what: string, query: Record<string, string>): Promise<T> => {
    asked.push(`${what} ${query['owner']}`);
    return Promise.resolve(answers[what] as T);
  };
  /* The numbers stand where there is room. */
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(700);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(300);
  render(TrainingView, {
    frame: frameWith({ backend: 'cpu', points: Float64Array.of(10, 1, 1000), resumedFrom: 0 }),
    control: { read },
  });
  const fit = await screen.findByRole('img', { name: /After step 10 the line is y = 1\.250 x \+ 0\.500/ });
  expect(fit.querySelectorAll('circle.row').length).toBe(3);
  expect(screen.getByText('true 2.4')).not.toBeNull();
  expect(screen.getByText('Step 10 of 1,200')).not.toBeNull();
  expect(new Set(asked)).toEqual(
    new Set(['training Job train', 'training-lines Job train', 'training-rows Job train']),
  );
});
