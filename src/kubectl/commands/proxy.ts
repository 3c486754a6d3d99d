import type { Command } from '../command';
import { CliError } from '../errors';
import { int, text } from '../flags/flags';

export const proxyCommand: Command = {
  name: 'proxy',
  usage: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  short: 'Run a proxy to the Kubernetes API server',
  long: 'Opens a port of this machine that leads to the API server.',
  examples: `  # The API of the cluster on port 8001
  kubectl proxy

  # On another port
  kubectl proxy --port=8011`,
  flags: [
    int('port', 'The port.', { short: 'p', default: '8001' }),
    text('www', 'Folder to serve.', { short: 'w' }),
    text('api-prefix', 'Prefix of the API.', { default: '/' }),
  ],
  run: async ({ flags }) => {
    throw new CliError(`listen tcp 127.0.0.1:${flags.number('port')}: a page opens no ports`);
  },
};
