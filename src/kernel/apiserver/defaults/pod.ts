import type { Container, Pod, PodSpec } from '../../../api/objects';
import { each, fill, within } from './fill';
import { defaultPodResources } from './pod-resources';
import { defaultPodSpec } from './pod-spec';

type Containers = PodSpec['containers'];

/** Models pkg/apis/core/v1 SetDefaults_Pod: what only a Pod gets, not a template. */
export function defaultPod(pod: Pod): Pod {
  return within(pod, 'spec', (spec) => {
    let next = fill(withGrace(defaultPodSpec(spec)), { enableServiceLinks: true });
    next = within(next, 'containers', (containers) => each(containers, defaultRequests));
    next = within(
      next,
      'initContainers',
      (containers) => each(containers as Containers, defaultRequests) as typeof containers,
    );
    next = defaultPodResources(next);
    if (!next.hostNetwork) return next;
    next = within(next, 'containers', (containers) => each(containers, defaultHostPorts));
    return within(
      next,
      'initContainers',
      (containers) => each(containers as Containers, defaultHostPorts) as typeof containers,
    );
  });
}

/** Less than no time is hardly any. Models Convert_v1_Pod_To_core_Pod. */
function withGrace(spec: PodSpec): PodSpec {
  return spec.terminationGracePeriodSeconds! < 0 ? { ...spec, terminationGracePeriodSeconds: 1 } : spec;
}

/** A limit without a request is a request too. */
function defaultRequests(container: Container): Container {
  return within(container, 'resources', (resources) => {
    if (!resources.limits) return resources;
    const requests = fill(resources.requests ?? {}, resources.limits);
    return requests === resources.requests ? resources : { ...resources, requests };
  });
}

/** On the host's network a container's port is the host's. */
function defaultHostPorts(container: Container): Container {
  return within(container, 'ports', (ports) => each(ports, (port) => fill(port, { hostPort: port.containerPort })));
}
