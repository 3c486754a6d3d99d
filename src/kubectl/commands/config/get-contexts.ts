import type { KubeContext } from '../../io';
import type { Command } from '../../command';
import { CliError, throwAll } from '../../errors';
import { bool, text } from '../../flags/flags';
import { byName } from '../../kubeconfig';
import { tableWriter } from '../../printers/tab-writer';
import type { Session } from '../../session';

export const configGetContextsCommand: Command = {
  name: 'get-contexts',
  usage: 'get-contexts [(-o|--output=)name)]',
  short: 'Describe one or many contexts',
  examples: `  # The contexts, the current one marked
  kubectl config get-contexts`,
  outputs: ['name'],
  flags: [
    bool('no-headers', 'Leave the headers out.'),
    text('output', 'Output format. One of: (name).', { short: 'o' }),
  ],
  run: getContexts,
};

async function getContexts(session: Session): Promise<void> {
  const { flags, args, kubeconfig } = session;
  const format = flags.text('output');
  if (format !== '' && format !== 'name') {
    throw new CliError(
      `--output ${format} is not available in kubectl config get-contexts; resetting to default output format`,
    );
  }
  const errors: Error[] = [];
  const shown: KubeContext[] = args.length === 0 ? [...kubeconfig.contexts] : [];
  for (const name of args) {
    const context = kubeconfig.contexts.find((one) => one.name === name);
    if (context) shown.push(context);
    else errors.push(new CliError(`context ${name} not found`));
  }
  const writer = tableWriter((output) => session.print(output));
  if (format === '' && !flags.bool('no-headers')) writer.write('CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n');
  for (const { name, cluster, user, namespace = '' } of shown.sort(byName)) {
    const mark = name === kubeconfig.currentContext ? '*' : ' ';
    writer.write(format === 'name' ? `${name}\n` : `${[mark, name, cluster, user, namespace].join('\t')}\n`);
  }
  writer.flush();
  throwAll(errors);
}
