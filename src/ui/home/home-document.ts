import { newDocument } from '../../host/document';

/** How long the cluster of the home page has run when it is opened: its Pods are Ready by then. */
const RUN_MS = 12_000;

const REPLICA_SETS = '/apis/apps/v1/namespaces/default/replicasets';

/** Three copies of a web server, which ends at once when it is told to. */
const INFER = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'infer' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'infer' } },
    template: {
      metadata: { labels: { app: 'infer' } },
      spec: {
        containers: [
          { name: 'server', image: 'nginx:1.27', resources: { requests: { cpu: '500m', memory: '256Mi' } } },
        ],
      },
    },
  },
};

/** The document of the home page's cluster: three nodes, and one input that asked for three Pods. */
export function homeDocument(): string {
  const document = newDocument({ preset: 'pool:3xcpu' }, 1);
  const [main] = document.branches;
  const request = {
    method: 'POST',
    path: REPLICA_SETS,
    headers: { 'content-type': 'application/json' },
    body: INFER,
  };
  main?.inputs.push({ atMs: 0, kind: 'request', client: 'podium-page', request });
  return JSON.stringify({ ...document, branches: [{ ...main, endMs: RUN_MS }] });
}
