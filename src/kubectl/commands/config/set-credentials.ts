import type { Command } from '../../command';
import { CliError } from '../../errors';
import { refuseArguments } from '../../kubeconfig';
import type { Session } from '../../session';

export const configSetCredentialsCommand: Command = {
  name: 'set-credentials',
  usage:
    'set-credentials NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password]',
  short: 'Set a user entry in kubeconfig',
  examples: `  # Who somebody is to the cluster
  kubectl config set-credentials trainee --token=TOKEN`,
  run: setCredentials,
};

async function setCredentials(session: Session): Promise<void> {
  const { flags, args, kubeconfig } = session;
  const [name = ''] = args;
  if (args.length !== 1) throw refuseArguments(session, configSetCredentialsCommand);
  if (name === '') throw new CliError('you must specify a non-empty user name');
  if (flags.text('token') !== '' && flags.text('username') !== '') {
    throw new CliError(
      'you cannot specify more than one authentication method at the same time: --token, --username/--password',
    );
  }
  let entry = kubeconfig.users.find((one) => one.name === name);
  if (!entry) {
    entry = { name, user: {} };
    kubeconfig.users.push(entry);
  }
  for (const field of ['client-certificate', 'client-key', 'token', 'username', 'password']) {
    if (flags.changed(field)) entry.user[field] = flags.text(field);
  }
  session.print(`User "${name}" set.\n`);
}
