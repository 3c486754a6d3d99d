import { describe, it } from 'vitest';
import { fuzzKind } from './fuzz.rig';
import { MANIFESTS } from './manifests.rig';

const REQUESTS = 10_000;
const SEEDS = [1, 2, 3];

describe.each(SEEDS)('many strange requests, seed %i', (seed) => {
  const paths = Object.keys(MANIFESTS);

  it.each(paths)('about %s are answered', (path) => fuzzKind(path, seed, Math.ceil(REQUESTS / paths.length)), 120_000);
});
