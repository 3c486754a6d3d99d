import type { Pod, Service } from '../../../api/objects';
import { ApiError, badRequest } from '../../../api/status';
import type { Call } from './call';
import { currentObject } from './get';
import { chooseContainer } from './pod-subresources';
import type { ResourcePath } from './request-info';

/** Models pkg/registry/core/pod/rest: what clients connect to. */

/** The subresources that are connections. */
export const CONNECTIONS: readonly string[] = ['exec', 'attach', 'portforward', 'proxy'];

/**
 * A request that wants to become a connection. This server takes none over, so that each ends in a refusal: of what is
 * wrong with it, or else for want of an upgrade.
 */
export function refuseConnection(call: Call, path: ResourcePath): ApiError {
  if (path.subresource === 'proxy') return refuseProxy(call, path);
  const pod = currentObject(call, path) as Pod;
  if (path.subresource !== 'portforward') chooseContainer(pod, call.request.query?.['container'] ?? '');
  if (!pod.spec.nodeName) return badRequest(`pod ${path.name} does not have a host assigned`);
  return badRequest('Upgrade request required');
}

/** Behind a proxy would be a program, and those speak only to one another. */
function refuseProxy(call: Call, path: ResourcePath): ApiError {
  const { kind, metadata } = currentObject(call, path) as Service;
  const why =
    kind === 'Service'
      ? `no endpoints available for service ${JSON.stringify(metadata.name)}`
      : 'the server is currently unable to handle the request';
  return new ApiError(503, 'ServiceUnavailable', why);
}
