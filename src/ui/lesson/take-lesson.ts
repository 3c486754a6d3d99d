import { mount, unmount } from 'svelte';
import {
  ARCHIVE_BYTES_LIMIT,
  ARCHIVE_LIMITS,
  lessonIn,
  readLessonArchive,
  type LessonTexts,
  type PathedFile,
} from '../../lesson/archive/lesson-archive';
import { readLesson } from '../../lesson/format/read-lesson';
import { browserStorage } from '../files/page-storage';
import { clusterTaker, isClusterFile } from '../share/cluster-taker';
import { lessonFragment } from '../page/route';
import { keepOpened } from './opened';
import TakenNotice from './TakenNotice.svelte';

/** Takes in lessons that are dropped or chosen: a zip, a folder, or a folder's files. They are anybody's. */

/** What was dropped: a file, or an entry of a file system, which may be a folder. */
export type Dropped = File | FileSystemEntry;

const DEPTH_LIMIT = 6;
const TOLD_MOST = 3;

interface Problem {
  readonly problem: string;
}

/** Opens what was dropped as a lesson, or as a cluster, or says why not. */
export async function takeDropped(dropped: readonly Dropped[]): Promise<void> {
  tell('');
  const [only, ...more] = dropped;
  if (only && more.length === 0 && !isFolder(only) && isClusterFile(only.name)) return tell(await openCluster(only));
  const taken = await lessonOf(dropped);
  const problem = 'problem' in taken ? taken.problem : openTaken(taken);
  if (problem !== undefined) tell(problem);
}

/** Only the sandbox opens clusters: a lesson has its own, and Home none that is kept. */
async function openCluster(one: Dropped): Promise<string> {
  const take = clusterTaker();
  if (!take) return `${one.name} looks like a cluster's: drop it on the sandbox.`;
  try {
    return await take(await fileOf(one));
  } catch (error) {
    return `${one.name} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Asks for a zip and opens it as a lesson. */
export function chooseLesson(): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.zip,application/zip' });
  input.addEventListener('change', () => void takeDropped([...(input.files ?? [])]));
  input.click();
}

/** Opens a lesson on its page. Returns what is wrong with it, in words. */
export function openTaken(texts: LessonTexts): string | undefined {
  const { problems } = readLesson(texts.slug, 1, texts.files);
  if (problems.length > 0) {
    const told = problems.slice(0, TOLD_MOST).map(({ file, line, message }) => `${file}, line ${line}: ${message}`);
    const more = problems.length - told.length;
    return `This lesson cannot be opened. ${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
  }
  const fragment = lessonFragment(keepOpened(browserStorage(), texts));
  if (window.location.hash === fragment) window.location.reload();
  else window.location.hash = fragment;
  return undefined;
}

/** The lesson among dropped things; why there is none, in words. */
export async function lessonOf(dropped: readonly Dropped[]): Promise<LessonTexts | Problem> {
  const [first, ...more] = dropped;
  if (!first) return { problem: 'Nothing was dropped that can be read.' };
  try {
    const file = more.length === 0 && !isFolder(first) ? await fileOf(first) : undefined;
    if (file && !/\.md$/i.test(file.name)) return await archiveIn(file);
    return lessonIn(await filesIn(dropped), first.name);
  } catch (error) {
    return { problem: `${first.name} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function archiveIn(file: File): Promise<LessonTexts | Problem> {
  if (!/\.zip$/i.test(file.name)) return { problem: `${file.name} is no lesson: that is a zip, or a folder.` };
  if (file.size > ARCHIVE_BYTES_LIMIT)
    return {
      problem: `${file.name} cannot be opened: it has ${file.size} bytes, and ${ARCHIVE_BYTES_LIMIT} are the most.`,
    };
  return readLessonArchive(file.name, new Uint8Array(await file.arrayBuffer()));
}

const isFolder = (one: Dropped): one is FileSystemDirectoryEntry => 'isDirectory' in one && one.isDirectory;

const fileOf = (one: Dropped): Promise<File> =>
  one instanceof File
    ? Promise.resolve(one)
    : new Promise((resolve, reject) => (one as FileSystemFileEntry).file(resolve, reject));

/** All files below what was dropped, with their paths; nothing is read before it is known to be little. */
async function filesIn(dropped: readonly Dropped[]): Promise<PathedFile[]> {
  const found: { name: string; file: File }[] = [];
  let bytes = 0;
  const walk = async (one: Dropped, path: string, depth: number): Promise<void> => {
    if (depth > DEPTH_LIMIT) throw new Error(`there are more than ${DEPTH_LIMIT} folders in one another`);
    if (isFolder(one)) {
      for (const inside of await entriesOf(one)) await walk(inside, `${path}${one.name}/`, depth + 1);
      return;
    }
    const file = await fileOf(one);
    bytes += file.size;
    found.push({ name: path + file.name, file });
    if (found.length > ARCHIVE_LIMITS.entries) throw new Error(`it holds more than ${ARCHIVE_LIMITS.entries} files`);
    if (bytes > ARCHIVE_LIMITS.bytes) throw new Error(`its files have more than ${ARCHIVE_LIMITS.bytes} bytes`);
  };
  for (const one of dropped) await walk(one, '', 0);
  return Promise.all(found.map(async ({ name, file }) => ({ name, bytes: new Uint8Array(await file.arrayBuffer()) })));
}

/** The browser tells of a folder a hundred entries at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    all.push(...some);
    if (some.length === 0 || all.length > ARCHIVE_LIMITS.entries) return all;
  }
}

let told: ReturnType<typeof mount> | undefined;

/** Says what came of it, over whatever page there is. */
function tell(text: string): void {
  if (told) void unmount(told);
  told =
    text === '' ? undefined : mount(TakenNotice, { target: document.body, props: { text, onclose: () => tell('') } });
}
