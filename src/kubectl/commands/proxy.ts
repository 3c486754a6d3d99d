import type { Command } from '../command';
import { CliError } from '../errors';
import { bool, duration, int, text } from '../flags/flags';

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
    text('www-prefix', 'Prefix of that folder.', { short: 'P', default: '/static/' }),
    text('api-prefix', 'Prefix of the API.', { default: '/' }),
    text('accept-paths', 'Paths that are let through, as a regular expression.', { default: '^.*' }),
    text('reject-paths', 'Paths that are not.', { default: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach' }),
    text('accept-hosts', 'Hosts that are let through.', { default: '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$' }),
    text('reject-methods', 'Methods that are not let through.', { default: '^$' }),
    text('address', 'The address that the port is opened at.', { default: '127.0.0.1' }),
    bool('disable-filter', 'Let everything through.'),
    text('unix-socket', 'A socket of this machine in place of a port.', { short: 'u' }),
    duration('keepalive', 'How often a connection that rests is kept alive.'),
    bool('append-server-path', "Put the server's own path before what is asked."),
  ],
  run: async ({ flags }) => {
    throw new CliError(`listen tcp 127.0.0.1:${flags.number('port')}: a page opens no ports`);
  },
};
