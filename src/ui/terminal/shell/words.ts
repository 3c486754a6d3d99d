import { parseScript } from './syntax';
import { ToolError } from './tool';

/** The words of a line without pipes and variables, such as an alias stands for. Throws ToolError. */
export function plainWords(line: string): string[] {
  const [pipeline, ...more] = parseScript(line);
  const [command, ...piped] = pipeline?.commands ?? [];
  if (more.length > 0 || piped.length > 0 || (command?.redirects.length ?? 0) > 0)
    throw new ToolError('an alias stands for the first words of one command, without pipes');
  return (command?.words ?? []).map((word) => word.map((part) => (part.kind === 'text' ? part.text : '')).join(''));
}

/** A word as it can be typed again. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
