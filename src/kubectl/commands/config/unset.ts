import type { Command } from '../../command';
import { CliError } from '../../errors';
import { changeProperty, refuseArguments } from '../../kubeconfig';

export const configUnsetCommand: Command = {
  name: 'unset',
  usage: 'unset PROPERTY_NAME',
  short: 'Unset an individual value in a kubeconfig file',
  examples: `  # Take one value out
  kubectl config unset current-context`,
  run: async (session) => {
    const [property = ''] = session.args;
    if (session.args.length !== 1) throw refuseArguments(session, configUnsetCommand);
    if (property === '') throw new CliError('you must specify a property');
    changeProperty(session.kubeconfig, property, undefined);
    session.print(`Property "${property}" unset.\n`);
  },
};
