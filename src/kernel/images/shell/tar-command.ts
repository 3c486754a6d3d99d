import { bytesOf, textOf } from '../../../base/bytes';
import { absolute, type Command, type ShellHost } from './command';

/** `tar` as far as copying needs it: ustar archives of plain files through standard input and output. */

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

export const tar: Command = (shell, args) => {
  const [mode = '', ...rest] = args;
  const flags = mode.replace(/^-/, '');
  const folder = folderOf(rest);
  const file = flags.includes('f') ? rest[0] : '-';
  if (file !== '-') return complain(shell, `can't open '${file ?? ''}': No such file or directory`);
  if (/[zjJ]/.test(flags)) return complain(shell, 'only plain archives are read and written here');
  if (flags.includes('c')) return create(shell, folder, namesOf(rest.slice(1)));
  if (flags.includes('x')) return extract(shell, folder);
  if (!flags.includes('t')) return complain(shell, 'must specify exactly one of -c -x -t');
  for (const { name } of entriesOf(shell.state.inputs.at(-1) ?? '')) shell.print(`${name}\n`);
  return 0;
};

function complain(shell: ShellHost, text: string): number {
  shell.printToLog(`tar: ${text}\n`);
  return 1;
}

function folderOf(args: readonly string[]): string {
  const at = args.indexOf('-C');
  return at < 0 ? '/' : (args[at + 1] ?? '/');
}

const namesOf = (args: readonly string[]): string[] =>
  args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-C');

function create(shell: ShellHost, folder: string, names: readonly string[]): number {
  let status = 0;
  let archive = '';
  for (const name of names) {
    const path = absolute(name.startsWith('/') ? name : `${folder}/${name}`);
    if (!shell.io.exists(path)) {
      status = complain(shell, `${name}: No such file or directory`);
      continue;
    }
    const stored = name.replace(/^\/+/, '').replace(/\/+$/, '') || '.';
    const text = shell.io.read(path);
    if (text !== undefined) archive += entry(shell, stored, text);
    else for (const file of filesBelow(shell, path)) archive += entry(shell, stored + file.name, file.text);
  }
  shell.printBytes(archive + '\0'.repeat(2 * BLOCK));
  return status;
}

/** The files of a folder, their names with the slash before them. */
function filesBelow(shell: ShellHost, path: string): { name: string; text: string }[] {
  const root = path === '/' ? '' : path;
  const files = shell.io.list(path).map((file) => ({ name: file.slice(root.length), text: shell.io.read(file) ?? '' }));
  return files.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function entry(shell: ShellHost, name: string, text: string): string {
  const bytes = bytesOf(text);
  const seconds = Math.floor((shell.io.context.epochMs + shell.io.context.nowMs) / 1000);
  const padding = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
  return header(name, bytes.length, seconds) + bytes + '\0'.repeat(padding);
}

/** Models POSIX ustar: fields of fixed width, and a sum over the header in which its own field counts as blanks. */
function header(name: string, size: number, seconds: number): string {
  const { prefix, rest } = splitName(bytesOf(name));
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const before = rest.padEnd(NAME_BYTES, '\0') + octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12);
  const after = `0${'\0'.repeat(NAME_BYTES)}ustar\0${'00'}${field('root', 32)}${field('root', 32)}${octal(0, 8)}${octal(0, 8)}`;
  const [left, right] = [before + octal(seconds, 12), after + field(prefix, PREFIX_BYTES)];
  const sum = [...left, ...right].reduce((total, byte) => total + byte.charCodeAt(0), 8 * ' '.charCodeAt(0));
  return field(`${left}${sum.toString(8).padStart(6, '0')}\0 ${right}`, BLOCK);
}

const field = (text: string, width: number): string => text.slice(0, width).padEnd(width, '\0');

function splitName(name: string): { prefix: string; rest: string } {
  if (name.length <= NAME_BYTES) return { prefix: '', rest: name };
  const slash = name.indexOf('/', name.length - NAME_BYTES - 1);
  if (slash < 0 || slash > PREFIX_BYTES) return { prefix: '', rest: name.slice(0, NAME_BYTES) };
  return { prefix: name.slice(0, slash), rest: name.slice(slash + 1) };
}

function extract(shell: ShellHost, folder: string): number {
  const archive = shell.state.inputs.at(-1) ?? '';
  if (archive === '') return complain(shell, 'short read');
  for (const { name, isFile, bytes } of entriesOf(archive)) {
    if (isFile) shell.io.write(absolute(`${folder}/${name}`), textOf(bytes));
  }
  return 0;
}

function* entriesOf(archive: string): Generator<{ name: string; isFile: boolean; bytes: string }> {
  let longName = '';
  for (let at = 0; at + BLOCK <= archive.length && archive.charCodeAt(at) !== 0;) {
    const text = (from: number, length: number): string => archive.slice(at + from, at + from + length).split('\0')[0]!;
    const size = Number.parseInt(text(124, 12).trim() || '0', 8) || 0;
    const bytes = archive.slice(at + BLOCK, at + BLOCK + size);
    const kind = text(156, 1);
    const prefix = text(345, PREFIX_BYTES);
    const name = longName || (prefix === '' ? text(0, NAME_BYTES) : `${prefix}/${text(0, NAME_BYTES)}`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (kind === 'x') longName = paxPath(bytes);
    else if (kind === 'L') longName = bytes.replace(/\0+$/, '');
    else {
      longName = '';
      yield { name: textOf(name), isFile: kind === '' || kind === '0', bytes };
    }
  }
}

/** The name that a PAX header gives the entry after it; empty where it gives none. */
function paxPath(bytes: string): string {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(bytes)?.[1] ?? '';
}
