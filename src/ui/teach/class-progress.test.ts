// @vitest-environment node
import { describe, expect, it } from 'vitest';
import {
  columnsOf,
  csvOf,
  FILES_LIMIT,
  handIn,
  sorted,
  studentOf,
  type ChosenFile,
  type SortKey,
} from './class-progress';

const DAY = Date.UTC(2026, 10, 30);
const OWN = [
  { slug: '01-read-the-map', number: 1, title: 'Read the map' },
  { slug: '02-declare', number: 2, title: 'Declare' },
];

const file = (name: string, progress: unknown): ChosenFile => {
  const text = typeof progress === 'string' ? progress : JSON.stringify(progress);
  return { name, size: text.length, text: () => Promise.resolve(text) };
};
const done = (at = DAY) => ({ page: 4, done: true, at });
const at = (page: number, when = DAY) => ({ page, done: false, at: when });

const ADA = file('ada.json', { '01-read-the-map': done(), '02-declare': at(3, DAY + 60_000) });
const BOB = file('bob_podium-progress.json', { '01-read-the-map': at(2, DAY - 1) });
const CLEO = file('Cleo 10.json', {});

it.each([
  ['ada.json', 'ada'],
  ['Ada Lovelace.JSON', 'Ada Lovelace'],
  ['lovelace_ada_12345_podium-progress.json', 'lovelace ada 12345'],
  ['podium-progress-ada.json', 'ada'],
  ['podium-progress (3).json', 'podium-progress (3)'],
  ['podium-progress.json', 'podium-progress'],
  ['.json', ''],
])('names the student of %s', (name, student) => {
  expect(studentOf(name)).toBe(student);
});

it('reads a pile, and adds to one that is there', async () => {
  const first = await handIn([], [ADA, BOB]);
  const { students, refused } = await handIn(first.students, [CLEO, file('ada.json', {})]);
  expect(refused).toEqual([]);
  expect(students.map(({ name }) => name)).toEqual(['ada', 'bob', 'Cleo 10', 'ada, 2']);
  expect(students[0]!.lessons.get('02-declare')).toEqual(at(3, DAY + 60_000));
});

describe('what is hostile is refused in words, and the rest is kept:', () => {
  const broken = { name: 'folder', size: 0, text: () => Promise.reject(new Error('NotFoundError')) };
  it.each([
    ['no JSON', file('x.json', '{"01'), /^x\.json holds no progress/],
    ['other JSON', file('x.json', [1, 2]), /^x\.json holds no progress/],
    ['other lessons than text can name', file('x.json', { '<img src=x>': done() }), /^x\.json holds no progress/],
    ['a moment beyond the calendar', file('x.json', { a: done(1e300) }), /^x\.json holds no progress/],
    ['a file of more than 1 MB', { ...file('x.json', {}), size: 1_000_001 }, /^x\.json is too large/],
    ['a folder', broken, /^folder cannot be read/],
  ])('%s', async (_, hostile, words) => {
    const { students, refused } = await handIn([], [ADA, hostile, BOB]);
    expect(students.map(({ name }) => name)).toEqual(['ada', 'bob']);
    expect(refused).toEqual([expect.stringMatching(words)]);
  });

  it('more files than there is room for', async () => {
    const pile = Array.from({ length: FILES_LIMIT + 3 }, (_, index) => file(`s${index}.json`, {}));
    const { students, refused } = await handIn([], pile);
    expect(students).toHaveLength(FILES_LIMIT);
    expect(refused).toEqual([expect.stringContaining('3 were not read')]);
  });

  it('a lesson that is called as what every object has', async () => {
    const { students } = await handIn([], [file('x.json', '{"__proto__":{"page":1,"done":true,"at":1}}')]);
    expect(students[0]!.lessons.get('__proto__')).toEqual({ page: 1, done: true, at: 1 });
    expect(columnsOf(OWN, students).map(({ title }) => title)).toEqual(['Read the map', 'Declare', '__proto__']);
  });
});

it.each<[SortKey, boolean, string]>([
  ['student', false, 'ada bob Cleo 10'],
  ['student', true, 'Cleo 10 bob ada'],
  ['done', true, 'ada bob Cleo 10'],
  ['done', false, 'bob Cleo 10 ada'],
  ['last', true, 'ada bob Cleo 10'],
  [{ lesson: '01-read-the-map' }, true, 'ada bob Cleo 10'],
  [{ lesson: '02-declare' }, false, 'bob Cleo 10 ada'],
])('sorts by %j, falling: %s', async (key, falling, names) => {
  const { students } = await handIn([], [CLEO, BOB, ADA]);
  expect(
    sorted(students, key, falling)
      .map(({ name }) => name)
      .join(' '),
  ).toBe(names);
});

it('has a column for each lesson of Podium, and for others that somebody has opened', async () => {
  const { students } = await handIn([], [ADA, file('d.json', { 'opened-my-lesson-1a2b3c': at(1) })]);
  expect(columnsOf(OWN, students).map(({ title, number }) => [title, number])).toEqual([
    ['Read the map', 1],
    ['Declare', 2],
    ['my-lesson', undefined],
  ]);
});

it('writes what spreadsheets read, and no formula', async () => {
  const { students } = await handIn([], [ADA, file('=HYPERLINK("x"),1.json', {})]);
  expect(csvOf(students, columnsOf(OWN, students))).toBe(
    [
      '\uFEFFStudent,File,Lessons done,Last worked,1 Read the map,"1 Read the map, when",2 Declare,"2 Declare, when"',
      'ada,ada.json,1,2026-11-30T00:01:00.000Z,done,2026-11-30T00:00:00.000Z,page 3,2026-11-30T00:01:00.000Z',
      '"\'=HYPERLINK(""x""),1","\'=HYPERLINK(""x""),1.json",0,,,,,',
      '',
    ].join('\r\n'),
  );
});
