import type { Container, PodSpec, Volume } from '../../../api/objects';
import { each, within } from './fill';

/** Models pkg/api/pod dropDisabledFields: what belongs to features that are off unless somebody turns them on. */
export function withoutDisabled(spec: PodSpec): PodSpec {
  let next = spec;
  if (next.schedulingGroup !== undefined) {
    const { schedulingGroup: _group, ...others } = next;
    next = others;
  }
  for (const key of ['containers', 'initContainers', 'ephemeralContainers'] as const)
    next = within(next, key, (list) => each(list as Container[], withoutStopSignal) as never);
  return within(next, 'volumes', (volumes) => each(volumes, withoutCertificates));
}

function withoutStopSignal(container: Container): Container {
  return within(container, 'lifecycle', (lifecycle) => {
    if (lifecycle.stopSignal === undefined) return lifecycle;
    const { stopSignal: _signal, ...others } = lifecycle;
    return others;
  });
}

function withoutCertificates(volume: Volume): Volume {
  return within(volume, 'projected', (projected) =>
    within(projected, 'sources', (sources) =>
      each(sources, (source) => {
        if (!source.clusterTrustBundle && !source.podCertificate) return source;
        const { clusterTrustBundle: _bundle, podCertificate: _certificate, ...others } = source;
        return others;
      }),
    ),
  );
}
