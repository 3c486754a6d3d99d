import type { Command } from './command';
import type { FlagSpec } from './flags/flags';

const NAME_WIDTH = 11;
const MORE = 'Use "kubectl options" for a list of global command-line options (applies to all commands).';

/** The help of a command in kubectl's layout. */
export function helpText(command: Command, path: readonly string[]): string {
  const parts = [`${command.long ?? `${command.short}.`}\n`];
  if (command.examples) parts.push(`Examples:\n${command.examples}\n`);
  const shown = (command.commands ?? []).filter((one) => !one.hidden);
  if (shown.length > 0) parts.push(`Available Commands:\n${commandLines(shown)}`);
  const flags = (command.flags ?? []).filter((flag) => !flag.hidden);
  if (command.run && flags.length > 0) parts.push(`Options:\n${flags.map(flagLines).join('\n')}`);
  const parent = path.slice(0, -1).join(' ');
  parts.push(`Usage:\n  ${parent.startsWith('kubectl ') ? `${parent} ` : 'kubectl '}${usageOf(command)}\n`);
  if (shown.length > 0)
    parts.push(`Use "${path.join(' ')} <command> --help" for more information about a given command.\n${MORE}\n`);
  else parts.push(`${MORE}\n`);
  return parts.join('\n');
}

const usageOf = ({ usage }: Command): string => `${usage.replace(/ \[flags\]$/, '')} [options]`;

function commandLines(commands: readonly Command[]): string {
  const width = Math.max(NAME_WIDTH, ...commands.map((command) => command.name.length));
  return commands.map((command) => `  ${command.name.padEnd(width)}   ${command.short}\n`).join('');
}

/** A flag as help shows it. */
export function flagLines(flag: FlagSpec): string {
  const short = flag.short ? `-${flag.short}, ` : '    ';
  const fallback = flag.type === 'string' ? `'${flag.default}'` : flag.default;
  return `    ${short}--${flag.name}=${fallback}:\n\t${flag.help}\n`;
}

/** What `kubectl` alone prints. */
export function rootHelp(commands: readonly Command[]): string {
  const shown = commands.filter((command) => !command.hidden);
  return [
    'kubectl talks to the API server of a cluster.\n',
    `Available Commands:\n${commandLines(shown)}`,
    'Usage:\n  kubectl [flags] [options]\n',
    `Use "kubectl <command> --help" for more information about a given command.\n${MORE}\n`,
  ].join('\n');
}
