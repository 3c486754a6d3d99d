/** What a terminal makes of bytes that are typed at it. */
export interface Typed {
  /** The line that is not at its end. */
  typed: string;
  /** What the terminal shows. */
  echo: string;
  /** The lines that the process may read. */
  lines: string;
  /** Ctrl-D at the beginning of a line. */
  endOfInput: boolean;
  /** Ctrl-C. */
  interrupted: boolean;
}

const INTERRUPT = '\x03';
const END = '\x04';
const ERASE = new Set(['\x08', '\x7f']);

/** Models the line discipline of a terminal in canonical mode: lines may be mended until they end. */
export function typeAt(before: string, data: string): Typed {
  const result: Typed = { typed: before, echo: '', lines: '', endOfInput: false, interrupted: false };
  for (const key of data) {
    if (key === '\r' || key === '\n') {
      result.lines += `${result.typed}\n`;
      result.echo += '\r\n';
      result.typed = '';
    } else if (ERASE.has(key)) {
      if (result.typed !== '') result.echo += '\b \b';
      result.typed = result.typed.slice(0, -1);
    } else if (key === INTERRUPT) {
      result.echo += '^C\r\n';
      result.typed = '';
      result.interrupted = true;
    } else if (key === END) {
      if (result.typed === '') result.endOfInput = true;
      result.lines += result.typed;
      result.typed = '';
    } else {
      result.typed += key;
      result.echo += key;
    }
  }
  return result;
}
