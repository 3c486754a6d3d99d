import { bytesOf, textOf } from '../../base/bytes';
import type { ApiRequest, Channel, ChannelEnd } from '../../api/client';
import type { Json } from '../../api/objects';
import type { Status } from '../../api/status';
import { CliError, ExitError, InterruptedError } from '../errors';
import type { JsonObject } from '../format/json';
import { textAt } from '../format/json';
import type { Session } from '../session';
import { refusal } from './rest';

/** What is asked of a container, and where its streams lead. */
export interface StreamAsk {
  readonly pod: JsonObject;
  readonly container: string;
  readonly subresource: 'exec' | 'attach';
  readonly command?: readonly string[];
  /** What standard input is given: bytes, a character each; nothing where it is not passed on. */
  readonly input?: string;
  /** Says nothing of a code other than 0. */
  readonly quiet?: boolean;
  /** Bytes that come. Without it they are printed. */
  readonly onData?: (stream: 'stdout' | 'stderr', bytes: string) => void;
}

/** Runs a command in a container, or attaches to it, until it ends. Throws for a code other than 0. Models remotecommand. */
export async function streamFrom(session: Session, ask: StreamAsk): Promise<void> {
  const print = (stream: 'stdout' | 'stderr', bytes: string): void =>
    stream === 'stdout' ? session.print(textOf(bytes)) : session.printError(textOf(bytes));
  const end = await untilEnd(session, requestOf(ask), ask.input, ask.onData ?? print);
  if ('refusal' in end) throw refusal(end.refusal, 'GET');
  throwFailure(session, end.status, ask.quiet === true);
}

function requestOf({ pod, container, subresource, command, input }: StreamAsk): ApiRequest {
  const [namespace, name] = [textAt(pod, 'metadata', 'namespace'), textAt(pod, 'metadata', 'name')];
  return {
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/${subresource}`,
    query: { container, stdout: 'true', stderr: 'true', ...(input === undefined ? {} : { stdin: 'true' }) },
    ...(command ? { repeated: { command: [...command] } } : {}),
    headers: { 'user-agent': 'kubectl/v1.36.3' },
  };
}

function untilEnd(
  session: Session,
  request: ApiRequest,
  input: string | undefined,
  onData: NonNullable<StreamAsk['onData']>,
): Promise<ChannelEnd> {
  const { signal } = session.io;
  return new Promise((resolve, reject) => {
    const opened: { channel?: Channel } = {};
    const interrupt = (): void => {
      opened.channel?.close();
      reject(new InterruptedError('interrupted'));
    };
    const onEnd = (end: ChannelEnd): void => {
      signal?.removeEventListener('abort', interrupt);
      resolve(end);
    };
    opened.channel = session.client.channel(request, { onData, onEnd });
    if (signal?.aborted) return interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    if (input === undefined) return;
    if (input !== '') opened.channel.send(input);
    opened.channel.endInput();
  });
}

/** Models client-go remotecommand errorDecoderV4, and what kubectl does with an exit code. */
function throwFailure(session: Session, body: Json, quiet: boolean): void {
  const status = body as unknown as Status;
  if (status.status === 'Success') return;
  if (status.reason !== 'NonZeroExitCode') throw new CliError(status.message ?? 'unknown error');
  const cause = status.details?.causes?.find((one) => one.reason === 'ExitCode');
  const code = Number(cause?.message ?? 1);
  if (!quiet) session.printError(`command terminated with exit code ${code}\n`);
  throw new ExitError(code);
}

/** Standard input as it is passed on: nothing without `--stdin`. It is never a terminal here. */
export function inputOf(session: Session): { input?: string } {
  if (session.flags.bool('tty'))
    session.printError('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return session.flags.bool('stdin') ? { input: bytesOf(session.io.stdin ?? '') } : {};
}
