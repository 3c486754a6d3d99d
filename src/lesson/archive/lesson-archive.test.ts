import { expect, test } from 'vitest';
import { zipOf } from './zip';
import {
  ARCHIVE_BYTES_LIMIT,
  lessonArchive,
  lessonIn,
  readLessonArchive,
  slugOf,
  type PathedFile,
} from './lesson-archive';

const file = (name: string, text = 'x'): PathedFile => ({ name, bytes: new TextEncoder().encode(text) });
const FILES = { 'lesson.md': '# One\n', 'goal.yaml': 'goals: []\n', 'start.yaml': 'preset: ml\n' };

test('a lesson that was packed is read as it was', async () => {
  const bytes = lessonArchive({ slug: '20-mine', files: FILES });
  expect(await readLessonArchive('whatever.zip', bytes)).toEqual({ slug: '20-mine', files: FILES });
});

test('what other programs put beside it is left alone', () => {
  const files = [
    file('mine/'),
    file('mine/lesson.md'),
    file('mine/README.md'),
    file('mine/picture.png', '\0\0'),
    file('mine/.DS_Store', '\0'),
    file('__MACOSX/mine/._lesson.md', '\0'),
    file('__MACOSX/mine/lesson.md', '\0'),
  ];
  expect(lessonIn(files, 'mine')).toEqual({ slug: 'mine', files: { 'lesson.md': 'x' } });
});

test('files without a folder take the name of their archive', async () => {
  const bytes = zipOf([file('lesson.md')]);
  expect(await readLessonArchive('My Lesson.zip', bytes)).toEqual({ slug: 'my-lesson', files: { 'lesson.md': 'x' } });
});

test.each<[what: string, files: PathedFile[], words: RegExp]>([
  ['nothing', [], /holds no lesson: there is no lesson.md/],
  ['another folder', [file('a/readme.md')], /holds no lesson/],
  ['several lessons', [file('a/lesson.md'), file('b/lesson.md')], /holds 2 files lesson.md. One lesson/],
  ['a file twice', [file('a/lesson.md'), file('a/goal.yaml'), file('a/goal.yaml')], /a\/goal.yaml twice/],
  ['a way out', [file('../../etc/lesson.md')], /"..\/..\/etc\/lesson.md" leads out of the lesson's folder/],
  ['a way out of other systems', [file('..\\..\\lesson.md')], /is no name of a file/],
  ['a way from the root', [file('/etc/lesson.md')], /leads out/],
  ['a way to another disk', [file('C:/lesson.md')], /is no name of a file/],
  ['a line in a name', [file('a\n/lesson.md')], /is no name of a file/],
  ['too deep', [file('a/b/c/d/lesson.md')], /lies in more than 3 folders/],
  ['a long name', [file(`${'a'.repeat(300)}/lesson.md`)], /too long a name/],
  ['bytes that are no text', [{ name: 'lesson.md', bytes: new Uint8Array([0xff, 0xfe]) }], /lesson.md is no text/],
  ['a text with a null', [file('lesson.md', 'a\0b')], /lesson.md is no text/],
  [
    'too much text',
    [file('lesson.md', 'x'.repeat(1_500_000)), file('goal.yaml', 'x'.repeat(600_000))],
    /more than 2000000/,
  ],
])('%s is refused in words', (_, files, words) => {
  const read = lessonIn(files, 'mine');
  expect('problem' in read ? read.problem : read).toMatch(words);
});

test('what is no zip, or a huge one, is refused in words', async () => {
  const text = await readLessonArchive('a.zip', new TextEncoder().encode('text'));
  expect(text).toEqual({ problem: 'a.zip cannot be opened: it is no zip archive, or it is damaged.' });
  const huge = await readLessonArchive('b.zip', new Uint8Array(ARCHIVE_BYTES_LIMIT + 1));
  expect(huge).toEqual({ problem: expect.stringMatching(/^b.zip cannot be opened: it has 2100001 bytes/) });
});

test.each([
  ['Keep out!', 'keep-out'],
  ['__proto__', 'proto'],
  ['', 'lesson'],
  ['<img src=x>', 'img-src-x'],
  ['a'.repeat(100), 'a'.repeat(60)],
])('%j is called %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
