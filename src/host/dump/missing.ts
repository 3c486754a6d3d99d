import type { JsonMap } from '../../api/json';
import { STORAGE_CLASSES } from '../../kernel/storage/classes';
import { DISK_DRIVER, FILES_DRIVER } from '../../kernel/images/csi-drivers';
import { claimsIn } from './drivers';
import { identityOf, keyOf, map, namespaceOf, text } from './parts';

/**
 * What manifests cannot do without and a dump of some kinds only has not. Nothing is made up but names: what a ConfigMap
 * or a Secret said, nobody knows.
 */

/** They are there in each cluster. */
const INBORN =
  /^(Namespace (default|kube-.*)|PriorityClass system-(cluster|node)-critical|ServiceAccount .*\/default)$/;

export function missingIn(manifests: readonly JsonMap[], dumped: ReadonlyMap<string, JsonMap>): JsonMap[] {
  const wanted = new Map<string, JsonMap>();
  const want = (object: JsonMap): void => {
    const key = keyOf(object);
    if (!INBORN.test(key) && !dumped.has(identityOf(object))) wanted.set(key, object);
  };
  for (const manifest of manifests) {
    const namespace = namespaceOf(manifest);
    if (namespace !== '') want({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const spec = podSpecOf(manifest);
    if (!spec) continue;
    const account = text(spec['serviceAccountName']);
    const metadata = { name: account, namespace: namespace || 'default' };
    if (account !== '') want({ apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    const priority = priorityClass(text(spec['priorityClassName']), dumped);
    if (priority) want(priority);
  }
  for (const storage of storageClasses(manifests)) want(storage);
  return [...wanted.values()];
}

/** The Pod's spec in a Pod, or in what makes Pods. */
export function podSpecOf({ kind, spec }: JsonMap): JsonMap | undefined {
  if (kind === 'Pod') return map(spec);
  const holder = kind === 'CronJob' ? map(map(map(spec)['jobTemplate'])['spec']) : map(spec);
  return 'template' in holder ? map(map(holder['template'])['spec']) : undefined;
}

/** A class of the value that Pods of it have been given. */
function priorityClass(name: string, dumped: ReadonlyMap<string, JsonMap>): JsonMap | undefined {
  if (name === '') return undefined;
  const specs = [...dumped.values()].filter(({ kind }) => kind === 'Pod').map(({ spec }) => map(spec));
  const value = specs.find((spec) => spec['priorityClassName'] === name)?.['priority'] ?? 0;
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value };
}

/** Classes that claims name, unless volumes of them are there or each cluster begins with them. */
function storageClasses(manifests: readonly JsonMap[]): JsonMap[] {
  const volumes = manifests.filter(({ kind }) => kind === 'PersistentVolume').map(({ spec }) => map(spec));
  const known = new Set([
    '',
    ...volumes.map(({ storageClassName }) => text(storageClassName)),
    ...STORAGE_CLASSES.map(({ metadata }) => metadata.name),
  ]);
  const claims = claimsIn(manifests);
  return claims
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: claims.some((claim) => claim.name === name && claim.shared) ? FILES_DRIVER : DISK_DRIVER,
      volumeBindingMode: 'WaitForFirstConsumer',
    }));
}
