import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../protocol/frame';
import { PodDetailWriter } from '../../protocol/pod-details';
import type { FromSimulator, ToSimulator } from '../../protocol/messages';
import { Simulation, type WorkerLike } from './simulation.svelte';

/** A worker that answers as it is told: it opens at once, and pings and frames for as long as it lives. */
class FakeWorker implements WorkerLike {
  onmessage: ((event: MessageEvent) => unknown) | null = null;
  onerror: ((event: ErrorEvent) => unknown) | null = null;
  readonly got: ToSimulator[] = [];
  alive = true;
  terminated = false;
  problem: string | undefined;

  postMessage(message: unknown): void {
    const asked = message as ToSimulator;
    this.got.push(asked);
    if (!this.alive) return;
    if (asked.kind === 'open')
      this.say({ kind: 'opened', id: asked.id, ...(this.problem ? { problem: this.problem } : {}) });
    else if (asked.kind === 'ping') this.say({ kind: 'pong', id: asked.id, atMs: 0 });
    else if (asked.kind === 'frame') this.say({ kind: 'frame', frame: FRAME });
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromSimulator): void {
    queueMicrotask(() => {
      if (!this.terminated) this.onmessage?.({ data: message } as MessageEvent);
    });
  }
}

const FRAME = {
  epoch: 1,
  atMs: 5_000,
  endMs: 5_000,
  run: 'playing',
  branch: 'main',
  pods: { id: new Uint32Array() },
  nodes: { id: new Uint32Array() },
  podDetails: new PodDetailWriter().write([]),
  nodeDetails: [],
  marks: [],
  branchMarks: [],
  curves: [],
} as unknown as Frame;

const STORED = { from: 'storage', name: 'sandbox', preset: 'ml', seed: 1 } as const;

function setUp(): { simulation: Simulation; workers: FakeWorker[]; visible: { now: boolean } } {
  const workers: FakeWorker[] = [];
  const visible = { now: true };
  const simulation = new Simulation({
    simulator: () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    trainer: () => new FakeWorker(),
    now: () => performance.now(),
    visible: () => visible.now,
  });
  simulation.drawFrames();
  return { simulation, workers, visible };
}

describe('Simulation', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: [
        'setTimeout',
        'setInterval',
        'clearInterval',
        'clearTimeout',
        'performance',
        'requestAnimationFrame',
        'cancelAnimationFrame',
      ],
    });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('opens, then pulls frames and never two at once', async () => {
    const { simulation, workers } = setUp();
    await simulation.start(STORED);
    expect(simulation.status).toBe('running');
    await vi.advanceTimersByTimeAsync(500);
    expect(simulation.view.frame?.atMs).toBe(5_000);
    workers[0]!.alive = false;
    const before = workers[0]!.got.filter((message) => message.kind === 'frame').length;
    await vi.advanceTimersByTimeAsync(500);
    expect(workers[0]!.got.filter((message) => message.kind === 'frame').length).toBeLessThanOrEqual(before + 1);
    simulation.stop();
  });

  it('pulls no frame while anybody holds them, and goes on when the last one lets go', async () => {
    const { simulation, workers } = setUp();
    const [first, second] = [simulation.holdFrames(), simulation.holdFrames()];
    const asked = (): number => workers[0]!.got.filter((message) => message.kind === 'frame').length;
    await simulation.start(STORED);
    await vi.advanceTimersByTimeAsync(500);
    first();
    first();
    await vi.advanceTimersByTimeAsync(500);
    expect(asked()).toBe(0);
    second();
    await vi.advanceTimersByTimeAsync(500);
    expect(asked()).toBeGreaterThan(0);
    simulation.stop();
  });

  it('replaces a worker that is silent for two seconds, and opens what was open', async () => {
    const { simulation, workers } = setUp();
    await simulation.start(STORED);
    await vi.advanceTimersByTimeAsync(1_000);
    workers[0]!.alive = false;
    const answer = simulation.client.request({ method: 'GET', path: '/api/v1/pods' });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(workers).toHaveLength(2);
    expect(workers[0]!.terminated).toBe(true);
    expect(workers[1]!.got[0]).toMatchObject({ kind: 'open', open: { from: 'storage', name: 'sandbox' } });
    expect((await answer).code).toBe(503);
    expect(simulation.lostAtMs).toBe(5_000);
    expect(simulation.status).toBe('running');
    simulation.stop();
  });

  it('does not blame the worker while the page is hidden', async () => {
    const { simulation, workers, visible } = setUp();
    await simulation.start(STORED);
    visible.now = false;
    workers[0]!.alive = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(workers).toHaveLength(1);
    simulation.stop();
  });

  it('keeps what was open when another document cannot be', async () => {
    const { simulation, workers } = setUp();
    await simulation.start(STORED);
    workers[0]!.problem = 'This is not a Podium document.';
    expect(await simulation.open({ from: 'document', name: 'x', text: '{}' })).toBe('This is not a Podium document.');
    expect(simulation.status).toBe('running');
    workers[0]!.problem = undefined;
    workers[0]!.alive = false;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(workers[1]!.got[0]).toMatchObject({ open: { name: 'sandbox' } });
    simulation.stop();
  });

  it('says that it does not run when its worker cannot be loaded', async () => {
    const { simulation, workers } = setUp();
    workers.length = 0;
    const started = simulation.start(STORED);
    workers[0]!.alive = false;
    workers[0]!.onerror?.({ message: 'no such file', preventDefault: () => {} } as ErrorEvent);
    await vi.advanceTimersByTimeAsync(10);
    expect(simulation.status).toBe('failed');
    expect(simulation.problem).toContain('no such file');
    void started;
    simulation.stop();
  });
});
