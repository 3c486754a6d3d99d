import type { Json } from '../../api/objects';
import type { Command } from '../command';
import { listAt, numberAt, textAt } from '../format/json';
import type { Session } from '../session';
import { clusterInfoDumpCommand } from './cluster-info-dump';

export const clusterInfoCommand: Command = {
  name: 'cluster-info',
  usage: 'cluster-info [flags]',
  short: 'Display cluster information',
  long: 'Says where the control plane and the services of the cluster itself are reached.',
  examples: `  # Where the control plane of this cluster is reached
  kubectl cluster-info`,
  commands: [clusterInfoDumpCommand],
  run: clusterInfo,
};

async function clusterInfo(session: Session): Promise<void> {
  const { kubeconfig } = session;
  const namespace = session.flags.text('namespace') || 'kube-system';
  const cluster = kubeconfig.clusters.find((one) => one.name === session.context.cluster);
  const host = textAt(cluster?.cluster, 'server');
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services`;
  const services = await session.rest.json('GET', path, {
    query: { labelSelector: 'kubernetes.io/cluster-service=true' },
  });
  session.print(`Kubernetes control plane is running at ${host}\n`);
  for (const service of listAt(services, 'items')) {
    const name = textAt(service, 'metadata', 'labels', 'kubernetes.io/name') || textAt(service, 'metadata', 'name');
    session.print(`${name} is running at ${linkOf(service, host)}\n`);
  }
  session.print("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
}

function linkOf(service: Json, host: string): string {
  const ports = listAt(service, 'spec', 'ports');
  const [ingress] = listAt(service, 'status', 'loadBalancer', 'ingress');
  if (ingress !== undefined) {
    const address = textAt(ingress, 'ip') || textAt(ingress, 'hostname');
    return ports.map((port) => `http://${address}:${numberAt(port, 'port') ?? 0} `).join('');
  }
  const [port] = ports;
  let name = textAt(service, 'metadata', 'name');
  if (port !== undefined) {
    const scheme = textAt(port, 'name') === 'https' || numberAt(port, 'port') === 443 ? 'https' : '';
    if (scheme !== '') name = `${scheme}:${name}:${textAt(port, 'name')}`;
    else if (textAt(port, 'name') !== '') name = `${name}:${textAt(port, 'name')}`;
  }
  return `${host}/api/v1/namespaces/${textAt(service, 'metadata', 'namespace')}/services/${name}/proxy`;
}
