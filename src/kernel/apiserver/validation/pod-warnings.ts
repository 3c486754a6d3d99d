import { equalJson } from '../../../api/json';
import type { ApiObject, Container, Pod, PodSpec, PodTemplate } from '../../../api/objects';
import { canonicalQuantity, quantityOf } from '../../../api/quantity';
import { labelFaults } from './names';
import type { Amounts } from './resources';

/** Models pkg/api/pod/warnings.go: what is legal but probably not meant. */

const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};
const SECCOMP = 'seccomp.security.alpha.kubernetes.io/pod';
const WHOLE_BYTES = ['memory', 'ephemeral-storage'];

/** The warnings about a new Pod, or about one whose spec changed. */
export function podWarnings(pod: Pod, current: Pod | undefined): string[] {
  if (current?.spec === pod.spec) return [];
  const name = current ? [] : nameWarnings(pod.metadata.name);
  return [...name, ...templateWarnings(pod.spec, pod.metadata.annotations, '')];
}

function nameWarnings(name: string): string[] {
  const faults = labelFaults(name);
  if (faults.length === 0) return [];
  const why = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return [`metadata.name: ${why}: [${faults.join(' ')}]`];
}

/** The warnings about a Pod's spec below `prefix`, such as `spec.template.`. */
export function templateWarnings(
  spec: PodSpec,
  annotations: Record<string, string> | undefined,
  prefix: string,
): string[] {
  const at = `${prefix}spec`;
  const warnings: string[] = [];
  for (const key in spec.nodeSelector) {
    if (DEPRECATED_LABELS[key]) warnings.push(`${at}.nodeSelector[${key}]: ${DEPRECATED_LABELS[key]}`);
  }
  if (annotations?.[SECCOMP] !== undefined) {
    warnings.push(
      `${prefix}metadata.annotations[${SECCOMP}]: non-functional in v1.27+; use the "seccompProfile" field instead`,
    );
  }
  warnings.push(
    ...repeated(
      spec.hostAliases,
      (alias) => alias.ip,
      (index, ip) => `${at}.hostAliases[${index}].ip: duplicate ip ${quoted(ip)}`,
    ),
  );
  spec.imagePullSecrets?.forEach((secret, index) => {
    if (!secret.name) warnings.push(`${at}.imagePullSecrets[${index}].name: invalid empty name ""`);
  });
  warnings.push(
    ...repeated(
      spec.imagePullSecrets?.filter((secret) => secret.name),
      (secret) => secret.name ?? '',
      (index, name) => `${at}.imagePullSecrets[${index}].name: duplicate name ${quoted(name)}`,
    ),
  );
  const init = (spec.initContainers ?? []) as Container[];
  init.forEach((container, index) => warnings.push(...containerWarnings(container, `${at}.initContainers[${index}]`)));
  spec.containers?.forEach((container, index) =>
    warnings.push(...containerWarnings(container, `${at}.containers[${index}]`)),
  );
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  return warnings;
}

const quoted = (text: string): string => JSON.stringify(text);

/** One warning for each item that says what an earlier one has said. */
function repeated<T>(
  items: readonly T[] | undefined,
  keyOf: (item: T) => string,
  text: (index: number, key: string) => string,
): string[] {
  const seen = new Set<string>();
  const warnings: string[] = [];
  items?.forEach((item, index) => {
    const key = keyOf(item);
    if (seen.has(key)) warnings.push(text(index, key));
    seen.add(key);
  });
  return warnings;
}

function containerWarnings(container: Container, path: string): string[] {
  const env = repeated(
    container.env,
    (one) => one.name,
    (index, name) =>
      `${path}.env[${index}]: hides previous definition of ${quoted(name)}, which may be dropped when using apply`,
  );
  return [...fractions(container.resources ?? {}, `${path}.resources`), ...env, ...portWarnings(container, path)];
}

/** Amounts of bytes that are not whole, resource by resource. */
function fractions(resources: NonNullable<Container['resources']>, path: string): string[] {
  return WHOLE_BYTES.flatMap((name) =>
    (['limits', 'requests'] as const).flatMap((key) => {
      const amount = (resources[key] as Amounts | undefined)?.[name];
      if (amount === undefined || quantityOf(amount).nano % 1_000_000_000n === 0n) return [];
      const shown = quoted(canonicalQuantity(amount)!);
      return [`${path}.${key}[${name}]: fractional byte value ${shown} is invalid, must be an integer`];
    }),
  );
}

function portWarnings(container: Container, path: string): string[] {
  const ports = container.ports ?? [];
  const warnings: string[] = [];
  ports.forEach((port, index) => {
    const same = ports.findIndex(
      (one) =>
        one.containerPort === port.containerPort && one.protocol === port.protocol && one.hostPort === port.hostPort,
    );
    if (same < index) warnings.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${same}]`);
  });
  return warnings;
}

const NAME_IN_PODS =
  'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended';

/** The warning about a new object of whose name its Pods' names are made. */
export function podNameWarnings(name: string): string[] {
  const faults = labelFaults(name);
  return faults.length === 0 ? [] : [`${NAME_IN_PODS}: [${faults.join(' ')}]`];
}

type Templated = ApiObject & { spec?: { template?: PodTemplate } };

/** The warnings about a workload's template, where it is new; with `names`, those about its name too. */
export function workloadWarnings(names: boolean) {
  return (next: ApiObject, current: ApiObject | undefined): string[] => {
    const template = (next as Templated).spec?.template;
    const name = names && !current ? podNameWarnings(next.metadata.name) : [];
    if (!template?.spec || equalJson(template, (current as Templated | undefined)?.spec?.template)) return name;
    const { spec, metadata } = template;
    return [...name, ...templateWarnings(spec as PodSpec, metadata?.annotations, 'spec.template.')];
  };
}
