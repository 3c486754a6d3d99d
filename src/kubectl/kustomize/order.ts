import { CliError } from '../errors';
import { compareBytes } from '../format/json';
import type { Identity } from './identity';
import { gvkText, sameKind } from './identity';
import type { Kustomization } from './kustomization';
import type { Resource } from './resource';

const FIRST = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/**
 * Resources in the order in which they are printed: by kind, what others need first, unless the kustomization wants them
 * as they came. Throws for an order that is none. Models SortOrderTransformerPlugin.
 */
export function sortResources(resources: Resource[], options: Kustomization['sortOptions']): Resource[] {
  const order = options ? (options.order ?? '') : 'legacy';
  if (order !== 'fifo' && order !== 'legacy')
    throw new CliError("the field 'sortOptions.order' must be one of [fifo, legacy]");
  if (order === 'fifo') {
    if (options?.legacySortOptions)
      throw new CliError(
        "the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not 'legacy'",
      );
    return resources;
  }
  const first = options?.legacySortOptions ? (options.legacySortOptions.orderFirst ?? []) : FIRST;
  const last = options?.legacySortOptions ? (options.legacySortOptions.orderLast ?? []) : LAST;
  const ranks = new Map<string, number>();
  first.forEach((kind, index) => ranks.set(kind, index - first.length));
  last.forEach((kind, index) => ranks.set(kind, index + 1));
  return [...resources].sort((left, right) => compare(left.identity, right.identity, ranks));
}

function compare(left: Identity, right: Identity, ranks: Map<string, number>): number {
  if (sameKind(left, right)) return compareBytes(placeText(left), placeText(right));
  const difference = (ranks.get(left.kind) ?? 0) - (ranks.get(right.kind) ?? 0);
  return difference || compareBytes(kindText(left), kindText(right));
}

const kindText = ({ group, version, kind }: Identity): string =>
  [group || '~G', version || '~V', kind || '~K'].join('_');

const placeText = (identity: Identity): string =>
  [gvkText(identity), identity.namespace || '~X', identity.name || '~N'].join('|');
