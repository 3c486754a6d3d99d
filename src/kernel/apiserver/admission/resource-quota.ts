import { keyOf, type Pod, type ResourceQuota } from '../../../api/objects';
import { addQuantities, compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../../api/quantity';
import { forbidden } from '../../../api/status';
import type { Core } from '../core';
import { ownersToKeep } from '../ownership/pending';
import { isInScope, scopeRules } from '../quota/scopes';
import { isUsedBy, missingFrom, usageOf, type Usage } from '../quota/usage';
import type { AdmissionPlugin, AdmissionRequest } from './admission';

type Amounts = Record<string, string | number>;

/** What a quota takes of a request: the names that both know, with what is asked, used and allowed. */
interface Charge {
  readonly quota: ResourceQuota;
  readonly asked: Usage;
}

/** Updates that can ask for more than before. */
const GROWING = ['services', 'persistentvolumeclaims'];

/**
 * Refuses what a quota has no room for, and counts what it has. A quota that was not counted yet allows everything.
 * Models apiserver/pkg/admission/plugin/resourcequota.
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(request, core) {
    for (const charge of chargesOf(request, core)) refuseExcess(request, charge);
  },
  record(request, core) {
    for (const { quota, asked } of chargesOf(request, core)) {
      const used: Amounts = { ...quota.status.used };
      for (const [name, quantity] of asked) {
        used[name] = formatQuantity(addQuantities(quantityOf((used[name] as string | undefined) ?? '0'), quantity));
      }
      const next = { ...quota, status: { ...quota.status, used } } as ResourceQuota;
      const key = keyOf(request.namespace, quota.metadata.name);
      core.store.put('resourcequotas', key, next, core.clock.nowMs, request.write.cause, ownersToKeep(quota));
    }
  },
};

function chargesOf(request: AdmissionRequest, core: Core): Charge[] {
  const { operation, resource, namespace, subresource, object, current } = request;
  const { row } = resource;
  if (subresource !== '' || namespace === '' || operation === 'delete') return [];
  if (operation === 'update' && !(row.group === '' && GROWING.includes(row.resource))) return [];
  const charges: Charge[] = [];
  let usage: Usage | undefined;
  for (const key of core.store.keysIn('resourcequotas', namespace)) {
    const quota = core.store.get('resourcequotas', key) as ResourceQuota;
    const names = Object.keys(quota.status.hard ?? {}).filter((name) => isUsedBy(name, row));
    if (names.length === 0 || !isAbout(quota, request)) continue;
    if (row.group === '' && row.resource === 'pods') demand(request, quota, names);
    usage ??= growth(usageOf(row, object), current && usageOf(row, current));
    const asked: Usage = new Map([...usage].filter(([name]) => names.includes(name)));
    if (asked.size > 0) charges.push({ quota, asked });
  }
  return charges;
}

/** Scopes are about Pods: a quota with scopes leaves everything else alone. */
function isAbout(quota: ResourceQuota, { resource, object }: AdmissionRequest): boolean {
  const rules = scopeRules(quota.spec);
  if (rules.length === 0) return true;
  return resource.row.group === '' && resource.row.resource === 'pods' && isInScope(rules, object as Pod);
}

function demand(request: AdmissionRequest, quota: ResourceQuota, names: readonly string[]): void {
  const missing = missingFrom(request.object as Pod, names);
  if (missing) throw refusal(request, `failed quota: ${quota.metadata.name}: ${missing}`);
}

/** What is asked for beyond what was there. */
function growth(usage: Usage, before: Usage | undefined): Usage {
  if (!before) return usage;
  const more: Usage = new Map();
  for (const [name, quantity] of usage) {
    const nano = quantity.nano - (before.get(name)?.nano ?? 0n);
    if (nano > 0n) more.set(name, { ...quantity, nano });
  }
  return more;
}

function refuseExcess(request: AdmissionRequest, { quota, asked }: Charge): void {
  const { hard = {}, used = {} } = quota.status as { hard?: Amounts; used?: Amounts };
  const names = [...asked.keys()].sort();
  const unknown = names.filter((name) => used[name] === undefined);
  if (unknown.length > 0) {
    throw refusal(request, `status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`);
  }
  const of = (list: Amounts, name: string): Quantity => quantityOf(list[name]!);
  const over = names.filter(
    (name) => compareQuantities(addQuantities(of(used, name), asked.get(name)!), of(hard, name)) > 0,
  );
  if (over.length === 0) return;
  const listed = (quantity: (name: string) => Quantity): string =>
    over.map((name) => `${name}=${formatQuantity(quantity(name))}`).join(',');
  const requested = listed((name) => asked.get(name)!);
  const taken = listed((name) => of(used, name));
  const limited = listed((name) => of(hard, name));
  const why = `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${taken}, limited: ${limited}`;
  throw refusal(request, why);
}

function refusal({ resource, name }: AdmissionRequest, why: string): Error {
  return forbidden(resource.row.group, resource.row.resource, name, why);
}
