import { textOf } from '../../../base/bytes';
import { TAR_END, tarEntries, tarEntry } from '../../../base/tar';
import { absolute, type Command, type ShellHost } from './command';

/** `tar` as far as copying needs it: ustar archives of plain files through standard input and output. */

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
  for (const { name } of tarEntries(shell.state.inputs.at(-1) ?? '')) shell.print(`${name}\n`);
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
  shell.printBytes(archive + TAR_END);
  return status;
}

/** The files of a folder, their names with the slash before them. */
function filesBelow(shell: ShellHost, path: string): { name: string; text: string }[] {
  const root = path === '/' ? '' : path;
  const files = shell.io.list(path).map((file) => ({ name: file.slice(root.length), text: shell.io.read(file) ?? '' }));
  return files.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function entry(shell: ShellHost, name: string, text: string): string {
  return tarEntry(name, text, Math.floor((shell.io.context.epochMs + shell.io.context.nowMs) / 1000));
}

function extract(shell: ShellHost, folder: string): number {
  const archive = shell.state.inputs.at(-1) ?? '';
  if (archive === '') return complain(shell, 'short read');
  for (const { name, isFile, bytes } of tarEntries(archive)) {
    if (isFile) shell.io.write(absolute(`${folder}/${name}`), textOf(bytes));
  }
  return 0;
}
