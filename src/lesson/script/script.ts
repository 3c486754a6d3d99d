import type { Problem } from '../format/lesson';

/** What a learner does, line by line. `lessons/README.md` says how it is written. Text may hold `${CEL}`. */
export type Step = { readonly line: number } & (
  | { readonly do: 'kubectl'; readonly command: string; readonly stdin?: string }
  | { readonly do: 'file'; readonly name: string; readonly text: string }
  | { readonly do: 'edit'; readonly name: string; readonly old: string; readonly new: string }
  | { readonly do: 'apply'; readonly name: string }
  | { readonly do: 'fault' | 'world'; readonly yaml: string }
  | { readonly do: 'page'; readonly page: number }
  | { readonly do: 'predict'; readonly id: string; readonly choice: string }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'wait for'; readonly what: 'goal' | 'fact'; readonly id: string; readonly withinMs: number }
  | { readonly do: 'open'; readonly goal: string; readonly words: string }
  | { readonly do: 'failing'; readonly goal: string }
);

type Deed = Step extends infer One ? (One extends Step ? Omit<One, 'line'> : never) : never;

const WITHIN_MS = 600_000;
const STEPS_LIMIT = 500;
const SPAN = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A line that begins a here-document: what it is for, and the word that ends it. */
const HERE_DOCUMENT = /^(.*)<<\s*'?(\w+)'?$/;

/** The index of the line that ends the here-document begun at `from`; -1 where none does. */
const endOfHereDocument = (lines: readonly string[], from: number, word: string): number =>
  lines.findIndex((line, index) => index > from && line.trim() === word);

/** Reads one script. Lines count from `firstLine`. */
export function readScript(text: string, file: string, problems: Problem[], firstLine = 1): Step[] {
  const lines = text.split(/\r?\n/);
  const steps: Step[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    const number = at + firstLine;
    const heredoc = HERE_DOCUMENT.exec(line);
    let inside: string | undefined;
    if (heredoc) {
      const end = endOfHereDocument(lines, at, heredoc[2]!);
      if (end < 0) problems.push({ file, line: number, message: `there is no line ${heredoc[2]} that ends this` });
      inside = `${lines.slice(at + 1, end < 0 ? lines.length : end).join('\n')}\n`;
      at = end < 0 ? lines.length : end;
    }
    const deed = deedOf((heredoc?.[1] ?? line).trim(), inside);
    if (typeof deed === 'string') problems.push({ file, line: number, message: deed });
    else steps.push({ line: number, ...deed } as Step);
  }
  if (steps.length > STEPS_LIMIT)
    problems.push({ file, line: firstLine, message: `a script has at most ${STEPS_LIMIT} steps` });
  return steps;
}

/** Reads the scripts of a file, which lines of `---` part; inside of a here-document such a line is of its text. */
export function readScripts(text: string, file: string, problems: Problem[]): Step[][] {
  const scripts: Step[][] = [];
  let from = 0;
  const lines = text.split(/\r?\n/);
  for (let at = 0; at <= lines.length; at++) {
    const line = lines[at]?.trim();
    const heredoc = line === undefined || line.startsWith('#') ? null : HERE_DOCUMENT.exec(line);
    if (heredoc) at = Math.max(at, endOfHereDocument(lines, at, heredoc[2]!));
    if (at < lines.length && lines[at] !== '---') continue;
    const steps = readScript(lines.slice(from, at).join('\n'), file, problems, from + 1);
    if (steps.length > 0) scripts.push(steps);
    from = at + 1;
  }
  return scripts;
}

type Reader = (rest: string, inside: string | undefined) => Deed | string;

const READERS: Readonly<Record<string, Reader>> = {
  kubectl: (rest, inside) => ({ do: 'kubectl', command: rest, ...(inside === undefined ? {} : { stdin: inside }) }),
  file: (rest, inside) =>
    inside === undefined ? 'file NAME <<END, the text, END' : { do: 'file', name: rest, text: inside },
  edit: (rest) => {
    const [, name, old, by] = /^(\S+) "((?:[^"\\]|\\.)*)" => "((?:[^"\\]|\\.)*)"$/.exec(rest) ?? [];
    if (name === undefined || !old) return 'edit NAME "old" => "new"';
    return { do: 'edit', name, old: unquoted(old), new: unquoted(by!) };
  },
  apply: (rest) => (rest === '' ? 'apply NAME' : { do: 'apply', name: rest }),
  fault: (rest) => ({ do: 'fault', yaml: rest }),
  world: (rest) => ({ do: 'world', yaml: rest }),
  page: (rest) => (/^\d+$/.test(rest) ? { do: 'page', page: Number(rest) } : 'page NUMBER'),
  predict: (rest) => {
    const [id, ...choice] = rest.split(' ');
    return id && choice.length > 0 ? { do: 'predict', id, choice: choice.join(' ') } : 'predict ID CHOICE';
  },
  wait: readWait,
  open: (rest) => {
    const [, goal, words] = /^(\S+) "([^"]+)"$/.exec(rest) ?? [];
    return goal && words ? { do: 'open', goal, words } : 'open GOAL "words of its reason"';
  },
  failing: (rest) => (rest === '' ? 'failing GOAL' : { do: 'failing', goal: rest }),
};

function readWait(rest: string): Deed | string {
  const span = spanMs(rest);
  if (span !== undefined) return { do: 'wait', ms: span };
  const [, what, id, within] = /^(goal|fact) (\S+)(?: within (\S+))?$/.exec(rest) ?? [];
  const withinMs = within === undefined ? WITHIN_MS : spanMs(within);
  if (!id || withinMs === undefined) return 'wait 30s, wait goal ID, or wait fact ID within 20m';
  return { do: 'wait for', what: what as 'goal' | 'fact', id, withinMs };
}

function spanMs(text: string): number | undefined {
  const [, number, unit] = SPAN.exec(text) ?? [];
  return unit === undefined ? undefined : Number(number) * UNITS[unit]!;
}

const unquoted = (text: string): string => text.replace(/\\(.)/g, (_, mark: string) => (mark === 'n' ? '\n' : mark));

function deedOf(line: string, inside: string | undefined): Deed | string {
  const space = line.indexOf(' ');
  const word = space < 0 ? line : line.slice(0, space);
  const read = Object.hasOwn(READERS, word) ? READERS[word] : undefined;
  if (read) return read(space < 0 ? '' : line.slice(space + 1).trim(), inside);
  return `there is no step ${JSON.stringify(word)}; there are ${Object.keys(READERS).join(', ')}`;
}

/** Text with each `${CEL}` in it replaced by what `valueOf` gives for it. */
export function filled(text: string, valueOf: (source: string) => string): string {
  return text.replace(/\$\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}/g, (_, source: string) => valueOf(source));
}
