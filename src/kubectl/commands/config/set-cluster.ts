import type { Command } from '../../command';
import { CliError } from '../../errors';
import { bool, text } from '../../flags/flags';
import { refuseArguments } from '../../kubeconfig';
import type { Session } from '../../session';

export const configSetClusterCommand: Command = {
  name: 'set-cluster',
  usage:
    'set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Set a cluster entry in kubeconfig',
  examples: `  # Where a cluster is reached
  kubectl config set-cluster gpus --server=https://10.0.0.1:6443`,
  flags: [
    bool('embed-certs', 'Put the certificates into the kubeconfig.'),
    text('proxy-url', 'Proxy to reach the cluster by.'),
  ],
  run: setCluster,
};

async function setCluster(session: Session): Promise<void> {
  const { flags, args, kubeconfig } = session;
  const [name = ''] = args;
  if (args.length !== 1) throw refuseArguments(session, configSetClusterCommand);
  if (name === '') throw new CliError('you must specify a non-empty cluster name');
  if (flags.bool('insecure-skip-tls-verify') && flags.text('certificate-authority') !== '') {
    throw new CliError('you cannot specify a certificate authority and insecure mode at the same time');
  }
  let entry = kubeconfig.clusters.find((one) => one.name === name);
  if (!entry) {
    entry = { name, cluster: { server: '' } };
    kubeconfig.clusters.push(entry);
  }
  for (const field of ['server', 'tls-server-name', 'certificate-authority', 'proxy-url']) {
    if (flags.changed(field)) entry.cluster[field] = flags.text(field);
  }
  if (flags.changed('insecure-skip-tls-verify')) {
    if (flags.bool('insecure-skip-tls-verify')) entry.cluster['insecure-skip-tls-verify'] = true;
    else delete entry.cluster['insecure-skip-tls-verify'];
  }
  session.print(`Cluster "${name}" set.\n`);
}
