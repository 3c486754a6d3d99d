import type { LabelSelector, PodSpec, Toleration } from '../../../api/objects';
import type { FieldErrors } from './field-errors';
import { NEEDS_NO_VALUES, NEEDS_VALUES, NO_OPERATOR, validateLabelSelector } from './label-selectors';
import { labelFaults, labelValueFaults, qualifiedNameFaults, subdomainFaults } from './names';

/** Models pkg/apis/core/validation: affinity, tolerations, spreading, gates. */

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeTerm = NonNullable<
  NonNullable<
    NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
  >['nodeSelectorTerms']
>[number];
type NodeRequirement = NonNullable<NodeTerm['matchExpressions']>[number];
type PodTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type Spread = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const NOT_EMPTY = 'can not be empty';
const WEIGHT_RANGE = 'must be in the range 1-100';
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function validateAffinity(affinity: Affinity | undefined, path: string, errors: FieldErrors): void {
  if (!affinity) return;
  if (affinity.nodeAffinity) validateNodeAffinity(affinity.nodeAffinity, `${path}.nodeAffinity`, errors);
  if (affinity.podAffinity) validatePodAffinity(affinity.podAffinity, `${path}.podAffinity`, errors);
  if (affinity.podAntiAffinity)
    validatePodAffinity(affinity.podAntiAffinity as PodAffinity, `${path}.podAntiAffinity`, errors);
}

function validateNodeAffinity(
  affinity: NonNullable<Affinity['nodeAffinity']>,
  path: string,
  errors: FieldErrors,
): void {
  const required = affinity[REQUIRED];
  if (required) validateNodeSelector(required, `${path}.${REQUIRED}`, errors);
  affinity[PREFERRED]?.forEach((term, index) => {
    const at = `${path}.${PREFERRED}[${index}]`;
    if (term.weight <= 0 || term.weight > 100) errors.invalid(`${at}.weight`, term.weight, WEIGHT_RANGE);
    validateNodeTerm(term.preference, `${at}.preference`, errors, false);
  });
}

/** Terms that select nodes; of Pods and of PersistentVolumes. */
export function validateNodeSelector(
  selector: { nodeSelectorTerms?: NodeTerm[] },
  path: string,
  errors: FieldErrors,
): void {
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) errors.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term');
  terms.forEach((term, index) => validateNodeTerm(term, `${path}.nodeSelectorTerms[${index}]`, errors));
}

/** Values of what is only preferred are not looked at: a warning tells. */
function validateNodeTerm(term: NodeTerm, path: string, errors: FieldErrors, strict = true): void {
  term.matchExpressions?.forEach((requirement, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    validateNodeRequirement(requirement, at, errors);
    if (strict) validateNodeValues(requirement, at, errors);
  });
  term.matchFields?.forEach((requirement, index) =>
    validateNodeField(requirement, `${path}.matchFields[${index}]`, errors),
  );
}

function validateNodeRequirement(requirement: NodeRequirement, path: string, errors: FieldErrors): void {
  const count = requirement.values?.length ?? 0;
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      if (count === 0) errors.required(`${path}.values`, NEEDS_VALUES);
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) errors.forbidden(`${path}.values`, NEEDS_NO_VALUES);
      break;
    case 'Gt':
    case 'Lt':
      if (count !== 1)
        errors.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'");
      break;
    default:
      errors.invalid(`${path}.operator`, requirement.operator, NO_OPERATOR);
  }
  for (const fault of qualifiedNameFaults(requirement.key)) errors.invalid(`${path}.key`, requirement.key, fault);
}

function validateNodeValues(requirement: NodeRequirement, path: string, errors: FieldErrors): void {
  requirement.values?.forEach((value, index) => {
    for (const fault of labelValueFaults(value)) errors.invalid(`${path}.values[${index}]`, value, fault);
  });
}

function validateNodeField(requirement: NodeRequirement, path: string, errors: FieldErrors): void {
  if (requirement.operator !== 'In' && requirement.operator !== 'NotIn')
    errors.invalid(`${path}.operator`, requirement.operator, NO_OPERATOR);
  else if (requirement.values?.length !== 1) {
    errors.required(
      `${path}.values`,
      "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
    );
  }
  if (requirement.key !== 'metadata.name') {
    errors.invalid(`${path}.key`, requirement.key, 'not a valid field selector key');
    return;
  }
  requirement.values?.forEach((value, index) => {
    for (const fault of subdomainFaults(value)) errors.invalid(`${path}.values[${index}]`, value, fault);
  });
}

function validatePodAffinity(affinity: PodAffinity, path: string, errors: FieldErrors): void {
  affinity[REQUIRED]?.forEach((term, index) => validatePodTerm(term, `${path}.${REQUIRED}[${index}]`, errors));
  affinity[PREFERRED]?.forEach((term, index) => {
    const at = `${path}.${PREFERRED}[${index}]`;
    if (term.weight <= 0 || term.weight > 100) errors.invalid(`${at}.weight`, term.weight, WEIGHT_RANGE);
    validatePodTerm(term.podAffinityTerm, `${at}.podAffinityTerm`, errors);
  });
}

