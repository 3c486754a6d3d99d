import { attachablePod } from '../cluster/attach';
import type { Command } from '../command';
import { CliError, usageError } from '../errors';
import { duration, slice } from '../flags/flags';
import { textAt } from '../format/json';

export const portForwardCommand: Command = {
  name: 'port-forward',
  completes: 'pods',
  usage: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  short: 'Forward one or more local ports to a pod',
  long: 'Makes a port of this machine lead to a port of a Pod.',
  examples: `  # Ask the served model from here
  kubectl port-forward service/infer 8080:80

  # A port that is free here, to one Pod
  kubectl port-forward pod/infer-6b8f7c9d5-b2xkq :8080`,
  flags: [
    duration('pod-running-timeout', 'How long to wait for a Pod.', { default: '1m0s' }),
    slice('address', 'Addresses to listen on.', { default: '[localhost]' }),
  ],
  run: async (session) => {
    if (session.args.length < 2) {
      throw usageError(session.commandPath, 'TYPE/NAME and list of ports are required for port-forward');
    }
    const pod = await attachablePod(session, session.args.slice(0, 1));
    const phase = textAt(pod, 'status', 'phase');
    if (phase !== 'Running')
      throw new CliError(`unable to forward port because pod is not running. Current status=${phase}`);
    throw new CliError('unable to listen on any of the requested ports: a page opens no ports');
  },
};
