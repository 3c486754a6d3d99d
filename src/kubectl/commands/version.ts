import type { JsonObject } from '../format/json';
import { isObject, textAt } from '../format/json';
import { structJson } from '../format/go-json';
import type { Command } from '../command';
import { CliError } from '../errors';
import { bool, text } from '../flags/flags';
import { toYaml } from '../printers/yaml';
import type { Session } from '../session';

/** What this client says of itself: the version whose behaviour it has. */
const CLIENT: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
};
const KUSTOMIZE = 'v5.8.1';

export const versionCommand: Command = {
  name: 'version',
  usage: 'version [flags]',
  short: 'Print the client and server version information',
  examples: `  # Of kubectl and of the cluster
  kubectl version

  # Of kubectl alone
  kubectl version --client`,
  outputs: ['json', 'yaml'],
  flags: [bool('client', 'Only the version of kubectl.'), text('output', "One of 'yaml' or 'json'.", { short: 'o' })],
  run: version,
};

async function version(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0 && !flags.bool('client')) throw new CliError(`extra arguments: [${args.join(' ')}]`);
  const format = flags.text('output');
  if (!['', 'yaml', 'json'].includes(format)) throw new CliError("--output must be 'yaml' or 'json'");
  const versions: JsonObject = { clientVersion: CLIENT, kustomizeVersion: KUSTOMIZE };
  const server = flags.bool('client') ? undefined : await session.rest.json('GET', '/version');
  if (isObject(server)) versions['serverVersion'] = server;
  if (format === 'yaml') session.print(`${toYaml(versions)}\n`);
  else if (format === 'json') session.print(`${structJson(versions, '  ')}\n`);
  else {
    session.print(`Client Version: ${textAt(CLIENT, 'gitVersion')}\nKustomize Version: ${KUSTOMIZE}\n`);
    if (server !== undefined) session.print(`Server Version: ${textAt(server, 'gitVersion')}\n`);
  }
  const minor = Number.parseInt(textAt(server, 'minor'), 10);
  if (isObject(server) && Math.abs(minor - 36) > 1) {
    session.printError(
      `Warning: version difference between client (1.36) and server (${textAt(server, 'major')}.${minor}) exceeds the supported minor version skew of +/-1\n`,
    );
  }
}
