import { subjectOf, type Subject } from '../inspector/subjects';
import type { Span } from './lines';

/** Words of a STATUS column that say that something needs a person. */
const TROUBLE =
  /^(NotReady|Unknown|Error|Failed|Evicted|OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|CreateContainerError|CreateContainerConfigError|RunContainerError|ContainerStatusUnknown|DeadlineExceeded|UnexpectedAdmissionError|StartError|Lost|Init:(Error|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|OOMKilled))\b/;
const OWNED = /^([a-z]+)(?:\.[a-z0-9.]+)?\/([a-z0-9.-]+)/;

interface Columns {
  name?: [start: number, end: number];
  namespace?: [start: number, end: number];
  status?: [start: number, end: number];
}

/** Finds in a command's output what can be pointed at: names under NAME, `kind/name`, trouble under STATUS. */
export class OutputReader {
  readonly #word: string;
  readonly #namespace: string;
  readonly #tables: boolean;
  #columns: Columns | undefined;

  constructor(args: readonly string[]) {
    const [verb = '', word = ''] = plainArguments(args);
    this.#tables = verb === 'get' || verb === 'events';
    this.#word = word.split('/')[0]!.split(',')[0]!;
    this.#namespace = namespaceOf(args);
  }

  read(line: string): Span[] {
    if (this.#tables && /^(NAMESPACE +)?(NAME|LAST SEEN) /.test(line)) {
      this.#columns = columnsOf(line);
      return [{ text: line }];
    }
    if (line === '') this.#columns = undefined;
    return this.#columns ? this.#row(line, this.#columns) : this.#sentence(line);
  }

  #row(line: string, { name, namespace, status }: Columns): Span[] {
    const marks: { from: number; to: number; span: Omit<Span, 'text'> }[] = [];
    const inNamespace = namespace ? line.slice(...namespace).trim() : this.#namespace;
    if (name) {
      const text = line.slice(...name).trim();
      const [, word, short] = OWNED.exec(text) ?? [undefined, this.#word, text];
      const subject = subjectOf(word ?? '', short ?? '', inNamespace);
      if (subject && text !== '') marks.push({ from: name[0], to: name[0] + text.length, span: { subject } });
    }
    if (status) {
      const found = TROUBLE.exec(line.slice(...status));
      if (found) marks.push({ from: status[0], to: status[0] + found[0].length, span: { trouble: true } });
    }
    return spansOf(
      line,
      marks.sort((left, right) => left.from - right.from),
    );
  }

  /** `job.batch/train-sgd created` and `pod "x" deleted` name objects too. */
  #sentence(line: string): Span[] {
    const found = OWNED.exec(line);
    const subject: Subject | undefined = found ? subjectOf(found[1]!, found[2]!, this.#namespace) : undefined;
    return found && subject ? spansOf(line, [{ from: 0, to: found[0].length, span: { subject } }]) : [{ text: line }];
  }
}

function spansOf(line: string, marks: readonly { from: number; to: number; span: Omit<Span, 'text'> }[]): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { from, to, span } of marks) {
    if (from > at) spans.push({ text: line.slice(at, from) });
    spans.push({ text: line.slice(from, to), ...span });
    at = to;
  }
  if (at < line.length || spans.length === 0) spans.push({ text: line.slice(at) });
  return spans;
}

/** Where a header's columns begin and end: each runs up to the next title after two blanks. */
function columnsOf(header: string): Columns {
  const titles = [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ title: match[0], from: match.index }));
  const bounds = (title: string): [number, number] | undefined => {
    const index = titles.findIndex((one) => one.title === title);
    return index < 0 ? undefined : [titles[index]!.from, titles[index + 1]?.from ?? Infinity];
  };
  const name = bounds('NAME') ?? bounds('OBJECT');
  const namespace = bounds('NAMESPACE');
  const status = bounds('STATUS');
  return { ...(name ? { name } : {}), ...(namespace ? { namespace } : {}), ...(status ? { status } : {}) };
}

/** The arguments that are no flags and no values of flags: verb, kind, names. */
function plainArguments(args: readonly string[]): string[] {
  const plain: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (!argument.startsWith('-')) plain.push(argument);
    else if (/^(-n|-o|-l|-f|-c|--namespace|--output|--selector|--filename|--for)$/.test(argument)) index += 1;
  }
  return plain;
}

function namespaceOf(args: readonly string[]): string {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    if (argument === '-n' || argument === '--namespace') return args[index + 1] ?? 'default';
    const joined = /^(?:--namespace=|-n=?)(.+)$/.exec(argument);
    if (joined) return joined[1]!;
  }
  return 'default';
}
