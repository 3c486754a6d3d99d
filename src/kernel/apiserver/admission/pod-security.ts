import type { ApiObject, CronJob, Deployment, Namespace, Pod, PodSpec, StoredPodTemplate } from '../../../api/objects';
import { forbidden } from '../../../api/status';
import type { Core } from '../core';
import { FieldErrors, invalidObject } from '../validation/field-errors';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { violations } from './pod-security-checks';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS = ['privileged', 'baseline', 'restricted'];
const VERSION = /^v1\.(0|[1-9]\d*)$/;
const MODES = ['enforce', 'audit', 'warn'] as const;
/** At most so many Pods are looked at when a namespace becomes stricter. */
const MAX_CHECKED = 3000;

interface LevelVersion {
  readonly level: string;
  readonly version: string;
}

type Policy = Record<(typeof MODES)[number], LevelVersion>;
type Labels = Readonly<Record<string, string>>;
type Template = { metadata?: { annotations?: Labels }; spec?: PodSpec };

/** Models pod-security-admission: what Pods may ask for is up to the labels of their namespace. */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  resources: [
    ...['namespaces', 'pods', 'podtemplates', 'replicationcontrollers', 'replicasets', 'deployments', 'statefulsets'],
    ...['daemonsets', 'jobs', 'cronjobs'],
  ],
  subresources: ['ephemeralcontainers'],
  validate(request, core) {
    if (request.operation === 'delete' || request.subresource === 'status') return;
    const { resource } = request.resource.kind;
    if (resource === 'namespaces') return validateNamespace(request, core);
    const namespace = core.store.get('namespaces', request.namespace) as Namespace | undefined;
    const labels = namespace?.metadata.labels ?? {};
    if (!Object.keys(labels).some((key) => key.startsWith(PREFIX))) return;
    const policy = policyOf(labels, new FieldErrors());
    if (resource === 'pods') return validatePod(request, policy);
    const template = templateOf(request.object, resource);
    if (template?.spec) warn(request, policy.warn, template.spec, template.metadata?.annotations);
  },
};

/** Models PolicyToEvaluate. */
function policyOf(labels: Labels, errors: FieldErrors): Policy {
  const policy: Policy = { enforce: privilegedOf(), audit: privilegedOf(), warn: privilegedOf() };
  const valid = new Set<string>();
  for (const mode of MODES) {
    const level = labels[`${PREFIX}${mode}`];
    const version = labels[`${PREFIX}${mode}-version`];
    if (level !== undefined) {
      if (LEVELS.includes(level)) valid.add(mode);
      else errors.invalid(`metadata.labels[${PREFIX}${mode}]`, level, `must be one of ${LEVELS.join(', ')}`);
      const otherwise = mode === 'enforce' ? 'restricted' : 'privileged';
      policy[mode] = { ...policy[mode], level: LEVELS.includes(level) ? level : otherwise };
    }
    if (version === undefined) continue;
    const known = version === 'latest' || VERSION.test(version);
    if (!known) errors.invalid(`metadata.labels[${PREFIX}${mode}-version]`, version, 'must be "latest" or "v1.x"');
    policy[mode] = { ...policy[mode], version: known ? version : 'latest' };
  }
  if (labels[`${PREFIX}warn`] === undefined && valid.has('enforce')) {
    const version = labels[`${PREFIX}warn-version`] ?? policy.enforce.version;
    if (policy.enforce.level !== 'privileged') policy.warn = { level: policy.enforce.level, version };
  }
  return policy;
}

const privilegedOf = (): LevelVersion => ({ level: 'privileged', version: 'latest' });
const shown = ({ level, version }: LevelVersion): string => JSON.stringify(`${level}:${version}`);

function detailOf(policy: LevelVersion, spec: PodSpec, annotations: Labels | undefined): string {
  return violations(policy, spec, annotations)
    .map(({ reason, detail }) => `${reason} (${detail})`)
    .join(', ');
}

function validatePod(request: AdmissionRequest, { enforce, warn: warned }: Policy): void {
  const { spec, metadata } = request.object as Pod;
  const current = request.current as Pod | undefined;
  if (current && !isSignificant(spec, current.spec)) return;
  const detail = detailOf(enforce, spec, metadata.annotations);
  if (detail !== '') throw forbidden('', 'pods', request.name, `violates PodSecurity ${shown(enforce)}: ${detail}`);
  warn(request, warned, spec, metadata.annotations);
}

/** Nobody reads the warnings of the cluster's own components. */
function warn({ write }: AdmissionRequest, policy: LevelVersion, spec: PodSpec, annotations: Labels | undefined): void {
  if (write.trusted) return;
  const detail = detailOf(policy, spec, annotations);
  if (detail !== '') write.warnings.push(`would violate PodSecurity ${shown(policy)}: ${detail}`);
}

/** Whether anything that levels are about can have changed. Models isSignificantPodUpdate. */
function isSignificant(next: PodSpec, current: PodSpec): boolean {
  const imagesOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): string =>
    JSON.stringify([initContainers, containers, ephemeralContainers].map((list) => list.map(({ image }) => image)));
  return imagesOf(next) !== imagesOf(current);
}

function templateOf(object: ApiObject, resource: string): Template | undefined {
  if (resource === 'podtemplates') return (object as StoredPodTemplate).template as Template | undefined;
  if (resource === 'cronjobs') return (object as CronJob).spec.jobTemplate.spec?.template;
  return (object as Deployment).spec.template;
}

function validateNamespace(request: AdmissionRequest, core: Core): void {
  const labels = request.object.metadata.labels ?? {};
  const before = request.current?.metadata.labels ?? {};
  const errors = new FieldErrors();
  const known = new FieldErrors();
  const { enforce } = policyOf(labels, errors);
  const old = policyOf(before, known).enforce;
  const same = JSON.stringify(errors.list) === JSON.stringify(known.list);
  if (!errors.empty && !same) throw invalidObject('', 'Namespace', request.name, errors);
  if (!request.current || request.write.trusted || enforce.level === 'privileged') return;
  const stricter = LEVELS.indexOf(enforce.level) > LEVELS.indexOf(old.level);
  if (stricter || enforce.version !== old.version) warnOfPods(request, core, enforce);
}

/** Models EvaluatePodsInNamespace. */
function warnOfPods({ name, write }: AdmissionRequest, core: Core, policy: LevelVersion): void {
  const pods = ([...core.store.all('pods').values()] as Pod[]).filter(({ metadata }) => metadata.namespace === name);
  const found = new Map<string, string[]>();
  for (const { metadata, spec } of pods.slice(0, MAX_CHECKED)) {
    const reasons = violations(policy, spec, metadata.annotations).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const key = reasons.join(', ');
    found.set(key, [...(found.get(key) ?? []), metadata.name]);
  }
  if (pods.length > MAX_CHECKED) {
    const part = `the first ${MAX_CHECKED} of ${pods.length} existing pods`;
    write.warnings.push(`new PodSecurity enforce level only checked against ${part}`);
  }
  if (found.size === 0) return;
  write.warnings.push(
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level ${shown(policy)}`,
  );
  write.warnings.push(...[...found].map(([reasons, names]) => `${shownPods(names.sort())}: ${reasons}`).sort());
}

function shownPods([first, ...others]: readonly string[]): string {
  if (others.length === 0) return first!;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
