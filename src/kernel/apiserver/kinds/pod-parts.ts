import { equalJson } from '../../../api/json';
import type { Container, Json, Pod } from '../../../api/objects';
import { defaultPod } from '../defaults/pod';
import type { FieldErrors } from '../validation/field-errors';
import { goDiff } from '../validation/go-dump';
import { validatePodSpec } from '../validation/pod-spec';

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
  validatePodSpec(next.spec, 'spec', errors);
  const generation = (current.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}
