import { describe, expect, it } from 'vitest';
import { isMap, setKey, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import { nextBelow, seedRandom, type RandomState } from '../../base/random';
import { Rig } from './api-server.rig';
import { DEFINITIONS, MANIFESTS } from './manifests.rig';

/** Whatever a client sends, the answer is an object or a Status, and a refusal leaves nothing behind. */

const STRANGE: readonly Json[] = [
  null,
  '',
  'x',
  'A b',
  '10Gi',
  '50%',
  '-1',
  0,
  -1,
  1.5,
  70000,
  1e21,
  true,
  false,
  [],
  {},
  [{}],
  [null],
  ['a', 1],
  { a: null },
  '<b>',
  '__proto__',
  'yes',
  '2026-01-01T00:00:00Z',
  { name: 'x' },
  [{ name: 'x' }, { name: 'x' }],
];
const KEYS = [
  'name',
  'spec',
  '__proto__',
  'constructor',
  'containers',
  'resources',
  'limits',
  'operator',
  'status',
  'x',
];
const PATCHES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];

const pick = <T>(random: RandomState, items: readonly T[]): T => items[nextBelow(random, items.length)]!;

/** The value with something strange at a random place. */
function mutated(random: RandomState, value: Json): Json {
  if (nextBelow(random, 6) === 0) return pick(random, STRANGE);
  if (Array.isArray(value)) {
    if (value.length === 0) return [pick(random, STRANGE)];
    const at = nextBelow(random, value.length);
    return nextBelow(random, 4) === 0 ? [...value, value[at]!] : value.with(at, mutated(random, value[at]!));
  }
  if (!isMap(value)) return pick(random, STRANGE);
  const copy: JsonMap = { ...value };
  const keys = Object.keys(copy);
  const key = keys.length === 0 || nextBelow(random, 5) === 0 ? pick(random, KEYS) : pick(random, keys);
  if (nextBelow(random, 8) === 0) delete copy[key];
  else setKey(copy, key, mutated(random, Object.hasOwn(copy, key) ? copy[key]! : pick(random, STRANGE)));
  return copy;
}

/** A rig in which every manifest can be posted. */
function prepared(): Rig {
  const rig = new Rig();
  for (const [path, body] of Object.entries(DEFINITIONS)) expect(rig.ask('POST', path, body).code).toBe(201);
  return rig;
}

function check(rig: Rig, method: string, target: string, body: Json, contentType?: string): void {
  const before = rig.hash;
  const { code, body: answer } = rig.ask(method, target, body, contentType);
  expect(isMap(answer)).toBe(true);
  if (code < 300) return;
  expect(answer).toMatchObject({ kind: 'Status', status: 'Failure', code });
  expect(rig.hash).toBe(before);
}

describe('strange requests', () => {
  const paths = Object.keys(MANIFESTS);

  it.each(paths)('to create at %s are answered', (path) => {
    const random = seedRandom(11, path);
    const rig = prepared();
    for (let round = 0; round < 120; round++) {
      let body: Json = MANIFESTS[path]!;
      for (let count = 1 + nextBelow(random, 3); count > 0; count--) body = mutated(random, body);
      check(rig, 'POST', path, round % 3 === 0 ? JSON.stringify(body) : body);
    }
  });

  it.each(paths)('to change what is at %s are answered', (path) => {
    const random = seedRandom(13, path);
    const rig = prepared();
    expect(rig.ask('POST', path, MANIFESTS[path]!).code).toBe(201);
    for (let round = 0; round < 80; round++) {
      const body = mutated(random, mutated(random, MANIFESTS[path]!));
      check(rig, 'PATCH', `${path}/x`, body, pick(random, PATCHES));
      check(rig, 'PUT', `${path}/x`, body);
    }
  });

  it.each(Object.entries(DEFINITIONS))('to define at %s are answered', (path, definition) => {
    const random = seedRandom(17, path);
    const mines = '/apis/dig.example.com/v1/namespaces/lab/mines';
    for (let round = 0; round < 100; round++) {
      const body = mutated(random, mutated(random, definition));
      const fresh = new Rig();
      const changed = prepared();
      check(fresh, 'POST', path, body);
      check(changed, 'PATCH', `${path}/mines.dig.example.com`, body, PATCHES[0]);
      for (const rig of [fresh, changed]) {
        const answer = rig.ask('POST', mines, MANIFESTS[mines]!);
        if (answer.code < 300) expect(rig.ask('GET', `${mines}?watch=false`).code).toBe(200);
      }
    }
  });
});
