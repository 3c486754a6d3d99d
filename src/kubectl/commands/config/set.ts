import type { Command } from '../../command';
import { CliError } from '../../errors';
import { bool } from '../../flags/flags';
import { changeProperty, refuseArguments } from '../../kubeconfig';

export const configSetCommand: Command = {
  name: 'set',
  usage: 'set PROPERTY_NAME PROPERTY_VALUE',
  short: 'Set an individual value in a kubeconfig file',
  examples: `  kubectl config set contexts.podium.namespace training`,
  flags: [bool('set-raw-bytes', 'Take the value of a bytes field as it is.')],
  run: async (session) => {
    const [property = '', value = ''] = session.args;
    if (session.args.length !== 2) throw refuseArguments(session, configSetCommand);
    if (value === '') throw new CliError('you cannot use set to unset a property');
    if (property === '') throw new CliError('you must specify a property');
    changeProperty(session.kubeconfig, property, value);
    session.print(`Property "${property}" set.\n`);
  },
};
