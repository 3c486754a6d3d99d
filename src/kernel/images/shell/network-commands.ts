import { failureText, type FailureKind, type RequestFailure } from '../../../api/requests';
import type { ProgramEffect, ProgramEvent } from '../program';
import type { Json } from '../../../api/objects';
import { absolute, type Command, type ShellHost } from './command';

type Client = 'wget' | 'curl' | 'nslookup';
type Request = ProgramEffect & { kind: 'request' };
/** What a command line says of its request beside the URL. */
type Asked = Partial<Pick<Request, 'method' | 'body' | 'timeoutMs' | 'connectTimeoutMs'>>;

/** What a command line asks for beside its URL: options with a value, by their names, and those without. */
interface Options {
  readonly url: string | undefined;
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** Sends a request and waits for its answer. */
function ask(
  shell: ShellHost,
  command: Client,
  url: string,
  file: string | null,
  { silent = false, ...asked }: Asked & { silent?: boolean } = {},
): 'waits' {
  const id = `request${shell.state.nextId++}`;
  shell.waitFor({ kind: 'response', id, url, command, file, silent });
  const method = command === 'nslookup' ? 'RESOLVE' : 'GET';
  shell.io.do({ kind: 'request', id, method, url, ...asked });
  return 'waits';
}

/** Data in a command line: JSON where it is that, text otherwise. */
function dataOf(text: string | undefined): Asked {
  if (text === undefined) return {};
  try {
    return { method: 'POST', body: JSON.parse(text) as Json };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { method: 'POST', body: text };
  }
}

const withScheme = (url: string): string => (url.includes('://') ? url : `http://${url}`);

/**
 * Reads options as getopt does: letters may stand together, and one with a value takes what is left of its word or the
 * next one. `valued` names the options that have a value.
 */
function optionsOf(args: readonly string[], valued: readonly string[]): Options {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg.startsWith('--')) {
      const [name = '', value] = arg.slice(2).split(/=(.*)/s);
      if (value === undefined && valued.includes(name)) values.set(name, args[++at] ?? '');
      else if (value === undefined) flags.add(name);
      else values.set(name, value);
    } else if (arg.startsWith('-') && arg !== '-') {
      const letter =
        arg
          .slice(1)
          .split('')
          .findIndex((one) => valued.includes(one)) + 1;
      for (const flag of letter === 0 ? arg.slice(1) : arg.slice(1, letter)) flags.add(flag);
      if (letter > 0) values.set(arg[letter]!, arg.slice(letter + 1) || (args[++at] ?? ''));
    } else rest.push(arg);
  }
  return { url: rest.at(-1), flags, values };
}

/** Seconds of an option as milliseconds. */
function millisecondsOf(text: string | undefined): number | undefined {
  const seconds = Number(text);
  return text !== undefined && seconds > 0 ? seconds * 1000 : undefined;
}

const wget: Command = (shell, args) => {
  const { url, flags, values } = optionsOf(args, [
    'O',
    'T',
    'timeout',
    'output-document',
    'P',
    'header',
    'post-data',
    'U',
    'Y',
  ]);
  if (!url) {
    shell.printToLog('wget: missing URL\n');
    return 1;
  }
  const output = values.get('O') ?? values.get('output-document');
  const file = flags.has('spider') ? '-' : (output ?? `/${url.split('/').at(-1) || 'index.html'}`);
  const timeoutMs = millisecondsOf(values.get('T') ?? values.get('timeout'));
  const limits = timeoutMs === undefined ? {} : { timeoutMs };
  return ask(shell, 'wget', withScheme(url), file, { ...dataOf(values.get('post-data')), ...limits });
};

