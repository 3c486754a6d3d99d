import type { ApiResponse } from '../../../api/client';
import type { Container, Json, Pod } from '../../../api/objects';
import { ApiError, badRequest } from '../../../api/status';
import { attempt } from '../core';
import { decodeBody } from '../decode/body';
import { evictPod } from '../subresources/eviction';
import { bindPod, type BindingBody } from '../subresources/pods';
import { FieldErrors, invalidObject } from '../validation/field-errors';
import { textResponse, writeOf, type Answer, type Call } from './call';
import { deleteOptions, writeOptions, type DeleteBody, type WriteOptions } from './options';
import type { ResourcePath } from './request-info';
import { currentObject } from './get';
import { applyStrictness } from './write';

/** Models pkg/registry/core/pod/storage and rest: binding, eviction and log over the door. */

/** Where the output of containers is read; the kubelets keep it. */
export interface PodLogs {
  /** The output of a container's current (or previous) run; `undefined` where there is none to read. */
  read(namespace: string, pod: string, container: string, previous: boolean, options: LogOptions): string | undefined;
}

export interface LogOptions {
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly timestamps?: boolean;
}

const BINDING = { apiVersion: 'v1', kind: 'Binding', typeName: 'io.k8s.api.core.v1.Binding' };
const EVICTION = { apiVersion: 'policy/v1', kind: 'Eviction', typeName: 'io.k8s.api.policy.v1.Eviction' };
const CREATED: Json = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/** POST pods/NAME/binding. */
export function createBinding(call: Call, path: ResourcePath): Answer {
  const { binding, options } = readBinding(call);
  if ((binding.metadata?.name || path.name) !== path.name)
    throw badRequest('name in URL does not match name in Binding object');
  return bind(call, path, binding, options);
}

/** POST bindings: the Pod is the one that the body names. */
export function createBareBinding(call: Call, path: ResourcePath): Answer {
  const { binding, options } = readBinding(call);
  return bind(call, { ...path, name: binding.metadata?.name ?? '' }, binding, options);
}

function readBinding(call: Call): { binding: BindingBody; options: WriteOptions } {
  const options = writeOptions(call.request, 'CreateOptions');
  const decoded = decodeBody(call.request, BINDING);
  applyStrictness(call, decoded, options.fieldValidation, BINDING.kind);
  return { binding: decoded.object as BindingBody, options };
}

function bind(call: Call, path: ResourcePath, binding: BindingBody, options: WriteOptions): Answer {
  const { kind = '', name = '' } = binding.target ?? {};
  if (kind !== '' && kind !== 'Node') {
    throw new ApiError(
      500,
      '',
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`,
    );
  }
  if (name === '') throw new ApiError(500, '', 'target.name: Required value');
  const write = writeOf(call, options.dryRun, options.fieldManager);
  attempt(call.core, options.dryRun, () =>
    bindPod(call.core, path.resource, path.namespace, path.name, binding, write),
  );
  return { code: 201, body: CREATED };
}

/** POST pods/NAME/eviction. */
export function createEviction(call: Call, path: ResourcePath): Answer {
  const options = writeOptions(call.request, 'CreateOptions');
  const decoded = decodeBody(call.request, EVICTION);
  const eviction = decoded.object as { metadata?: { name?: string }; deleteOptions?: DeleteBody };
  if ((eviction.metadata?.name || path.name) !== path.name)
    throw badRequest('name in URL does not match name in Eviction object');
  const { remove, dryRun } = deleteOptions({ ...call.request, query: {} }, eviction.deleteOptions ?? {});
  const write = writeOf(call, options.dryRun || dryRun, options.fieldManager);
  attempt(call.core, write.dryRun, () => evictPod(call.core, path.resource, path.namespace, path.name, remove, write));
  return { code: 201, body: CREATED };
}

/** GET pods/NAME/log. */
export function readLog(call: Call, path: ResourcePath, logs: PodLogs | undefined): ApiResponse {
  const pod = currentObject(call, path) as Pod;
  const query = call.request.query ?? {};
  const options = logOptions(query, path.name);
  const container = chooseContainer(pod, query['container'] ?? '');
  if (!pod.spec.nodeName) return { code: 204, headers: {}, body: '' };
  const previous = query['previous'] === 'true' || query['previous'] === '1';
  const text = logs?.read(path.namespace, path.name, container, previous, options);
  if (text !== undefined) return { ...textResponse(200, text), headers: { 'content-type': 'text/plain' } };
  const state = previous ? 'previous terminated container' : 'container';
  throw badRequest(
    `${state} ${JSON.stringify(container)} in pod ${JSON.stringify(path.name)} ${previous ? 'not found' : waitingText(pod, container)}`,
  );
}

function waitingText(pod: Pod, container: string): string {
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
  const reason = statuses.find((status) => status.name === container)?.state?.waiting?.reason;
  return reason ? `is waiting to start: ${reason}` : 'is not available';
}

/** Models pkg/registry/core/pod LogLocation: which container is meant. Throws ApiError 400. */
export function chooseContainer(pod: Pod, asked: string): string {
  const { name } = pod.metadata;
  const all = [
    ...((pod.spec.initContainers ?? []) as Container[]),
    ...pod.spec.containers,
    ...((pod.spec.ephemeralContainers ?? []) as Container[]),
  ];
  if (asked !== '') {
    if (all.some((container) => container.name === asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  if (all.length === 1) return all[0]!.name;
  const init = (pod.spec.initContainers ?? []).map((container) => container.name);
  const names = pod.spec.containers.map((container) => container.name);
  const noun =
    init.length > 0 || pod.spec.ephemeralContainers?.length ? [...init, ...names].join(' ') : names.join(' ');
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${noun}]`);
}

/** Models pkg/apis/core/validation ValidatePodLogOptions. */
function logOptions(query: Record<string, string>, name: string): LogOptions {
  const errors = new FieldErrors();
  const number = (key: string): number | undefined =>
    query[key] === undefined || query[key] === '' ? undefined : Number(query[key]);
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = query['sinceTime'];
  if (tailLines !== undefined && tailLines < 0)
    errors.invalid('tailLines', tailLines, 'must be greater than or equal to 0');
  if (limitBytes !== undefined && limitBytes < 1) errors.invalid('limitBytes', limitBytes, 'must be greater than 0');
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    errors.forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified');
  } else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.invalid('sinceSeconds', sinceSeconds, 'must be greater than 0');
  if (!errors.empty) throw invalidObject('', 'PodLogOptions', name, errors);
  return {
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
    ...(query['timestamps'] === 'true' ? { timestamps: true } : {}),
  };
}
