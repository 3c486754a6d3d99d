import type { ApiObject, EndpointSlice, Service } from '../../../api/objects';
import { ApiError } from '../../../api/status';
import type { Core } from '../core';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { isAsked, matchesRule, matchesSelectors, type MatchSelectors, type Rule } from './match-rules';

/**
 * Models apiserver/pkg/admission/plugin/webhook. No program of the simulation answers reviews over TLS, so that each call
 * fails, for the reason that would be the first; what then happens is up to the webhook.
 */

interface Webhook extends MatchSelectors {
  readonly name: string;
  readonly failurePolicy?: string;
  readonly timeoutSeconds?: number;
  readonly rules?: readonly Rule[];
  readonly clientConfig: {
    readonly url?: string;
    readonly service?: {
      readonly namespace: string;
      readonly name: string;
      readonly path?: string;
      readonly port?: number;
    };
  };
}

function call(resource: 'validating' | 'mutating', request: AdmissionRequest, core: Core): void {
  const configurations = core.store.all(`${resource}webhookconfigurations` as 'configmaps');
  if (configurations.size === 0 || !isAsked(request)) return;
  for (const key of [...configurations.keys()].sort()) {
    const { webhooks = [] } = configurations.get(key) as ApiObject as ApiObject & { webhooks?: readonly Webhook[] };
    for (const hook of webhooks) callOne(hook, request, core);
  }
}

function callOne(hook: Webhook, request: AdmissionRequest, core: Core): void {
  if (hook.failurePolicy === 'Ignore') return;
  if (!hook.rules?.some((rule) => matchesRule(rule, request)) || !matchesSelectors(hook, request, core)) return;
  const { url, problem } = targetOf(hook, core);
  const why = `failed calling webhook ${JSON.stringify(hook.name)}: failed to call webhook: Post ${JSON.stringify(`${url}?timeout=${hook.timeoutSeconds ?? 10}s`)}: ${problem}`;
  throw new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}

function targetOf({ clientConfig }: Webhook, core: Core): { url: string; problem: string } {
  const { service, url = '' } = clientConfig;
  if (!service) {
    const host = /^https:\/\/([^/:?#]+)/.exec(url)?.[1] ?? '';
    return { url, problem: `dial tcp: lookup ${host}: no such host` };
  }
  const { namespace, name, path = '', port = 443 } = service;
  const target = `https://${name}.${namespace}.svc:${port}${path.startsWith('/') || path === '' ? path : `/${path}`}`;
  const stored = core.store.get('services', `${namespace}/${name}`) as Service | undefined;
  if (!stored) return { url: target, problem: `service ${JSON.stringify(name)} not found` };
  const slices = [...core.store.all('endpointslices').values()] as EndpointSlice[];
  const own = slices.filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name,
  );
  const ready = own.flatMap(({ endpoints }) => endpoints ?? []).find(({ conditions }) => conditions?.ready !== false);
  if (!ready) return { url: target, problem: `no endpoints available for service ${JSON.stringify(name)}` };
  return { url: target, problem: `dial tcp ${stored.spec.clusterIP ?? ''}:${port}: connect: connection refused` };
}

export const mutatingAdmissionWebhook: AdmissionPlugin = {
  name: 'MutatingAdmissionWebhook',
  admit(request, core) {
    if (request.operation !== 'delete') call('mutating', request, core);
    return request.object;
  },
};

export const validatingAdmissionWebhook: AdmissionPlugin = {
  name: 'ValidatingAdmissionWebhook',
  validate: (request, core) => call('validating', request, core),
};
