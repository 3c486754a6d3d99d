import { Alike } from '../../../base/alike';
import { withFields } from '../../../base/state';
import type { Node, Pod, PodSpec, PriorityClass, Toleration } from '../../../api/objects';
import { forbidden } from '../../../api/status';
import { equalJson } from '../../../api/json';
import type { AdmissionPlugin } from './admission';

const GRACE_SECONDS = 300;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** Models plugin/pkg/admission/priority. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods'],
  admit({ operation, name, object, current }, core) {
    const pod = object as Pod;
    if (operation === 'update') return withPriorityOf(pod, current as Pod);
    const classes = core.store.all('priorityclasses') as ReadonlyMap<string, PriorityClass>;
    const chosen = pod.spec.priorityClassName ? classes.get(pod.spec.priorityClassName) : defaultClass(classes);
    if (pod.spec.priorityClassName && !chosen) {
      throw forbidden('', 'pods', name, `no PriorityClass with name ${pod.spec.priorityClassName} was found`);
    }
    const value = chosen?.value ?? 0;
    if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
      const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
      throw forbidden('', 'pods', name, why);
    }
    const preemptionPolicy = chosen?.preemptionPolicy ?? 'PreemptLowerPriority';
    if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== preemptionPolicy) {
      const why = `the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`;
      throw forbidden('', 'pods', name, why);
    }
    const spec: PodSpec = withFields(pod.spec, { priority: value, preemptionPolicy });
    return { ...pod, spec: chosen ? { ...spec, priorityClassName: chosen.metadata.name } : spec };
  },
};

/** An update that does not say keeps what admission computed. */
function withPriorityOf(pod: Pod, current: Pod): Pod {
  const { priority: value, preemptionPolicy } = current.spec;
  const spec = { ...pod.spec };
  if (spec.priority === undefined && value !== undefined) spec.priority = value;
  if (spec.preemptionPolicy === undefined && preemptionPolicy !== undefined) spec.preemptionPolicy = preemptionPolicy;
  return { ...pod, spec };
}

function defaultClass(classes: ReadonlyMap<string, PriorityClass>): PriorityClass | undefined {
  const defaults = [...classes.values()].filter((one) => one.globalDefault === true);
  return defaults.sort((left, right) => (left.value ?? 0) - (right.value ?? 0))[0];
}

/** Models plugin/pkg/admission/defaulttolerationseconds: a failed node keeps its Pods for five minutes. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  admit({ object, operation }) {
    const pod = object as Pod;
    const tolerations = pod.spec.tolerations ?? [];
    const added = [NOT_READY, UNREACHABLE].filter((key) => !tolerations.some((one) => tolerates(one, key)));
    if (added.length === 0 || operation === 'delete') return object;
    const more = added.map((key) => TOLERATIONS[key]!);
    return { ...pod, spec: withFields(pod.spec, { tolerations: alikeTolerations.share(tolerations.concat(more)) }) };
  },
};

const alikeTolerations = new Alike<Toleration[]>(8);

function tolerates(toleration: Toleration, key: string): boolean {
  return (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect);
}

const tolerationOf = (key: string): Toleration =>
  Object.freeze({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: GRACE_SECONDS });
const TOLERATIONS: Record<string, Toleration> = {
  [NOT_READY]: tolerationOf(NOT_READY),
  [UNREACHABLE]: tolerationOf(UNREACHABLE),
};

const UNSCHEDULABLE = { key: NOT_READY, effect: 'NoSchedule' } as const;

/** Models plugin/pkg/admission/nodetaint: a new Node is not ready until its lifecycle controller says so. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  admit({ operation, object }) {
    if (operation !== 'create') return object;
    const node = object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some((taint) => equalJson({ key: taint.key, effect: taint.effect }, UNSCHEDULABLE))) return object;
    return { ...node, spec: { ...node.spec, taints: [...taints, { ...UNSCHEDULABLE }] } };
  },
};
