import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Library } from '../../lesson/library';
import { libraryIn } from './folder';
import { proveLesson } from './proof';

const FOLDER = fileURLToPath(new URL('../../../lessons', import.meta.url));
const library = await libraryIn(FOLDER);
const written = library.index.chapters.flatMap(({ lessons }) => lessons).filter(({ coming }) => !coming);
const LIMIT_MS = 120_000;

test('index and glossary can be read', () => {
  expect(library.problems).toEqual([]);
  expect(written.length).toBeGreaterThan(0);
});

describe('lesson', () => {
  test.each(written.map(({ slug }) => slug))(
    '%s is as it should be',
    async (slug) => {
      expect(await proveLesson(library, slug)).toEqual([]);
    },
    LIMIT_MS,
  );
});

/** The lessons with one file changed. */
function changed(path: string, change: (text: string) => string): Promise<Library> {
  return Library.open(async (asked) => {
    const text = await readFile(join(FOLDER, asked), 'utf8');
    return asked === path ? change(text) : text;
  });
}

const SLUG = '03-break-it';
const inFile = (old: RegExp | string, by: string) => (text: string) => {
  const result = text.replace(old, by);
  expect(result).not.toBe(text);
  return result;
};

test.each<[what: string, file: string, change: (text: string) => string, problem: { file: string; message: RegExp }]>([
  [
    'a goal that the start meets',
    'goal.yaml',
    inFile(
      "check: ever('deleted') && deployments.exists(d, ready(d))\n    because",
      'check: deployments.exists(d, ready(d))\n    because',
    ),
    { file: 'goal.yaml', message: /replaced is met at the start/ },
  ],
  [
    'a goal that the solution does not meet',
    'goal.yaml',
    inFile(
      'd.spec.replicas >= 5 && ready(d))\n    because: >-\n      size',
      'd.spec.replicas >= 9 && ready(d))\n    because: >-\n      size',
    ),
    { file: 'solution.txt', message: /goal five is not so within 600 s: / },
  ],
  [
    'a reason without words',
    'goal.yaml',
    inFile(/because: >-\n {6}holds\('restarted'\)[\s\S]*?\n {4}hints/, 'because: "\'\'"\n    hints'),
    { file: 'goal.yaml', message: /goal restarted is open and gives no reason/ },
  ],
  [
    'a prediction of which nothing comes',
    'goal.yaml',
    inFile(/- id: another\n {8}text: .*\n {8}check: .*/, '- id: another\n        text: None\n        check: "false"'),
    { file: 'goal.yaml', message: /prediction deleted: what came is none of its choices/ },
  ],
  [
    'an outcome whose sentence has no end',
    'goal.yaml',
    inFile("another name, zero restarts.'", "another name, zero restarts'"),
    { file: 'goal.yaml', message: /prediction deleted says what happened without an end/ },
  ],
  [
    'another way that does not lead there',
    'other-ways.txt',
    inFile('--replicas=6', '--replicas=4'),
    { file: 'other-ways.txt', message: /goal five is not so within 600 s: web asks for 4/ },
  ],
  [
    'a wrong way that gives another reason',
    'not-enough.txt',
    inFile('"web asks for 3"', '"something else"'),
    { file: 'not-enough.txt', message: /the reason of five is "web asks for 3\."/ },
  ],
  [
    'a wrong way that is right',
    'not-enough.txt',
    () => 'kubectl scale deployment web --replicas=5\nwait goal five\nopen five "x"\n',
    { file: 'not-enough.txt', message: /five is met/ },
  ],
  [
    'a term that nobody explains',
    'lesson.md',
    inFile('term:kubelet', 'term:kublet'),
    { file: 'lesson.md', message: /the glossary has no "kublet"/ },
  ],
  [
    'a thing that is nowhere',
    'lesson.md',
    inFile('stage:pod/web-*', 'stage:pod/wob-*'),
    { file: 'lesson.md', message: /there never was pods\/wob-\*/ },
  ],
  [
    'a start that cannot be',
    'start.yaml',
    inFile('kind: Deployment', 'kind: Deploiment'),
    { file: 'start.yaml', message: /Deploiment/ },
  ],
  [
    'a placement of Pods that the solution does not leave',
    'goal.yaml',
    (text) => `placements: [{ pods: "pods.filter(p, p.metadata.name == 'nobody')", points: 5 }]\n${text}`,
    { file: 'goal.yaml', message: /placements names no Pod at the end of the solution/ },
  ],
  [
    'a placement that hangs by a hair',
    'goal.yaml',
    (text) => `placements: [{ pods: "pods", points: 1000 }]\n${text}`,
    { file: 'goal.yaml', message: /won its node by \d+ points, less than 1000/ },
  ],
])(
  'told: %s',
  async (_, file, change, problem) => {
    const problems = await proveLesson(await changed(`${SLUG}/${file}`, change), SLUG);
    expect(problems).toContainEqual({
      file: problem.file,
      line: expect.any(Number),
      message: expect.stringMatching(problem.message),
    });
  },
  LIMIT_MS,
);