const curl: Command = (shell, args) => {
  const valued = [
    'o',
    'output',
    'm',
    'max-time',
    'connect-timeout',
    'H',
    'header',
    'd',
    'data',
    'X',
    'request',
    'w',
    'u',
  ];
  const { url, flags, values } = optionsOf(args, valued);
  if (!url) {
    shell.printToLog('curl: no URL specified\n');
    return 2;
  }
  const timeoutMs = millisecondsOf(values.get('m') ?? values.get('max-time'));
  const connectTimeoutMs = millisecondsOf(values.get('connect-timeout'));
  const method = values.get('X') ?? values.get('request');
  const quiet = (flags.has('s') || flags.has('silent')) && !flags.has('S') && !flags.has('show-error');
  const asked = {
    silent: quiet,
    ...dataOf(values.get('d') ?? values.get('data')),
    ...(method === undefined ? {} : { method }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  };
  return ask(shell, 'curl', withScheme(url), values.get('o') ?? values.get('output') ?? '-', asked);
};

const nslookup: Command = (shell, args) => {
  const name = args.find((arg) => !arg.startsWith('-'));
  if (!name) {
    shell.printToLog('nslookup: missing name\n');
    return 1;
  }
  return ask(shell, 'nslookup', name, null);
};

/** Takes the answer that a shell waits for: prints it as the command would. Returns whether it was that answer. */
export function takeResponse(shell: ShellHost, event: ProgramEvent & { kind: 'response' }): boolean {
  const { waiting } = shell.state;
  if (waiting?.kind !== 'response' || waiting.id !== event.id) return false;
  shell.state.waiting = null;
  if (event.failure) {
    const { text, status } = CLIENTS[waiting.command](event.failure);
    if (!waiting.silent) shell.printToLog(`${text}\n`);
    shell.state.status = status;
    return true;
  }
  const text = typeof event.body === 'string' ? event.body : JSON.stringify(event.body ?? '');
  const failed = waiting.command === 'wget' && (event.code ?? 0) >= 400;
  if (failed)
    shell.printToLog(
      `wget: server returned error: HTTP/1.1 ${event.code} ${REASONS[event.code ?? 0] ?? ''}`.trimEnd() + '\n',
    );
  else if (waiting.command === 'nslookup') shell.print(`${NAME_SERVER}\n${text}`);
  else if (waiting.file && waiting.file !== '-') shell.io.write(absolute(waiting.file), text);
  else shell.print(text.endsWith('\n') ? text : `${text}\n`);
  shell.state.status = failed ? 1 : 0;
  return true;
}

/** What nslookup says first: whom it has asked. */
const NAME_SERVER = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

type Failed = { readonly text: string; readonly status: number };

/** What each command says of a failure, and the status it ends with. */
const CLIENTS: Record<Client, (failure: RequestFailure) => Failed> = {
  wget: (failure) => ({ text: `wget: ${wgetText(failure)}`, status: 1 }),
  curl: curlFailure,
  nslookup: ({ kind, host }) =>
    kind === 'NoNameServer'
      ? { text: ';; connection timed out; no servers could be reached', status: 1 }
      : { text: `** server can't find ${host}: NXDOMAIN`, status: 1 },
};

function wgetText(failure: RequestFailure): string {
  const text = failureText(failure);
  if (failure.kind === 'ConnectionReset') return `error getting response: ${text}`;
  const connecting: readonly FailureKind[] = ['ConnectionRefused', 'NoRouteToHost', 'ConnectTimeout'];
  return connecting.includes(failure.kind) ? `can't connect to remote host (${failure.address}): ${text}` : text;
}

function curlFailure({ kind, host, port, afterMs }: RequestFailure): Failed {
  const ms = Math.round(afterMs);
  const say = (status: number, text: string): Failed => ({ text: `curl: (${status}) ${text}`, status });
  const unconnected = `Failed to connect to ${host} port ${port} after ${ms} ms: Could not connect to server`;
  switch (kind) {
    case 'BadUrl':
      return say(3, 'URL rejected: Malformed input to a URL function');
    case 'UnknownHost':
    case 'NoNameServer':
      return say(6, `Could not resolve host: ${host}`);
    case 'ConnectionRefused':
    case 'NoRouteToHost':
      return say(7, unconnected);
    case 'ConnectTimeout':
      return say(28, ms >= KERNEL_GIVES_UP_MS ? unconnected : `Connection timed out after ${ms} milliseconds`);
    case 'Timeout':
      return say(28, `Operation timed out after ${ms} milliseconds with 0 bytes received`);
    case 'ConnectionReset':
      return say(56, 'Recv failure: Connection reset by peer');
  }
}

/** Before that it was curl's own limit. */
const KERNEL_GIVES_UP_MS = 127_000;

export const NETWORK_COMMANDS: Record<string, Command> = { wget, curl, nslookup };
