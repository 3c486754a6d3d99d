import { CliError } from '../errors';
import type { KubectlIo } from '../io';

const CURRENT = '/';

/**
 * A folder with a kustomization, and how it was come to. Files are only read in it and below. Models api/internal/loader
 * FileLoader.
 */
export class Folder {
  /** With a slash before it, as errors name it. */
  readonly path: string;
  private readonly io: KubectlIo;
  private readonly referrer: Folder | undefined;

  private constructor(io: KubectlIo, path: string, referrer?: Folder) {
    this.io = io;
    this.path = path;
    this.referrer = referrer;
  }

  /** The path; relative where nobody knows that of the current folder. */
  get shownPath(): string {
    if (this.io.folder !== undefined) return this.path;
    return this.path === CURRENT ? '.' : `.${this.path}`;
  }

  /** The folder that a command names. Throws where there is none. */
  static open(io: KubectlIo, name: string): Folder {
    if (/^(https?|ssh|git|file):\/\/|^git@|^github\.com[/:]/.test(name)) throw unreachable(name);
    const path = normalize(name.startsWith('/') ? name : `${io.folder ?? CURRENT}/${name}`);
    return new Folder(io, confirmed(io, path, name), undefined);
  }

  /** A folder that a kustomization refers to. Throws where there is none or it would lead in a circle. */
  below(name: string): Folder {
    if (name === '') throw new CliError('new root cannot be empty');
    if (isRemote(name)) throw unreachable(name);
    if (name.startsWith('/')) throw new CliError(`new root '${name}' cannot be absolute`);
    const path = normalize(`${this.path}/${name}`);
    confirmed(this.io, path, path);
    const visited = this.visitedWithin(path);
    if (visited) throw new CliError(`cycle detected: candidate root '${path}' contains visited root '${visited}'`);
    return new Folder(this.io, path, this);
  }

  /** This folder or one that led to it, where it is in a folder of that path. */
  private visitedWithin(path: string): string | undefined {
    return isWithin(this.path, path) ? this.path : this.referrer?.visitedWithin(path);
  }

  /** Whether a file is there. */
  has(name: string): boolean {
    return textOf(this.io, normalize(`${this.path}/${name}`)) !== undefined;
  }

  /** The text of a file. Throws where it is not there, or outside of the folder. */
  read(name: string): string {
    if (/^https?:\/\//.test(name)) throw unreachable(name);
    const path = normalize(name.startsWith('/') ? name : `${this.path}/${name}`);
    const text = textOf(this.io, path);
    if (text === undefined) {
      if (isFolder(this.io, path)) throw new CliError(`'${path}' must resolve to a file`);
      throw missing(this.io, path, path);
    }
    if (!isWithin(path, this.path)) throw new CliError(`security; file '${path}' is not in or below '${this.path}'`);
    return text;
  }
}

const isRemote = (name: string): boolean =>
  /^(https?|ssh|git|file):\/\/|^git@|^[\w-]+\.[\w.-]+\/[^/]+\/[^/]/.test(name);

const unreachable = (name: string): CliError =>
  new CliError(`unable to read '${name}': no network is reached from here`);

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);

/** A path without `.`, `..` and double slashes. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** How the command's files call a path: relative to its current folder. */
function localName(io: KubectlIo, path: string): string {
  const from = normalize(io.folder ?? CURRENT)
    .split('/')
    .filter(Boolean);
  const to = path.split('/').filter(Boolean);
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.';
}

const textOf = (io: KubectlIo, path: string): string | undefined => io.readFile(localName(io, path));

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

function isFolder(io: KubectlIo, path: string): boolean {
  const name = localName(io, path);
  if (/^(\.|(\.\.\/)*\.\.)$/.test(name)) return true;
  return (
    NAMES.some((file) => io.readFile(`${name}/${file}`) !== undefined) ||
    (io.fileNames?.() ?? []).some((file) => file.startsWith(`${name}/`))
  );
}

function confirmed(io: KubectlIo, path: string, said: string): string {
  if (isFolder(io, path)) return path;
  const trouble =
    textOf(io, path) === undefined
      ? `not a valid directory: ${missing(io, path, said).message}`
      : `'${said}': file is not directory`;
  throw new CliError(`must build at directory: ${trouble}`);
}

/** Names the first step of a path that does not exist. */
function missing(io: KubectlIo, path: string, said: string): CliError {
  const steps = path.split('/').slice(1);
  let known = '';
  for (const step of steps) {
    known += `/${step}`;
    if (!isFolder(io, known) && !isWithin(normalize(io.folder ?? CURRENT), known)) break;
  }
  return new CliError(`evalsymlink failure on '${said}' : lstat ${known}: no such file or directory`);
}

/** The file of a folder that says how to build it, and its name. Throws where there is none or several. */
export function kustomizationFile(folder: Folder): { name: string; text: string } {
  const [name, ...more] = NAMES.filter((one) => folder.has(one));
  if (name === undefined) {
    const quoted = NAMES.map((one) => `'${one}'`);
    throw new CliError(
      `unable to find one of ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)} in directory '${folder.shownPath}'`,
    );
  }
  if (more.length > 0) throw new CliError(`Found multiple kustomization files under: ${folder.shownPath}\n`);
  return { name, text: folder.read(name) };
}
