import { equalJson } from '../../../api/json';
import type { Container, Json, Pod, PodSpec } from '../../../api/objects';
import { defaultPod } from '../defaults/pod';
import type { FieldErrors } from '../validation/field-errors';
import { goDiff } from '../validation/go-dump';
import { validatePodSpec } from '../validation/pod-spec';
import { qosClassOf } from './qos';

/** Models pkg/registry/core/pod podEphemeralContainersStrategy: debugging containers can be added, and then stay. */
export function withEphemeralContainers(changed: Pod, current: Pod, errors: FieldErrors): Pod {
  const wanted = changed.spec.ephemeralContainers;
  if (equalJson(wanted ?? [], current.spec.ephemeralContainers ?? [])) return current;
  const spec = { ...current.spec, ...(wanted ? { ephemeralContainers: wanted } : {}) };
  const next = defaultPod({ ...current, spec });
  for (const container of (current.spec.ephemeralContainers ?? []) as Container[]) {
    const path = 'spec.ephemeralContainers';
    const kept = (next.spec.ephemeralContainers as Container[] | undefined)?.find((one) => one.name === container.name);
    if (!kept)
      errors.forbidden(path, `existing ephemeral containers ${JSON.stringify(container.name)} may not be removed\n`);
    else if (!equalJson(kept, container)) {
      const difference = goDiff(
        container as unknown as Json,
        kept as unknown as Json,
        'io.k8s.api.core.v1.EphemeralContainer',
      );
      errors.forbidden(
        path,
        `existing ephemeral containers ${JSON.stringify(container.name)} may not be changed\n${difference}`,
      );
    }
  }
  validatePodSpec(next.spec, 'spec', errors, { isPod: true, podName: next.metadata.name });
  const generation = (current.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}

type Containers = Container[] | undefined;

/** Models podResizeStrategy: of what is asked only the resources of containers are looked at. */
export function withResizedContainers(changed: Pod, current: Pod, errors: FieldErrors): Pod {
  const containers = resized(current.spec.containers, changed.spec.containers)!;
  const init = resized(current.spec.initContainers as Containers, changed.spec.initContainers as Containers);
  const spec = { ...current.spec, containers, ...(init ? { initContainers: init as PodSpec['initContainers'] } : {}) };
  const next = defaultPod({ ...current, spec: spec as PodSpec });
  if (equalJson(next.spec, current.spec)) return current;
  validatePodResize(next, current, errors);
  const generation = (current.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}

function resized(containers: Containers, wanted: Containers): Containers {
  return containers?.map((container) => {
    const match = wanted?.find(({ name }) => name === container.name);
    if (!match) return container;
    const { resources: _, ...others } = container;
    return match.resources ? { ...others, resources: match.resources } : others;
  });
}

const RESIZABLE = ['cpu', 'memory'];

/** Models pkg/apis/core/validation ValidatePodResize. */
function validatePodResize(next: Pod, current: Pod, errors: FieldErrors): void {
  if (current.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) {
    return errors.forbidden('', 'static pods cannot be resized');
  }
  if (current.spec.os?.name === 'windows') return errors.forbidden('', 'windows pods cannot be resized');
  validatePodSpec(next.spec, 'spec', errors, { isPod: true, podName: next.metadata.name });
  if (qosClassOf(next) !== (current.status.qosClass ?? qosClassOf(current))) {
    errors.invalid('spec', current.status.qosClass, 'Pod QOS Class may not change as a result of resizing');
  }
  for (const field of ['initContainers', 'containers'] as const) {
    const [before, after] = [current.spec[field], next.spec[field]] as [Containers, Containers];
    before?.forEach((container, index) => {
      if (field === 'initContainers' && container.restartPolicy !== 'Always') return;
      validateKept(container.resources, after?.[index]?.resources, `spec.${field}[${index}].resources`, errors);
    });
  }
  if (!equalJson(fixedAmounts(next), fixedAmounts(current))) {
    errors.forbidden('spec', 'only cpu and memory resources are mutable');
  }
}

/** What is limited or asked for once can be changed, not taken back. */
function validateKept(before: Resources, after: Resources, path: string, errors: FieldErrors): void {
  for (const key of ['requests', 'limits'] as const) {
    const gone = RESIZABLE.filter((name) => before?.[key]?.[name] !== undefined && after?.[key]?.[name] === undefined);
    if (gone.length > 0) errors.forbidden(`${path}.${key}`, `resource ${key} cannot be removed`);
  }
}

type Resources = Container['resources'];

/** The amounts of everything that cannot be resized: of an init container that ends, all. */
function fixedAmounts({ spec }: Pod): Json {
  const init = (spec.initContainers ?? []) as Container[];
  const ends = (container: Container): boolean => init.includes(container) && container.restartPolicy !== 'Always';
  return [...spec.containers, ...init].map((container) =>
    (['requests', 'limits'] as const).map((key) =>
      Object.entries(container.resources?.[key] ?? {}).filter(([name]) => ends(container) || !RESIZABLE.includes(name)),
    ),
  ) as unknown as Json;
}
