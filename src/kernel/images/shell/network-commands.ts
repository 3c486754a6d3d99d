import type { ProgramEvent } from '../program';
import { absolute, type Command, type ShellHost } from './command';

/** Sends a request and waits for its answer. */
function ask(shell: ShellHost, command: 'wget' | 'curl' | 'nslookup', url: string, file: string | null): 'waits' {
  const id = `request${shell.state.nextId++}`;
  shell.waitFor({ kind: 'response', id, url, command, file });
  const method = command === 'nslookup' ? 'RESOLVE' : 'GET';
  shell.io.do({ kind: 'request', id, method, url });
  return 'waits';
}

const withScheme = (url: string): string => (url.includes('://') ? url : `http://${url}`);
const urlOf = (args: string[]): string | undefined => args.findLast((arg) => !arg.startsWith('-'));

const wget: Command = (shell, args) => {
  const url = urlOf(args);
  if (!url) {
    shell.printToLog('wget: missing URL\n');
    return 1;
  }
  const output = args.indexOf('-O');
  const toStandardOutput =
    args.some((arg) => /^-q?O-$/.test(arg)) || args[output + 1] === '-' || args.includes('--spider');
  const file = toStandardOutput ? '-' : output >= 0 ? args[output + 1]! : `/${url.split('/').at(-1) || 'index.html'}`;
  return ask(shell, 'wget', withScheme(url), file);
};

const curl: Command = (shell, args) => {
  const url = urlOf(args);
  if (!url) {
    shell.printToLog('curl: no URL specified\n');
    return 2;
  }
  const output = args.indexOf('-o');
  return ask(shell, 'curl', withScheme(url), output >= 0 ? args[output + 1]! : '-');
};

const nslookup: Command = (shell, args) => {
  const name = urlOf(args);
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
  const host = /^(?:https?:\/\/)?([^/:]+)/.exec(waiting.url)?.[1] ?? waiting.url;
  if (event.error !== undefined) {
    shell.printToLog(`${failure(waiting.command, host, event.error)}\n`);
    shell.state.status = waiting.command === 'curl' ? (event.error.startsWith('could not resolve') ? 6 : 7) : 1;
    return true;
  }
  const text = typeof event.body === 'string' ? event.body : JSON.stringify(event.body ?? '');
  const failed = waiting.command === 'wget' && (event.code ?? 0) >= 400;
  if (failed) shell.printToLog(`wget: server returned error: HTTP/1.1 ${event.code}\n`);
  else if (waiting.file && waiting.file !== '-') shell.io.write(absolute(waiting.file), text);
  else shell.print(text.endsWith('\n') ? text : `${text}\n`);
  shell.state.status = failed ? 1 : 0;
  return true;
}

function failure(command: 'wget' | 'curl' | 'nslookup', host: string, error: string): string {
  if (command === 'nslookup') return `** server can't find ${host}: NXDOMAIN`;
  if (command === 'curl') return `curl: ${error}`;
  return error.startsWith('could not resolve')
    ? `wget: bad address '${host}'`
    : `wget: can't connect to remote host: ${error}`;
}

export const NETWORK_COMMANDS: Record<string, Command> = { wget, curl, nslookup };
