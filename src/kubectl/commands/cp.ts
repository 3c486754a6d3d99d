import type { Command } from '../command';
import { textOf } from '../../base/bytes';
import { TAR_END, tarEntries, tarEntry } from '../../base/tar';
import { chooseContainer } from '../cluster/containers';
import { streamFrom } from '../cluster/streams';
import { CliError, ExitError } from '../errors';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';
import { bool, int, text } from '../flags/flags';

export const cpCommand: Command = {
  name: 'cp',
  usage: 'cp <file-spec-src> <file-spec-dest>',
  short: 'Copy files and directories to and from containers',
  long: 'Copies files between here and a container.',
  examples: `  # A checkpoint from the volume of a trainer
  kubectl cp train-sgd-x7k2p:/checkpoints/latest.json latest.json

  # A data set into it
  kubectl cp points.csv train-sgd-x7k2p:/data/points.csv`,
  flags: [
    text('container', 'The container.', { short: 'c' }),
    bool('no-preserve', 'Do not keep owners and permissions.'),
    int('retries', 'How often to try again.'),
  ],
  run: copy,
};

async function copy(session: Session): Promise<void> {
  const { args } = session;
  if (args.length !== 2) throw new CliError('source and destination are required');
  const [source, target] = args.map(fileSpec);
  if (source?.pod && target?.pod) throw new CliError('one of src or dest must be a local file specification');
  if (!source?.file || !target?.file) throw new CliError('filepath can not be empty');
  if (source.pod) return copyFrom(session, source, target.file);
  if (target.pod) return copyTo(session, source.file, target);
  throw new CliError('one of src or dest must be a remote file specification');
}

async function containerIn(session: Session, spec: string): Promise<{ pod: JsonObject; container: string }> {
  const [name = '', namespace = session.namespace] = spec.split('/').reverse();
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const pod = (await session.rest.json('GET', path)) as JsonObject;
  return { pod, container: chooseContainer(session, pod, session.flags.text('container'), false) };
}

/** Models cp.go copyFromPod: `tar` in the container, and its entries become files here. What it complains of is printed. */
async function copyFrom(session: Session, { pod: spec, file }: FileSpec, local: string): Promise<void> {
  const { io } = session;
  if (!io.writeFile) throw new CliError('no files can be written here');
  const at = await containerIn(session, spec);
  let archive = '';
  const onData = (stream: 'stdout' | 'stderr', bytes: string): void => {
    if (stream === 'stdout') archive += bytes;
    else session.print(textOf(bytes));
  };
  await streamFrom(session, { ...at, subresource: 'exec', command: ['tar', 'cf', '-', file], onData });
  const root = file.replace(/^\/+/, '').replace(/\/+$/, '');
  for (const { name, isFile, bytes } of tarEntries(archive))
    if (isFile) io.writeFile(local + name.slice(root.length), textOf(bytes));
}

/** Models cp.go copyToPod: a folder that is there takes the file under its own name. */
async function copyTo(session: Session, local: string, { pod: spec, file }: FileSpec): Promise<void> {
  const { io } = session;
  const names =
    io.readFile(local) === undefined ? (io.fileNames?.() ?? []).filter((one) => one.startsWith(`${local}/`)) : [local];
  if (names.length === 0) throw new CliError(`${local} doesn't exist in local filesystem`);
  const at = await containerIn(session, spec);
  const base = local.replace(/\/+$/, '').split('/').at(-1)!;
  const target = (await isFolder(session, at, file)) ? `${file.replace(/\/+$/, '')}/${base}` : file;
  const stored = target.split('/').at(-1)!;
  const seconds = Math.floor(io.nowMs() / 1000);
  const entries = names.map((name) => tarEntry(stored + name.slice(local.length), io.readFile(name) ?? '', seconds));
  const folder = target.slice(0, -stored.length) || '.';
  const command = ['tar', '-xmf', '-', '-C', folder];
  await streamFrom(session, { ...at, subresource: 'exec', command, input: entries.join('') + TAR_END });
}

async function isFolder(session: Session, at: { pod: JsonObject; container: string }, path: string): Promise<boolean> {
  try {
    await streamFrom(session, { ...at, subresource: 'exec', command: ['test', '-d', path], quiet: true });
    return true;
  } catch (thrown) {
    if (thrown instanceof ExitError) return false;
    throw thrown;
  }
}

interface FileSpec {
  pod: string;
  file: string;
}

/** `[[namespace/]pod:]file`. */
function fileSpec(text: string): FileSpec {
  const colon = text.indexOf(':');
  if (colon === 0) throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  if (colon < 0) return { pod: '', file: text };
  const pod = text.slice(0, colon);
  if (pod.split('/').length > 2)
    throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  return { pod, file: text.slice(colon + 1) };
}
