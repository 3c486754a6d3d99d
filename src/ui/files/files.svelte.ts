import { freeName, nameProblem } from './file-names';
import type { PageStorage } from './page-storage';

export interface TextFile {
  name: string;
  text: string;
}

const KEY = 'files';
const SAVE_AFTER_MS = 300;
/** What comes to more than this in all is not taken: localStorage holds about five million characters. */
const TEXT_LIMIT = 2_000_000;

/** The files of the editor: what `kubectl apply -f NAME` reads. */
export class Files {
  list = $state.raw<readonly TextFile[]>([]);
  openName = $state('');
  /** Counts up when text came from elsewhere than the editor, which then shows it. */
  revision = $state(0);

  readonly #storage: PageStorage;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: PageStorage, starters: readonly TextFile[]) {
    this.#storage = storage;
    const stored = parseStored(storage.get(KEY));
    this.list = stored?.list ?? starters;
    this.openName = stored?.open ?? this.list[0]?.name ?? '';
  }

  get open(): TextFile | undefined {
    return this.list.find((file) => file.name === this.openName);
  }

  get names(): string[] {
    return this.list.map((file) => file.name);
  }

  read(name: string): string | undefined {
    return this.list.find((file) => file.name === name)?.text;
  }

  show(name: string): void {
    if (this.read(name) === undefined) return;
    this.openName = name;
    this.#saveSoon();
  }

  /** Text typed into the open file. */
  edit(text: string): void {
    const { openName } = this;
    this.list = this.list.map((file) => (file.name === openName ? { name: openName, text } : file));
    this.#saveSoon();
  }

  /** Writes a whole file, and makes it if there is none. Returns what is wrong with its name or length, or nothing. */
  write(name: string, text: string): string | undefined {
    const known = this.read(name) !== undefined;
    const problem = known ? undefined : nameProblem(name, this.names);
    if (problem) return problem;
    if (!this.accepts(text)) return 'The files of the editor would come to more than 2 MB.';
    this.list = known
      ? this.list.map((file) => (file.name === name ? { name, text } : file))
      : [...this.list, { name, text }];
    this.#saveSoon();
    return undefined;
  }

  /** Adds an empty file and opens it. Returns its name. */
  add(): string {
    const name = freeName(this.names);
    this.list = [...this.list, { name, text: '' }];
    this.openName = name;
    this.#saveSoon();
    return name;
  }

  /** Puts a text into a file, which is made where there is none, and opens it. */
  put(name: string, text: string): void {
    const there = this.read(name) !== undefined;
    this.list = there
      ? this.list.map((file) => (file.name === name ? { name, text } : file))
      : [...this.list, { name, text }];
    this.openName = name;
    this.revision += 1;
    this.#saveSoon();
  }

  /** Other files in the place of all there are. */
  replace(list: readonly TextFile[], open?: string): void {
    this.list = list;
    this.openName = open ?? list[0]?.name ?? '';
    this.revision += 1;
    this.#saveSoon();
  }

  /** Gives a file another name. Returns what is wrong with the name, or nothing. */
  rename(from: string, to: string): string | undefined {
    if (from === to) return undefined;
    const problem = nameProblem(to, this.names);
    if (problem) return problem;
    this.list = this.list.map((file) => (file.name === from ? { name: to, text: file.text } : file));
    if (this.openName === from) this.openName = to;
    this.#saveSoon();
    return undefined;
  }

  /** Takes a file away; the one beside it is opened. Returns it and its place, so that it can come back. */
  remove(name: string): { file: TextFile; index: number } | undefined {
    const index = this.list.findIndex((file) => file.name === name);
    const file = this.list[index];
    if (!file || this.list.length === 1) return undefined;
    this.list = this.list.filter((one) => one !== file);
    if (this.openName === name) this.openName = this.list[Math.max(0, index - 1)]?.name ?? '';
    this.#saveSoon();
    return { file, index };
  }

  restore({ file, index }: { file: TextFile; index: number }): void {
    const name = this.read(file.name) === undefined ? file.name : freeName(this.names);
    this.list = this.list.toSpliced(index, 0, { name, text: file.text });
    this.openName = name;
    this.#saveSoon();
  }

  /** Whether so much text can be kept. */
  accepts(text: string): boolean {
    return text.length + this.list.reduce((sum, file) => sum + file.text.length, 0) <= TEXT_LIMIT;
  }

  /** Writes at once; called when the page is left. */
  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#storage.set(KEY, JSON.stringify({ open: this.openName, list: this.list }));
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => this.save(), SAVE_AFTER_MS);
  }
}

function parseStored(text: string | undefined): { open: string; list: TextFile[] } | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as { open?: unknown; list?: unknown };
    const list = Array.isArray(value.list) ? value.list.filter(isFile) : [];
    if (list.length === 0) return undefined;
    const open = list.some((file) => file.name === value.open) ? String(value.open) : list[0]!.name;
    return { open, list };
  } catch {
    /* Not written by this page: the starter files are shown, and replace it with the first edit. */
    return undefined;
  }
}

function isFile(value: unknown): value is TextFile {
  const file = value as Partial<TextFile> | null;
  return typeof file === 'object' && file !== null && typeof file.name === 'string' && typeof file.text === 'string';
}
