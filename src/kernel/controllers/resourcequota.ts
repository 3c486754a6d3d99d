import { equalJson } from '../../api/json';
import type { Pod, ResourceName, ResourceQuota } from '../../api/objects';
import { RESOURCES } from '../../api/schema/tables';
import { formatQuantity, quantityOf } from '../../api/quantity';
import { isInScope, scopeRules } from '../apiserver/quota/scopes';
import { addUsage, holdsQuota, isUsedBy, resourceCounted, usageOf, type Usage } from '../apiserver/quota/usage';
import { Controller, type ControllerParts } from '../machinery/controller';
import type { StoreEvent } from '../store/event';

/** Everything is counted again so often, whatever was heard meanwhile. */
const RESYNC_MS = 300_000;
/** What quotas count, and whose end frees something. */
const COUNTED = [
  'pods',
  'services',
  'persistentvolumeclaims',
  'configmaps',
  'secrets',
  'resourcequotas',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
] as const satisfies readonly ResourceName[];

/** Counts what quotas limit. Models pkg/controller/resourcequota. */
export class ResourceQuotaController extends Controller {
  constructor(parts: ControllerParts) {
    super('resourcequota-controller', parts, {});
    parts.informers.on('resourcequotas', (event) => this.#onQuota(event));
    for (const resource of COUNTED) {
      parts.informers.on(resource, (event: StoreEvent) => this.#onCounted(resource, event));
    }
  }

  override begin(): void {
    for (const quota of this.parts.client.list('resourcequotas')) {
      this.enqueueAfter(`${quota.metadata.namespace}/${quota.metadata.name}`, RESYNC_MS, true);
    }
  }

  #onQuota(event: StoreEvent<ResourceQuota>): void {
    const { object, previous, key } = event;
    if (event.type === 'DELETED' || (previous && equalJson(previous.spec, object.spec))) return;
    this.enqueue(key, event);
  }

  /** Only what is gone, or a Pod that has ended, frees something: what is new was counted when it was let in. */
  #onCounted(resource: (typeof COUNTED)[number], event: StoreEvent): void {
    const { namespace = '' } = event.object.metadata;
    const quotas = this.parts.informers.by('resourcequotas', 'namespace', namespace);
    if (quotas.length === 0 || !this.#frees(resource, event)) return;
    for (const quota of quotas) {
      if (!Object.keys(quota.spec.hard ?? {}).some((name) => resourceCounted(name) === resource)) continue;
      this.enqueue(`${namespace}/${quota.metadata.name}`, event);
    }
  }

  #frees(resource: ResourceName, event: StoreEvent): boolean {
    if (event.type === 'DELETED') return true;
    if (event.type === 'ADDED' || !event.previous) return false;
    if (resource === 'services' || resource === 'persistentvolumeclaims') return true;
    const { epochNowMs } = this.parts.clock;
    if (resource !== 'pods') return false;
    return holdsQuota(event.previous as Pod, epochNowMs) && !holdsQuota(event.object as Pod, epochNowMs);
  }

  /** Models syncResourceQuota. */
  protected override reconcile(key: string): void {
    const [namespace, name] = key.split('/') as [string, string];
    const quota = this.parts.client.get('resourcequotas', namespace, name);
    if (!quota) return;
    this.enqueueAfter(key, RESYNC_MS, true);
    const hard = quota.spec.hard ?? {};
    const counted = this.#count(namespace, quota);
    const used = Object.fromEntries(
      Object.keys(hard).map((one) => [
        one,
        counted.has(one) ? formatQuantity(counted.get(one)!) : quota.status.used?.[one],
      ]),
    );
    const status = { hard, used } as ResourceQuota['status'];
    if (!equalJson(status, quota.status)) this.parts.client.updateStatus('resourcequotas', { ...quota, status });
  }

  #count(namespace: string, quota: ResourceQuota): Usage {
    const names = Object.keys(quota.spec.hard ?? {});
    const total: Usage = new Map();
    const rules = scopeRules(quota.spec);
    for (const resource of new Set(names.map(resourceCounted))) {
      const row = RESOURCES.find((one) => one.resource === resource && one.verbs.includes('list'));
      if (!row) continue;
      for (const name of names) if (isUsedBy(name, row)) total.set(name, quantityOf('0'));
      for (const object of this.parts.client.list(resource as ResourceName, namespace)) {
        if (rules.length > 0 && !(resource === 'pods' && isInScope(rules, object as Pod))) continue;
        const usage = usageOf(row, object);
        const ended = resource === 'pods' && !holdsQuota(object as Pod, this.parts.clock.epochNowMs);
        addUsage(total, ended ? new Map([...usage].filter(([name]) => name.startsWith('count/'))) : usage);
      }
    }
    return total;
  }
}
