import type { ComponentStatus } from '../../../api/objects';
import { componentStatusTable } from '../columns/small';
import type { Core } from '../core';
import type { Kind } from '../kind';

/** Where each component answers for its health. Models pkg/registry/core/rest componentStatusStorage. */
const ASKED = [
  { name: 'scheduler', component: 'kube-scheduler', url: 'https://127.0.0.1:10259/healthz' },
  { name: 'controller-manager', component: 'kube-controller-manager', url: 'https://127.0.0.1:10257/healthz' },
];

/** Models pkg/registry/core/componentstatus. */
export const componentstatuses: Kind<ComponentStatus> = {
  resource: 'componentstatuses',
  table: componentStatusTable,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  computed: ({ reach }: Core) => [
    ...ASKED.map(({ name, component, url }) => statusOf(name, reach.isHealthy(component) ? undefined : refusalOf(url))),
    statusOf('etcd-0', reach.quorum ? undefined : 'context deadline exceeded'),
  ],
};

function refusalOf(url: string): string {
  return `Get ${JSON.stringify(url)}: dial tcp ${new URL(url).host}: connect: connection refused`;
}

/** Nobody stores it, so it has no uid, no revision and no age. */
function statusOf(name: string, fault: string | undefined): ComponentStatus {
  const status = fault === undefined ? 'True' : 'False';
  const conditions = [{ type: 'Healthy', status, message: fault ?? 'ok' }];
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name }, conditions } as unknown as ComponentStatus;
}
