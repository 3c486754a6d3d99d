import { CliError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { array, bool, slice } from '../flags/flags';
import { goQuote } from '../format/go-text';
import { environmentNameProblems } from '../format/names';
import type { Session } from '../session';

/** The flags from which ConfigMaps and Secrets get their data. */
export const DATA_FLAGS: FlagSpec[] = [
  slice('from-file', 'A file whose name is the key, KEY=FILE, or a folder.'),
  array('from-literal', 'KEY=VALUE.'),
  slice('from-env-file', 'A file with lines KEY=VALUE.'),
  bool('append-hash', 'Add a hash of the data to the name.'),
];

/** Takes one key and its value; throws where the key is not allowed or taken. */
type Take = (key: string, value: string) => void;

/** Reads what the flags name. `kind` is how an error calls the object. */
export function readDataSources(
  session: Session,
  kind: string,
  take: { literal: Take; file: Take },
  literalsFirst: boolean,
): void {
  const { flags } = session;
  const environment = flags.list('from-env-file');
  const literals = flags.list('from-literal');
  const files = flags.list('from-file');
  if (environment.length > 0 && (files.length > 0 || literals.length > 0)) {
    throw new CliError('from-env-file cannot be combined with from-file or from-literal');
  }
  const readLiterals = (): void => literals.forEach((literal) => readLiteral(literal, take.literal));
  if (literalsFirst) readLiterals();
  readFileSources(session, files, take.file);
  if (!literalsFirst) readLiterals();
  for (const name of environment) readEnvironmentFile(session, name, kind, take.literal);
}

function readLiteral(literal: string, take: Take): void {
  const equals = literal.indexOf('=');
  if (equals <= 0) throw new CliError(`invalid literal source ${literal}, expected key=value`);
  take(literal.slice(0, equals), literal.slice(equals + 1));
}

/** Files that `--from-file` names: the key is given or the file's name. */
export function readFileSources(session: Session, sources: readonly string[], take: Take): void {
  for (const source of sources) {
    const { key, path } = splitFileSource(source);
    const text = session.io.readFile(path);
    if (text !== undefined) {
      take(key, text);
      continue;
    }
    const prefix = `${path.replace(/^(\.\/)+/, '').replace(/\/+$/, '')}/`;
    const inside = (session.io.fileNames?.() ?? []).filter(
      (name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'),
    );
    if (inside.length === 0) throw new CliError(`error reading ${path}: no such file or directory`);
    if (source.includes('=')) throw new CliError('cannot give a key name for a directory path');
    for (const name of inside.sort()) take(name.slice(prefix.length), session.io.readFile(name) ?? '');
  }
}

function splitFileSource(source: string): { key: string; path: string } {
  const parts = source.split('=');
  const [key = '', path = ''] = parts;
  if (parts.length === 1) return { key: source.split('/').at(-1) ?? '', path: source };
  if (parts.length === 2 && key === '') throw new CliError(`key name for file path ${path} missing`);
  if (parts.length === 2 && path === '') throw new CliError(`file path for key name ${key} missing`);
  if (parts.length > 2) throw new CliError("key names or file paths cannot contain '='");
  return { key, path };
}

function readEnvironmentFile(session: Session, name: string, kind: string, take: Take): void {
  const text = session.io.readFile(name);
  if (text === undefined) {
    const isFolder = (session.io.fileNames?.() ?? []).some((file) => file.startsWith(`${name.replace(/\/+$/, '')}/`));
    if (isFolder) throw new CliError(`env ${kind} file cannot be a directory`);
    throw new CliError(`error reading ${name}: no such file or directory`);
  }
  for (const raw of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    const problems = environmentNameProblems(key);
    if (problems.length > 0) throw new CliError(`${goQuote(key)} is not a valid key name: ${problems.join(';')}`);
    take(key, equals < 0 ? '' : line.slice(equals + 1));
  }
}
