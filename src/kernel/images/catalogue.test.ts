import { describe, expect, it } from 'vitest';
import { lookUp, processOf, pullMs } from './catalogue';
import { CONVENTIONS } from './conventions';
import { editDistance, parseImage, type ImageReference } from './reference';

const reference = (text: string): ImageReference => {
  const parsed = parseImage(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
};

describe('an image name', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest', 'nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27', 'nginx'],
    ['podium/load:1.0', 'docker.io/podium/load:1.0', 'podium/load'],
    ['docker.io/library/redis:7', 'docker.io/library/redis:7', 'redis'],
    ['registry.example.com/ml/trainer:1.0', 'registry.example.com/ml/trainer:1.0', 'registry.example.com/ml/trainer'],
    ['localhost:5000/a/b', 'localhost:5000/a/b:latest', 'localhost:5000/a/b'],
    [`busybox@sha256:${'ab'.repeat(32)}`, `docker.io/library/busybox@sha256:${'ab'.repeat(32)}`, 'busybox'],
  ])('%s', (text, full, familiar) => {
    expect(parseImage(text)).toMatchObject({ full, familiar });
  });

  it.each([
    ['Not_An_Image:!!', ': repository name (library/Not_An_Image) must be lowercase'],
    ['nginx:!!', ''],
    ['a//b', ''],
    ['', ''],
  ])('%s is none', (text, why) => {
    const quoted = JSON.stringify(text);
    expect(parseImage(text)).toEqual({
      problem: `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: invalid reference format${why}`,
    });
  });
});

describe('editDistance', () => {
  it.each([
    ['nginx', 'nginx', 0],
    ['nginx', 'ngnix', 2],
    ['nginx', 'nginxx', 1],
    ['redis', 'reds', 1],
    ['python', 'pytorch', 3],
    ['a', 'abcdef', 3],
  ])('%s %s', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
  });
});

describe('what registries say', () => {
  const { podium, recorded } = CONVENTIONS;
  it.each([
    ['nginx:1.27-alpine', { sizeMb: 70 }],
    ['nginx:nope', { code: 'NotFound' }],
    ['ngnix:1.27', { code: 'Unknown' }],
    ['podium/sgd-regressor:1.4', { sizeMb: 600 }],
    ['podium/sgd-regressor:1.9', { code: 'NotFound' }],
    ['podium/sgd-regresor:1.4', { code: 'Unknown' }],
    ['acme/anything:v7', { sizeMb: 200 }],
  ])('podium: %s', (image, answer) => {
    expect(lookUp(podium, reference(image))).toMatchObject(answer);
  });

  it.each([
    ['anything:at-all', { sizeMb: 50 }],
    ['registry.example.com/ml/missing-trainer:1.0', { code: 'NotFound' }],
    ['nginx:nope', { code: 'NotFound', message: /docker\.io\/library\/nginx:nope: not found$/ }],
    ['private/llm:7b', { code: 'Unknown', message: /authorization failed: docker\.io\/private\/llm$/ }],
  ])('recorded: %s', (image, answer) => {
    const { message, ...rest } = answer as { message?: RegExp };
    expect(lookUp(recorded, reference(image))).toMatchObject(rest);
    if (message) expect((lookUp(recorded, reference(image)) as { message: string }).message).toMatch(message);
  });

  it('pulls by size and bandwidth, or in a fixed time', () => {
    expect(pullMs(podium, 600, 100, false)).toBe(6000);
    expect(pullMs(podium, 4, 100, false)).toBe(500);
    expect(pullMs(podium, 600, 100, true)).toBe(500);
    expect(pullMs(recorded, 600, 1, false)).toBe(2000);
  });
});

describe('what runs', () => {
  const { podium, recorded } = CONVENTIONS;
  const cases: [string, string, string[], string[], object][] = [
    ['podium', 'nginx', [], [], { program: 'nginx' }],
    ['podium', 'nginx', ['nginx', '-g', 'daemon off;'], [], { program: 'nginx' }],
    ['podium', 'nginx', ['sh', '-c', 'sleep 1'], [], { program: 'busybox-shell' }],
    ['podium', 'busybox', [], ['sleep', '5'], { program: 'busybox-shell' }],
    ['podium', 'busybox', [], [], { program: 'busybox-shell' }],
    ['podium', 'podium/load', [], ['http://x'], { program: 'load' }],
    ['podium', 'python:3.12', ['python', 'train.py'], [], { program: 'busybox-shell' }],
    ['podium', 'acme/etl', ['run'], [], { program: 'unknown' }],
    [
      'podium',
      'busybox',
      ['trian.py'],
      [],
      { startError: expect.stringContaining('exec: "trian.py": executable file not found in $PATH') },
    ],
    ['recorded', 'nginx', [], ['anything'], { program: 'server' }],
    ['recorded', 'python', ['bash', '-c', 'exit 1'], [], { program: 'tiny-shell' }],
    ['recorded', 'busybox', ['wget'], [], { startError: expect.stringContaining('exec: "wget"') }],
  ];
  it.each(cases)('%s %s %j %j', (name, image, command, args, expected) => {
    const conventions = name === 'podium' ? podium : recorded;
    expect(processOf(conventions, reference(image), command, args)).toEqual(expected);
  });
});
