import type { Container, LimitRange, PersistentVolumeClaim, Pod, PodSpec } from '../../../api/objects';
import { podTotals } from '../../../api/pod-resources';
import { compareQuantities, formatQuantity, quantityOf, type Quantity } from '../../../api/quantity';
import { forbidden } from '../../../api/status';
import type { Core } from '../core';
import type { AdmissionPlugin } from './admission';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Amounts = Record<string, string | number>;
type Item = LimitRange['spec']['limits'][number];
type Quantities = ReadonlyMap<string, Quantity>;

/** Gives containers what they do not say, and refuses what is too little or too much. Models LimitRanger. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods', 'persistentvolumeclaims'],
  admit({ operation, resource, namespace, object }, core) {
    if (operation !== 'create' || resource.kind.resource !== 'pods') return object;
    return limitRangesIn(core, namespace).reduce(withDefaults, object as Pod);
  },
  validate({ operation, resource, namespace, name, subresource, object }, core) {
    const isPod = resource.kind.resource === 'pods';
    if (subresource !== '' || operation === 'delete' || (isPod && operation === 'update')) return;
    for (const range of limitRangesIn(core, namespace)) {
      const faults = (range.spec.limits ?? []).flatMap((item) =>
        isPod ? podFaults(item, object as Pod) : claimFaults(item, object as PersistentVolumeClaim),
      );
      if (faults.length === 0) continue;
      const why = faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`;
      throw forbidden('', resource.row.resource, name, why);
    }
  },
};

function limitRangesIn(core: Core, namespace: string): LimitRange[] {
  return [...core.store.keysIn('limitranges', namespace)].map(
    (key) => core.store.get('limitranges', key) as LimitRange,
  );
}

/** Models mergePodResourceRequirements; what was set is told in an annotation. */
function withDefaults(pod: Pod, range: LimitRange): Pod {
  const limits: Amounts = {};
  const requests: Amounts = {};
  for (const item of range.spec.limits ?? []) {
    if (item.type !== 'Container') continue;
    Object.assign(limits, item.default);
    Object.assign(requests, item.defaultRequest);
  }
  const notes: string[] = [];
  const filled = (containers: readonly Container[], word: string): Container[] =>
    containers.map((container) => withAmounts(container, requests, limits, word, notes));
  const spec: PodSpec = { ...pod.spec, containers: filled(pod.spec.containers, 'container') };
  if (pod.spec.initContainers) {
    spec.initContainers = filled(pod.spec.initContainers as Container[], 'init container') as never;
  }
  if (notes.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec };
}

function withAmounts(
  container: Container,
  requests: Amounts,
  limits: Amounts,
  word: string,
  notes: string[],
): Container {
  const resources = { ...container.resources } as { requests?: Amounts; limits?: Amounts };
  let changed = false;
  for (const [field, defaults] of [
    ['requests', requests],
    ['limits', limits],
  ] as const) {
    const set = Object.keys(defaults)
      .filter((name) => resources[field]?.[name] === undefined)
      .sort();
    if (set.length === 0) continue;
    resources[field] = { ...resources[field], ...Object.fromEntries(set.map((name) => [name, defaults[name]!])) };
    notes.push(`${set.join(', ')} ${field.slice(0, -1)} for ${word} ${container.name}`);
    changed = true;
  }
  return changed ? { ...container, resources: resources as NonNullable<Container['resources']> } : container;
}

/** Models PodValidateLimitFunc. */
function podFaults(item: Item, pod: Pod): string[] {
  if (item.type === 'Container') {
    const containers = [...pod.spec.containers, ...((pod.spec.initContainers ?? []) as Container[])];
    return containers.flatMap(({ resources }) =>
      faultsOf(item, quantities(resources?.requests), quantities(resources?.limits)),
    );
  }
  return item.type === 'Pod' ? faultsOf(item, podTotals(pod, 'requests'), statedByAll(pod)) : [];
}

/** A Pod has a limit only if all of its containers have one. */
function statedByAll(pod: Pod): Quantities {
  const all = podTotals(pod, 'limits');
  return new Map(
    [...all].filter(([name]) => pod.spec.containers.every(({ resources }) => resources?.limits?.[name] !== undefined)),
  );
}

function quantities(list: object | undefined): Quantities {
  return new Map(Object.entries((list ?? {}) as Amounts).map(([name, text]) => [name, quantityOf(text)]));
}

function faultsOf(item: Item, requests: Quantities, limits: Quantities): string[] {
  const check = (
    bounds: object | undefined,
    rule: (
      name: string,
      bound: Quantity,
      request: Quantity | undefined,
      limit: Quantity | undefined,
    ) => string | undefined,
  ): string[] =>
    [...quantities(bounds)]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, bound]) => rule(name, bound, requests.get(name), limits.get(name)))
      .filter((fault) => fault !== undefined);
  return [
    ...check(item.min, (name, ...rest) => belowMin(item.type, name, ...rest)),
    ...check(item.max, (name, ...rest) => aboveMax(item.type, name, ...rest)),
    ...check(item.maxLimitRequestRatio, (name, ...rest) => aboveRatio(item.type, name, ...rest)),
  ];
}

type Rule = (type: string, name: string, bound: Quantity, request?: Quantity, limit?: Quantity) => string | undefined;

const belowMin: Rule = (type, name, min, request, limit) => {
  const rule = `minimum ${name} usage per ${type} is ${formatQuantity(min)}`;
  if (!request) return `${rule}.  No request is specified`;
  if (compareQuantities(request, min) < 0) return `${rule}, but request is ${formatQuantity(request)}`;
  return limit && compareQuantities(limit, min) < 0 ? `${rule}, but limit is ${formatQuantity(limit)}` : undefined;
};

const aboveMax: Rule = (type, name, max, request, limit) => {
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(max)}`;
  if (!limit) return `${rule}.  No limit is specified`;
  if (compareQuantities(limit, max) > 0) return `${rule}, but limit is ${formatQuantity(limit)}`;
  return request && compareQuantities(request, max) > 0
    ? `${rule}, but request is ${formatQuantity(request)}`
    : undefined;
};

const aboveRatio: Rule = (type, name, bound, request, limit) => {
  const rule = `${name} max limit to request ratio per ${type} is ${formatQuantity(bound)}`;
  if (!request?.nano) return `${rule}, but no request is specified or request is 0`;
  if (!limit?.nano) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = Number(limit.nano) / Number(request.nano);
  return ratio > Number(bound.nano) / 1e9 ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
};

/** Models PersistentVolumeClaimValidateLimitFunc: claims have requests only. */
function claimFaults({ type, min, max }: Item, { spec }: PersistentVolumeClaim): string[] {
  if (type !== 'PersistentVolumeClaim') return [];
  const requests = quantities(spec.resources?.requests);
  const faults: string[] = [];
  for (const [name, bound] of quantities(min)) faults.push(belowMin(type, name, bound, requests.get(name)) ?? '');
  for (const [name, bound] of quantities(max)) {
    const request = requests.get(name);
    if (!request || compareQuantities(request, bound) <= 0) continue;
    const asked = formatQuantity(request);
    faults.push(`maximum ${name} usage per ${type} is ${formatQuantity(bound)}, but request is ${asked}`);
  }
  return faults.filter((fault) => fault !== '');
}
