import { describe, expect, it } from 'vitest';
import { seedRandom } from '../../base/random';
import { Rig } from './api-server.rig';
import { fuzzKind, mutated, prepared } from './fuzz.rig';
import { DEFINITIONS, MANIFESTS } from './manifests.rig';

describe('strange requests', () => {
  it.each(Object.keys(MANIFESTS))('about %s are answered', (path) => fuzzKind(path, 11, 60));

  it.each(Object.entries(DEFINITIONS))('to define at %s are answered', (path, definition) => {
    const random = seedRandom(17, path);
    const mines = '/apis/dig.example.com/v1/namespaces/lab/mines';
    for (let round = 0; round < 100; round++) {
      const body = mutated(random, mutated(random, definition));
      const [fresh, changed] = [new Rig(), prepared()];
      fresh.ask('POST', path, body);
      changed.ask('PATCH', `${path}/mines.dig.example.com`, body, 'application/merge-patch+json');
      for (const rig of [fresh, changed]) {
        const answer = rig.ask('POST', mines, MANIFESTS[mines]!);
        if (answer.code < 300) expect(rig.ask('GET', `${mines}?watch=false`).code).toBe(200);
      }
    }
  });
});
