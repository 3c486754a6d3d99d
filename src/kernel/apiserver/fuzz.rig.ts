import { isMap, setKey, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import { assert } from '../../base/assert';
import { nextBelow, seedRandom, type RandomState } from '../../base/random';
import { Rig } from './api-server.rig';
import { DEFINITIONS, MANIFESTS } from './manifests.rig';

/** Strange requests: valid bodies and patches with something odd in them, by a seed. */

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

const pick = <T>(random: RandomState, items: readonly T[]): T => items[nextBelow(random, items.length)]!;

/** The value with something strange at a random place. */
export function mutated(random: RandomState, value: Json): Json {
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

/** Operations of a JSON patch at random places of an object. */
function operations(random: RandomState, body: Json): Json {
  const paths = placesOf(body, '', []);
  const count = 1 + nextBelow(random, 3);
  const list = Array.from({ length: count }, (): Json => {
    const op = pick(random, ['add', 'remove', 'replace', 'move', 'copy', 'test']);
    const value = pick(random, STRANGE);
    return {
      op,
      path: pick(random, [...paths, '/spec/-', '', 'x', '/metadata/uid']),
      from: pick(random, paths),
      value,
    };
  });
  return nextBelow(random, 6) === 0 ? mutated(random, list) : list;
}

function placesOf(value: Json, path: string, found: string[]): string[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, item] of Object.entries(value)) {
    const place = `${path}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`;
    found.push(place);
    placesOf(item, place, found);
  }
  return found;
}

type Ask = readonly [method: string, target: string, body: Json, contentType?: string];

/** One request about what is at a path, or about to be there. */
function strangeRequest(random: RandomState, path: string): Ask {
  const manifest = MANIFESTS[path]!;
  let body: Json = manifest;
  for (let count = 1 + nextBelow(random, 3); count > 0; count--) body = mutated(random, body);
  const query = pick(random, ['', '', '', 'dryRun=All', 'fieldValidation=Strict', 'fieldValidation=Ignore']);
  const target = pick(random, [`${path}/x`, `${path}/x`, `${path}/x`, `${path}/x/status`]);
  switch (nextBelow(random, 7)) {
    case 0:
      return ['POST', `${path}?${query}`, nextBelow(random, 3) === 0 ? JSON.stringify(body) : body];
    case 1:
      return ['PUT', `${target}?${query}`, body];
    case 2:
      return ['PATCH', `${target}?${query}`, operations(random, manifest), 'application/json-patch+json'];
    case 3:
      return ['PATCH', `${target}?${query}`, body, 'application/merge-patch+json'];
    case 4:
      return ['PATCH', `${target}?${query}`, body, 'application/strategic-merge-patch+json'];
    default: {
      const manager = `fieldManager=m${nextBelow(random, 3)}&force=${String(nextBelow(random, 2) === 0)}`;
      return ['PATCH', `${target}?${manager}&${query}`, body, 'application/apply-patch+yaml'];
    }
  }
}

/** A rig in which every manifest can be posted. */
export function prepared(): Rig {
  const rig = new Rig();
  for (const [path, body] of Object.entries(DEFINITIONS)) assert(rig.ask('POST', path, body).code === 201, path);
  return rig;
}

/**
 * Sends strange requests about one kind. Whatever is sent, the answer is an object or a Status; a refusal and a dry run
 * leave nothing behind; and what is stored can be written back as it is read.
 */
export function fuzzKind(path: string, seed: number, rounds: number): void {
  const random = seedRandom(seed, path);
  const rig = prepared();
  rig.ask('POST', path, MANIFESTS[path]!);
  let before = rig.hash;
  for (let round = 0; round < rounds; round++) {
    const ask = strangeRequest(random, path);
    const words = (): string => `seed ${seed}, round ${round}: ${JSON.stringify(ask)}`;
    let answer;
    try {
      answer = rig.ask(...ask);
    } catch (error) {
      throw new Error(words(), { cause: error });
    }
    const { code, body } = answer;
    assert(isMap(body), words());
    const after = rig.hash;
    const isKept = code < 300 && !ask[1].includes('dryRun=All');
    if (code >= 300) assert(body['kind'] === 'Status' && body['code'] === code, words());
    assert(isKept || after === before, `${words()} left something behind`);
    if (isKept && after !== before) checkStored(rig, `${path}/x`, words);
    before = rig.hash;
  }
}

/** What is read can be written back, and that changes nothing; its managers are those that it names. */
function checkStored(rig: Rig, target: string, words: () => string): void {
  const { code, body } = rig.ask('GET', target);
  if (code !== 200) return;
  const again = rig.ask('PUT', target, body);
  assert(again.code === 200, `${words()}, and then PUT of what is there: ${JSON.stringify(again.body)}`);
  assert(
    JSON.stringify(again.body) === JSON.stringify(body),
    `${words()}, and then PUT changes ${JSON.stringify(body)} to ${JSON.stringify(again.body)}`,
  );
}
