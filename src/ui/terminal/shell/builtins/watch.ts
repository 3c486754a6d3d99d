import type { Builtin } from '../builtin';
import { ToolError } from '../tool';
import { quoted } from '../words';

const SHORTEST_S = 0.1;

export const watch: Builtin = {
  names: ['watch'],
  about: 'runs a command again and again and shows what it prints last: -n SECONDS, -t without a title',
  run: async (args, io) => {
    const { seconds, titled, words } = readLine(args);
    while (!io.signal.aborted) {
      let printed = '';
      const keep = (text: string): void => void (printed += text);
      const sink = { stdout: keep, stderr: keep };
      if (words.length === 1) await io.shell.run(words[0]!, sink, io.signal);
      else await io.shell.runWords(words, sink, io.signal);
      if (io.signal.aborted) break;
      const title = titled
        ? `Every ${seconds.toFixed(1)}s: ${words.length === 1 ? words[0] : words.map(quoted).join(' ')}\n\n`
        : '';
      io.screen(title + printed);
      await pause(seconds * 1_000, io.signal);
    }
    return 130;
  },
};

/** Options of watch end where the command begins, whose own follow. */
function readLine(args: readonly string[]): { seconds: number; titled: boolean; words: string[] } {
  const words = [...args];
  let seconds = 2;
  let titled = true;
  while (words[0]?.startsWith('-')) {
    const word = words.shift()!;
    const interval = /^(?:-n|--interval=?)(.*)$/.exec(word);
    if (interval) {
      seconds = Number(interval[1] === '' ? words.shift() : interval[1]);
      if (!(seconds >= SHORTEST_S)) throw new ToolError('-n takes seconds, 0.1 at least');
    } else if (word === '-t' || word === '--no-title') titled = false;
    else if (word === '--') break;
    else if (!/^(-[dbegcxw]+|--(differences|color|exec|beep|errexit|chgexit))$/.test(word))
      throw new ToolError(`unrecognized option '${word}'`);
  }
  if (words.length === 0) throw new ToolError('which command? watch kubectl get pods');
  return { seconds, titled, words };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
