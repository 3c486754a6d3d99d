import type { DraftObject } from '../../api/objects';
import { RESOURCES } from '../../api/schema/tables';
import type { TypedClient } from './typed-client';

/** Models pkg/controlplane/apiserver aggregator.go: how clients order the groups that this server has itself. */
const PRIORITIES: Readonly<Record<string, number>> = {
  '': 18_000,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  'certificates.k8s.io': 17_300,
  'rbac.authorization.k8s.io': 17_000,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'coordination.k8s.io': 16_500,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  apps: 17_800,
  autoscaling: 17_500,
  batch: 17_400,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'storage.k8s.io': 16_800,
  'scheduling.k8s.io': 16_600,
  'node.k8s.io': 16_300,
  'resource.k8s.io': 15_900,
};
const STABLE = 15;
const VERSIONS: Readonly<Record<string, number>> = {
  v1: 1,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
};

/** Makes an APIService for each version that is served. Models kube-aggregator's autoregister controller. */
export function bootstrapServices(client: TypedClient): void {
  const stable = RESOURCES.filter(({ group, version }) => /^v\d+$/.test(version) && Object.hasOwn(PRIORITIES, group));
  const names = new Set(stable.map(({ group, version }) => `${version}.${group}`));
  for (const one of [...names].sort()) {
    const [version = '', ...rest] = one.split('.');
    const group = rest.join('.');
    const draft = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: one, labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: {
        ...(group === '' ? {} : { group }),
        version,
        groupPriorityMinimum: PRIORITIES[group],
        versionPriority: VERSIONS[group === '' ? version : `${group}/${version}`] ?? STABLE,
      },
    };
    client.create('apiservices' as 'configmaps', draft as unknown as DraftObject as never);
  }
}
