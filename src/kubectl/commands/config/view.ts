import type { Json } from '../../../api/objects';
import type { Command } from '../../command';
import { CliError, usageError } from '../../errors';
import { bool } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { byName } from '../../kubeconfig';
import { PRINT_FLAGS, structPrinterFor } from '../../printers/output';
import type { Session } from '../../session';

export const configViewCommand: Command = {
  name: 'view',
  usage: 'view [flags]',
  short: 'Display merged kubeconfig settings or a specified kubeconfig file',
  examples: `  # What is configured, secrets withheld
  kubectl config view`,
  flags: [
    ...PRINT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'yaml' } : flag)),
    bool('merge', 'Join the files of the kubeconfig.', { default: 'true' }),
    bool('raw', 'Show certificates and secrets.'),
    bool('flatten', 'Put the files that are named into the output.'),
    bool('minify', 'Only what the present context needs.'),
  ],
  run: view,
};

const SECRETS: Record<string, string> = {
  token: 'REDACTED',
  password: 'REDACTED',
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
};

async function view(session: Session): Promise<void> {
  const { flags, args, kubeconfig } = session;
  if (args.length > 0) throw usageError(session.commandPath, `unexpected arguments: [${args.join(' ')}]`);
  if (!flags.bool('merge')) throw new CliError('if merge==false a precise file must be specified');
  const raw = flags.bool('raw') || flags.bool('flatten');
  const current =
    flags.bool('minify') && flags.text('context') !== '' ? flags.text('context') : kubeconfig.currentContext;
  const only = flags.bool('minify') ? minified(session, current) : undefined;
  const shown = (fields: Record<string, Json>): JsonObject => (raw ? { ...fields } : redacted(fields));
  const config: JsonObject = {
    kind: 'Config',
    apiVersion: 'v1',
    clusters: kubeconfig.clusters
      .filter(({ name }) => !only || name === only.cluster)
      .sort(byName)
      .map(({ name, cluster }) => ({ name, cluster: shown(cluster) })),
    users: kubeconfig.users
      .filter(({ name }) => !only || name === only.user)
      .sort(byName)
      .map(({ name, user }) => ({ name, user: shown(user) })),
    contexts: kubeconfig.contexts
      .filter(({ name }) => !only || name === current)
      .sort(byName)
      .map(({ name, cluster, user, namespace }) => ({
        name,
        context: { cluster, user, ...(namespace ? { namespace } : {}) },
      })),
    'current-context': current,
  };
  structPrinterFor(flags, session.io, '').print(config, session.out);
}

function minified({ kubeconfig }: Session, current: string): { cluster: string; user: string } {
  if (current === '') throw new CliError('current-context must exist in order to minify');
  const context = kubeconfig.contexts.find(({ name }) => name === current);
  if (!context) throw new CliError(`cannot locate context ${current}`);
  return context;
}

function redacted(fields: Record<string, Json>): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, SECRETS[key] ?? value]));
}
