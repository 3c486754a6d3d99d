import { describe, expect, it } from 'vitest';
import { newCluster } from '../kernel/cluster.rig';
import type { Input } from '../kernel/input';
import { deployment, DEPLOYMENTS } from '../kernel/storm.rig';
import { Timeline } from './timeline';

const SEED = 11;
const END_MS = 220_000;

/** A Deployment is made, grows and shrinks. */
const INPUTS: Input[] = [
  { atMs: 500, kind: 'request', client: 'test', request: { method: 'POST', path: DEPLOYMENTS, body: deployment(8) } },
  ...Array.from({ length: 10 }, (_, index): Input => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const request = {
      method: 'PATCH',
      path: `${DEPLOYMENTS}/web`,
      body: { spec: { replicas: index % 2 === 0 ? 30 : 0 } },
      headers,
    };
    return { atMs: 20_000 * (index + 1), kind: 'request', client: 'test', request };
  }),
];

function lineOf(): Timeline {
  return new Timeline(newCluster('ml', SEED), [...INPUTS]);
}

describe('a timeline', () => {
  it('run in the smallest slices comes to the same cluster, its snapshots copied over many of them', () => {
    const straight = lineOf();
    expect(straight.run(END_MS, () => false)).toBe(true);
    const sliced = lineOf();
    let slices = 1;
    while (!sliced.run(END_MS, () => true)) slices += 1;
    expect(slices).toBeGreaterThan(150);
    expect(sliced.applied).toBe(INPUTS.length);
    expect(sliced.cluster.hash()).toBe(straight.cluster.hash());
    for (const atMs of [171_000, 90_000, END_MS]) {
      sliced.rewindTo(atMs);
      straight.rewindTo(atMs);
      while (!sliced.run(atMs, () => true));
      straight.run(atMs, () => false);
      expect(sliced.cluster.hash()).toBe(straight.cluster.hash());
    }
  });
});
