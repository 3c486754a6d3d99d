import { CliError } from '../errors';
import type { KubectlIo } from '../io';

const EXTENSIONS = ['.json', '.yaml', '.yml'];

/** A text with objects and the name under which errors speak of it. */
export interface ManifestSource {
  name: string;
  text: string;
  /** Why there is no text; told when its turn comes. */
  trouble?: Error;
}

/** Files, folders and patterns behind `-f`; `STDIN` for `-`. Several problems are reported together. */
export function manifestSources(
  io: KubectlIo,
  names: readonly string[],
  recursive: boolean,
  problems: Error[],
): ManifestSource[] {
  const sources: ManifestSource[] = [];
  let stdinUsed = false;
  for (const name of names) {
    if (name === '-') {
      if (stdinUsed) problems.push(new CliError('standard input cannot be used for multiple arguments'));
      stdinUsed = true;
      sources.push({ name: 'STDIN', text: io.stdin ?? '' });
    } else if (/^https?:\/\//.test(name)) {
      problems.push(new CliError(`unable to read URL "${name}": no network is reached from here`));
    } else addPaths(io, name, recursive, sources, problems);
  }
  return sources;
}

function addPaths(io: KubectlIo, name: string, recursive: boolean, sources: ManifestSource[], problems: Error[]): void {
  const paths = matches(io, name);
  if (paths.length === 0) {
    problems.push(new CliError(`the path "${name}" does not exist`));
    return;
  }
  for (const path of paths) {
    const text = io.readFile(path);
    if (text !== undefined) sources.push({ name: path, text });
    else
      for (const file of filesBelow(io, path, recursive)) sources.push({ name: file, text: io.readFile(file) ?? '' });
  }
  if (sources.length === 0 && problems.length === 0) {
    problems.push(
      new CliError(`error reading [${paths.join(' ')}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`),
    );
  }
}

function clean(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '') || '.';
}

function isFolder(io: KubectlIo, path: string): boolean {
  const folder = clean(path);
  return folder === '.'
    ? (io.fileNames?.().length ?? 0) > 0
    : (io.fileNames?.() ?? []).some((file) => file.startsWith(`${folder}/`));
}

function matches(io: KubectlIo, name: string): string[] {
  if (io.readFile(name) !== undefined || isFolder(io, name)) return [name];
  if (!/[*?[]/.test(name)) return [];
  const pattern = new RegExp(
    `^${clean(name)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  );
  return (io.fileNames?.() ?? []).filter((file) => pattern.test(file)).sort();
}

function filesBelow(io: KubectlIo, folder: string, recursive: boolean): string[] {
  const root = clean(folder);
  const prefix = root === '.' ? '' : `${root}/`;
  return (io.fileNames?.() ?? [])
    .filter((file) => file.startsWith(prefix))
    .filter((file) => recursive || !file.slice(prefix.length).includes('/'))
    .filter((file) => EXTENSIONS.some((extension) => file.endsWith(extension)))
    .sort();
}
