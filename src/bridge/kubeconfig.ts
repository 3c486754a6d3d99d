import { stringify } from 'yaml';

/**
 * The kubeconfig with which kubectl and client libraries find a bridge at `http://127.0.0.1:PORT`. Some of them speak
 * plain HTTP only where certificates are not checked either.
 */
export function kubeconfigFor(server: string): string {
  const name = 'podium';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
