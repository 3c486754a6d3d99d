import type { KubeContext } from '../../io';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { bool } from '../../flags/flags';
import { refuseArguments } from '../../kubeconfig';
import type { Session } from '../../session';

export const configSetContextCommand: Command = {
  name: 'set-context',
  usage: 'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  short: 'Set a context entry in kubeconfig',
  examples: `  # Work in another namespace from now on
  kubectl config set-context --current --namespace=training`,
  flags: [bool('current', 'Change the present context.')],
  run: setContext,
};

async function setContext(session: Session): Promise<void> {
  const { flags, args, kubeconfig } = session;
  if (args.length > 1) throw refuseArguments(session, configSetContextCommand);
  const [given = ''] = args;
  const current = flags.bool('current');
  if (given === '' && !current) throw new CliError('you must specify a non-empty context name or --current');
  if (given !== '' && current) throw new CliError('you cannot specify both a context name and --current');
  const name = current ? kubeconfig.currentContext : given;
  if (name === '') throw new CliError('no current context is set');
  const known = kubeconfig.contexts.find((one) => one.name === name);
  const context: KubeContext = known ?? { name, cluster: '', user: '' };
  if (!known) kubeconfig.contexts.push(context);
  if (flags.changed('cluster')) context.cluster = flags.text('cluster');
  if (flags.changed('user')) context.user = flags.text('user');
  if (flags.changed('namespace')) context.namespace = flags.text('namespace');
  session.print(`Context "${name}" ${known ? 'modified' : 'created'}.\n`);
}
