import type { Mapping } from '../cluster/discovery';
import { pathOf } from '../cluster/discovery';
import type { Info } from '../cluster/info';
import { infoFor } from '../cluster/info';
import type { Cascade } from '../cluster/writes';
import { deleteObject } from '../cluster/writes';
import { CliError, asError } from '../errors';
import { isObject, listAt, textAt } from '../format/json';
import { printerFor } from '../printers/output';
import type { DryRun, Session } from '../session';
import { withDryRun } from '../session';
import { hasLastApplied } from './last-applied';

/** The kinds that are pruned unless an allowlist says otherwise, as apiVersion and kind. */
const DEFAULT_KINDS = [
  ['v1', 'ConfigMap'],
  ['v1', 'Endpoints'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'StatefulSet'],
  ['v1', 'Namespace'],
  ['v1', 'PersistentVolume'],
] as const;

/** Deletes what was applied earlier and is not among `applied`. Models pkg/cmd/apply pruner. */
export async function prune(
  session: Session,
  applied: readonly Info[],
  dryRun: DryRun,
  deletion: { cascade: Cascade; gracePeriodSeconds: number },
): Promise<void> {
  const kept = new Set(applied.map((info) => textAt(info.object, 'metadata', 'uid')));
  const namespaces = new Set(applied.filter((info) => info.mapping.namespaced).map((info) => info.namespace));
  if (session.explicitNamespace) namespaces.add(session.namespace);
  const mappings = await mappingsToPrune(session);
  const collections = [
    ...[...namespaces].flatMap((namespace) =>
      mappings.filter((one) => one.namespaced).map((mapping) => ({ mapping, namespace })),
    ),
    ...mappings.filter((one) => !one.namespaced).map((mapping) => ({ mapping, namespace: '' })),
  ];
  for (const { mapping, namespace } of collections) {
    for (const info of await pruned(session, mapping, namespace, kept)) {
      if (dryRun !== 'client') {
        const grace = deletion.gracePeriodSeconds >= 0 ? { gracePeriodSeconds: deletion.gracePeriodSeconds } : {};
        await deleteObject(session.rest, info, { ...grace, propagationPolicy: deletion.cascade, dryRun });
      }
      printerFor(session.flags, session.io, withDryRun('pruned', dryRun)).print(info.object ?? {}, session.out);
    }
  }
}

async function mappingsToPrune(session: Session): Promise<Mapping[]> {
  const allowed = session.flags.list('prune-allowlist').map((entry) => {
    const [group = '', version = '', kind = '', ...more] = entry.split('/');
    if (kind === '' || more.length > 0) {
      throw new CliError(`invalid GroupVersionKind format: ${entry}, please follow <group/version/kind>`);
    }
    return [group === 'core' ? version : `${group}/${version}`, kind] as const;
  });
  const mappings: Mapping[] = [];
  for (const [apiVersion, kind] of allowed.length > 0 ? allowed : DEFAULT_KINDS) {
    try {
      mappings.push(await session.discovery.mappingForKind(apiVersion, kind));
    } catch (thrown) {
      if (allowed.length > 0) throw asError(thrown);
    }
  }
  return mappings;
}

async function pruned(session: Session, mapping: Mapping, namespace: string, kept: Set<string>): Promise<Info[]> {
  const selector = session.flags.text('selector');
  const query: Record<string, string> = selector ? { labelSelector: selector } : {};
  const list = await session.rest.json('GET', pathOf(mapping, namespace), { query });
  return listAt(list, 'items').flatMap((item) => {
    if (!isObject(item) || !hasLastApplied(item) || kept.has(textAt(item, 'metadata', 'uid'))) return [];
    const object = { apiVersion: textAt(list, 'apiVersion'), kind: mapping.kind, ...item };
    return [infoFor(mapping, object, '')];
  });
}
