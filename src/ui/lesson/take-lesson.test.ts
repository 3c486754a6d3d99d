import { afterEach, describe, expect, test } from 'vitest';
import { lessonArchive } from '../../lesson/archive/lesson-archive';
import { memoryStorage } from '../files/page-storage';
import { takeClusters } from '../share/cluster-taker';
import { keepOpened, openedLesson, wasOpened } from './opened';
import { lessonOf, openTaken, takeDropped, type Dropped } from './take-lesson';

const FILES = {
  'lesson.md': '---\ntitle: Mine\nlead: L.\nminutes: 3\n---\n# One\nText.\n',
  'start.yaml': 'preset: empty\n',
  'goal.yaml': 'goals: []\n',
};
const zip = new File([lessonArchive({ slug: 'mine', files: FILES }) as Uint8Array<ArrayBuffer>], 'mine.zip');

/** A folder as browsers tell of one: its entries come in pieces, the last of which is empty. */
function folder(name: string, inside: readonly (File | FileSystemEntry)[]): FileSystemEntry {
  const entries = inside.map((one) =>
    one instanceof File ? { name: one.name, isDirectory: false, file: (take: (file: File) => void) => take(one) } : one,
  );
  const createReader = (): object => {
    const left = [...entries];
    return { readEntries: (take: (some: unknown[]) => void) => take(left.splice(0, 2)) };
  };
  return { name, isDirectory: true, createReader } as unknown as FileSystemEntry;
}
const files = Object.entries(FILES).map(([name, text]) => new File([text], name));

afterEach(() => document.body.replaceChildren());

test.each<[what: string, dropped: Dropped[], slug: string]>([
  ['a zip', [zip], 'mine'],
  ['a folder', [folder('My lesson', files)], 'my-lesson'],
  [
    'a folder with more folders beside',
    [folder('mine', [...files, folder('pictures', [new File(['x'], 'a.png')])])],
    'mine',
  ],
  ['the files of a folder', files, 'lesson-md'],
])('%s is a lesson', async (_, dropped, slug) => {
  expect(await lessonOf(dropped)).toEqual({ slug, files: FILES });
});

const deep = (levels: number): FileSystemEntry => folder('a', levels === 0 ? files : [deep(levels - 1)]);

test.each<[what: string, dropped: Dropped[], problem: RegExp]>([
  ['nothing', [], /Nothing was dropped/],
  ['a picture', [new File(['x'], 'a.png')], /a.png is no lesson: that is a zip, or a folder/],
  ['what is called a zip', [new File(['x'], 'a.zip')], /no zip archive, or it is damaged/],
  ['a huge zip', [new File([new Uint8Array(2_200_000)], 'a.zip')], /has 2200000 bytes/],
  ['a folder without a lesson', [folder('a', [new File(['x'], 'a.txt')])], /holds no lesson/],
  [
    'many files',
    [
      folder(
        'a',
        Array.from({ length: 300 }, (_, at) => new File(['x'], `${at}`)),
      ),
    ],
    /more than 200 files/,
  ],
  ['much in a folder', [folder('a', [new File([new Uint8Array(2_200_000)], 'a.bin')])], /more than 2000000 bytes/],
  ['folders without end', [deep(20)], /more than 6 folders in one another/],
])('%s is refused in words', async (_, dropped, problem) => {
  expect(await lessonOf(dropped)).toEqual({ problem: expect.stringMatching(problem) });
});

test('a lesson that cannot be read is told with its lines, and what it says is text', async () => {
  const hostile = { ...FILES, 'goal.yaml': 'goals: []\n<img src=x onerror=alert(1)>: 1\n' };
  expect(openTaken({ slug: 'mine', files: hostile })).toMatch(/^This lesson cannot be opened. goal.yaml, line \d: /);
  await takeDropped([new File(['x'], '<img src=x onerror=alert(1)>.png')]);
  expect(document.body.querySelector('[role=alert]')?.textContent).toContain(
    '<img src=x onerror=alert(1)>.png is no lesson',
  );
  expect(document.querySelector('img')).toBeNull();
});

test('the last lesson is kept under a name of its texts', () => {
  const storage = memoryStorage();
  const name = keepOpened(storage, { slug: 'mine', files: FILES });
  expect(wasOpened(name)).toBe(true);
  expect(openedLesson(storage, name)).toEqual({ slug: name, files: FILES });
  expect(keepOpened(storage, { slug: 'mine', files: { ...FILES, 'lesson.md': 'x' } })).not.toBe(name);
  expect(openedLesson(storage, name)).toBeUndefined();
});

describe('the file of a cluster', () => {
  const dump = new File(['kind: List'], 'cluster.yaml');

  test.each(['cluster.yaml', 'cluster.YML', 'cluster.podium.json'])(
    '%s is opened by the sandbox, which says so',
    async (name) => {
      const leave = takeClusters(async (file) => `${file.name} is open.`);
      await takeDropped([new File(['x'], name)]);
      leave();
      expect(document.body.textContent).toContain(`${name} is open.`);
    },
  );

  test('is told where to go where there is no sandbox', async () => {
    await takeDropped([dump]);
    expect(document.body.textContent).toContain('drop it on the sandbox');
  });

  test('that cannot be opened is said to be so', async () => {
    const leave = takeClusters(() => Promise.reject(new Error('The worker is gone.')));
    await takeDropped([dump]);
    leave();
    expect(document.body.textContent).toContain('cluster.yaml cannot be opened: The worker is gone.');
  });
});
