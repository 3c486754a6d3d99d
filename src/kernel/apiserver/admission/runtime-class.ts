import { equalJson } from '../../../api/json';
import type { Pod, PodSpec, RuntimeClass, Toleration } from '../../../api/objects';
import { canonicalQuantity } from '../../../api/quantity';
import { forbidden } from '../../../api/status';
import type { Core } from '../core';
import type { AdmissionPlugin } from './admission';

const OVERHEAD_DIFFERS = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
const OVERHEAD_UNKNOWN = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';

/** Models plugin/pkg/admission/runtimeclass: a Pod takes on what its runtime costs and where that runs. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resources: ['pods'],
  admit({ operation, name, object }, core) {
    const pod = object as Pod;
    const found = operation === 'create' ? classOf(core, pod, name) : undefined;
    if (!found) return object;
    return { ...pod, spec: withScheduling(withOverhead(pod.spec, found, name), found, name) };
  },
  validate({ operation, name, object }, core) {
    if (operation !== 'create') return;
    const pod = object as Pod;
    const wanted = classOf(core, pod, name)?.overhead?.podFixed;
    if (wanted === undefined && pod.spec.overhead) throw refuse(name, OVERHEAD_UNKNOWN);
    if (wanted !== undefined && !sameAmounts(wanted, pod.spec.overhead)) throw refuse(name, OVERHEAD_DIFFERS);
  },
};

const refuse = (name: string, why: string): Error => forbidden('', 'pods', name, why);

function classOf(core: Core, { spec }: Pod, name: string): RuntimeClass | undefined {
  const { runtimeClassName } = spec;
  if (runtimeClassName === undefined) return undefined;
  const found = core.store.get('runtimeclasses', runtimeClassName) as RuntimeClass | undefined;
  if (!found) throw refuse(name, `pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`);
  return found;
}

type Amounts = Record<string, string | number>;

function sameAmounts(wanted: Amounts, given: Amounts = {}): boolean {
  const canonical = (amounts: Amounts): object =>
    Object.fromEntries(Object.entries(amounts).map(([key, amount]) => [key, canonicalQuantity(amount) ?? amount]));
  return equalJson(canonical(wanted), canonical(given));
}

function withOverhead(spec: PodSpec, { overhead }: RuntimeClass, name: string): PodSpec {
  const fixed = overhead?.podFixed;
  if (fixed === undefined) return spec;
  if (spec.overhead && !sameAmounts(fixed, spec.overhead)) throw refuse(name, OVERHEAD_DIFFERS);
  return { ...spec, overhead: fixed };
}

function withScheduling(spec: PodSpec, { scheduling }: RuntimeClass, name: string): PodSpec {
  if (!scheduling) return spec;
  const { nodeSelector = {}, tolerations = [] } = scheduling;
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own === undefined || own === value) continue;
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
    throw refuse(name, why);
  }
  const selector = { ...spec.nodeSelector, ...nodeSelector };
  const tolerated = merged(spec.tolerations ?? [], tolerations as Toleration[]);
  return {
    ...spec,
    ...(Object.keys(selector).length > 0 ? { nodeSelector: selector } : {}),
    ...(tolerated.length > 0 ? { tolerations: tolerated } : {}),
  };
}

/** The first tolerations and those of the second that are not there yet. Models tolerations.MergeTolerations. */
function merged(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all: Toleration[] = [];
  for (const one of [...first, ...second]) if (!all.some((known) => equalJson(known, one))) all.push(one);
  return all;
}