function validatePodTerm(term: PodTerm, path: string, errors: FieldErrors): void {
  validateLabelSelector(term.labelSelector as LabelSelector | undefined, `${path}.labelSelector`, errors);
  validateLabelSelector(term.namespaceSelector as LabelSelector | undefined, `${path}.namespaceSelector`, errors);
  for (const namespace of term.namespaces ?? []) {
    for (const fault of labelFaults(namespace)) errors.invalid(`${path}.namespace`, namespace, fault);
  }
  validateLabelKeys(term, path, errors);
  if (!term.topologyKey) errors.required(`${path}.topologyKey`, NOT_EMPTY);
  for (const fault of qualifiedNameFaults(term.topologyKey ?? ''))
    errors.invalid(`${path}.topologyKey`, term.topologyKey ?? '', fault);
}

type LabelKeys = { matchLabelKeys?: string[]; mismatchLabelKeys?: string[]; labelSelector?: object };

/** Labels of which the Pod's own values count. Models ValidateMatchLabelKeysAndMismatchLabelKeys. */
function validateLabelKeys(term: LabelKeys, path: string, errors: FieldErrors): void {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  const selector = term.labelSelector as LabelSelector | undefined;
  for (const key of ['matchLabelKeys', 'mismatchLabelKeys'] as const) {
    const at = `${path}.${key}`;
    if (!selector && term[key]?.length) errors.forbidden(at, 'must not be specified when labelSelector is not set');
    else
      term[key]?.forEach((name, index) => {
        for (const fault of qualifiedNameFaults(name)) errors.invalid(`${at}[${index}]`, name, fault);
      });
  }
  const selected = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const index = matchLabelKeys.lastIndexOf(key);
    if (index >= 0 && selected.has(key))
      errors.invalid(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector');
    selected.add(key);
  }
  matchLabelKeys.forEach((key, index) => {
    if (mismatchLabelKeys.includes(key))
      errors.invalid(`${path}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys');
  });
}

export function validateTolerations(
  tolerations: readonly Toleration[] | undefined,
  path: string,
  errors: FieldErrors,
): void {
  tolerations?.forEach((toleration, index) => validateToleration(toleration, `${path}[${index}]`, errors));
}

function validateToleration(toleration: Toleration, path: string, errors: FieldErrors): void {
  const { key = '', operator = '', value = '', effect = '' } = toleration;
  if (key !== '') for (const fault of qualifiedNameFaults(key)) errors.invalid(`${path}.key`, key, fault);
  if (key === '' && operator !== 'Exists') {
    const why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.invalid(`${path}.operator`, operator, why);
  }
  if (toleration.tolerationSeconds !== undefined && effect !== 'NoExecute') {
    errors.invalid(`${path}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
  }
  if (operator === '' || operator === 'Equal') {
    const faults = labelValueFaults(value);
    if (faults.length > 0) errors.invalid(`${path}.operator`, value, faults.join(';'));
  } else if (operator === 'Exists') {
    if (value !== '') errors.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'");
  } else {
    const known = operator === 'Lt' || operator === 'Gt' ? ['Equal', 'Exists', 'Lt', 'Gt'] : ['Equal', 'Exists'];
    errors.notSupported(`${path}.operator`, operator, known);
  }
  if (effect !== '') validateTaintEffect(effect, `${path}.effect`, errors);
}

export function validateTaintEffect(effect: string, path: string, errors: FieldErrors): void {
  if (effect === '') errors.required(path);
  else if (!TAINT_EFFECTS.includes(effect)) errors.notSupported(path, effect, TAINT_EFFECTS);
}

export function validateSpread(constraints: readonly Spread[] | undefined, path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  constraints?.forEach((constraint, index) => {
    const at = `${path}[${index}]`;
    if (!(constraint.maxSkew > 0))
      errors.invalid(`${at}.maxSkew`, constraint.maxSkew ?? 0, 'must be greater than zero');
    if (!constraint.topologyKey) errors.required(`${at}.topologyKey`, NOT_EMPTY);
    const when = constraint.whenUnsatisfiable;
    if (when !== 'DoNotSchedule' && when !== 'ScheduleAnyway') {
      errors.notSupported(`${at}.whenUnsatisfiable`, when, ['DoNotSchedule', 'ScheduleAnyway']);
    }
    const pair = `{${constraint.topologyKey}, ${when}}`;
    if (seen.has(pair)) errors.duplicate(`${at}[{topologyKey, whenUnsatisfiable}]`, pair);
    seen.add(pair);
    if (constraint.minDomains !== undefined && constraint.minDomains <= 0) {
      errors.invalid(`${at}.minDomains`, constraint.minDomains, 'must be greater than zero');
    }
    if (constraint.minDomains !== undefined && when !== 'DoNotSchedule') {
      const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${when ?? ''}`;
      errors.invalid(`${at}.minDomains`, constraint.minDomains, why);
    }
    for (const key of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[key];
      if (policy !== undefined && policy !== 'Honor' && policy !== 'Ignore')
        errors.notSupported(`${at}.${key}`, policy, ['Honor', 'Ignore']);
    }
    validateLabelKeys(constraint as LabelKeys, at, errors);
    validateLabelSelector(constraint.labelSelector as LabelSelector | undefined, `${at}.labelSelector`, errors);
  });
}

export function validateGates(gates: PodSpec['schedulingGates'], path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  gates?.forEach((gate, index) => {
    for (const fault of qualifiedNameFaults(gate.name)) errors.invalid(`${path}[${index}]`, gate.name, fault);
    if (seen.has(gate.name)) errors.duplicate(`${path}[${index}]`, gate.name);
    seen.add(gate.name);
  });
}
