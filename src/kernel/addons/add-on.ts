import type { DaemonSet, Deployment, Draft, ResourceName } from '../../api/objects';

/** An object to be made, and the resource that it is one of. */
export interface Wanted {
  readonly resource: ResourceName;
  readonly draft: object;
}

/** What runs for a cluster in Pods of its own. */
export interface AddOn {
  /** What has to be there before: ServiceAccounts, ConfigMaps, Services. */
  readonly objects: readonly Wanted[];
  readonly workload:
    | { readonly resource: 'daemonsets'; readonly draft: Draft<DaemonSet> }
    | { readonly resource: 'deployments'; readonly draft: Draft<Deployment> };
  /** The extended resource that only its Pods tell kubelets of, if there is one. */
  readonly resource?: string;
}

export const NAMESPACE = 'kube-system';

export const account = (name: string): Wanted => ({
  resource: 'serviceaccounts',
  draft: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } },
});
