import { nextUuid } from '../../../base/random';
import { hashState } from '../../../base/state';
import type { JsonMap } from '../../../api/json';
import type { ApiObject, DraftObject, Json, Secret } from '../../../api/objects';
import { formatTime } from '../../../api/time';
import { badRequest, conflict, notFound } from '../../../api/status';
import { attempt, type Core } from '../core';
import { decodeBody } from '../decode/body';
import { validateTokenSeconds } from '../validation/csi-drivers';
import { FieldErrors, invalidObject } from '../validation/field-errors';
import type { Answer, Call } from './call';
import { currentObject } from './get';
import { writeOptions } from './options';
import type { ResourcePath } from './request-info';
import { applyStrictness } from './write';

/** Models pkg/registry/core/serviceaccount/storage token.go, and pkg/serviceaccount for what is in a token. */

const TOKEN_REQUEST = {
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  typeName: 'io.k8s.api.authentication.v1.TokenRequest',
};
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SECONDS = 3600;
/** What a token can be bound to, and where that is stored. */
const BINDABLE: Readonly<Record<string, string>> = { 'v1/Pod': 'pods', 'v1/Secret': 'secrets', 'v1/Node': 'nodes' };

interface BoundObject {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly uid?: string;
}
type TokenRequest = DraftObject & {
  spec?: { audiences?: string[]; expirationSeconds?: number; boundObjectRef?: BoundObject | null };
};
interface Claims extends JsonMap {
  exp: number;
  'kubernetes.io': { namespace: string; serviceaccount: { name: string; uid: string } };
}

/** POST serviceaccounts/NAME/token. Throws ApiError 400, 404, 409, 422. */
export function createToken(call: Call, path: ResourcePath): Answer {
  const options = writeOptions(call.request, 'CreateOptions');
  const decoded = decodeBody(call.request, TOKEN_REQUEST);
  applyStrictness(call, decoded, options.fieldValidation, TOKEN_REQUEST.kind);
  const { spec = {}, ...request } = decoded.object as TokenRequest;
  const account = currentObject(call, path);
  const { audiences = [ISSUER], expirationSeconds = DEFAULT_SECONDS, boundObjectRef = null } = spec;
  const errors = new FieldErrors();
  validateTokenSeconds(expirationSeconds, 'spec.expirationSeconds', errors);
  if (!errors.empty) throw invalidObject('authentication.k8s.io', 'TokenRequest', '', errors);
  const bound = boundObjectRef ? boundObject(call.core, path.namespace, boundObjectRef) : undefined;
  const { clock, state } = call.core;
  const nowSeconds = Math.floor(clock.epochNowMs / 1000);
  const exp = nowSeconds + expirationSeconds;
  return attempt(call.core, options.dryRun, () => {
    const claims = claimsOf(account, bound, { aud: audiences, exp, iat: nowSeconds, jti: nextUuid(state.random) });
    const status = { token: signed(claims), expirationTimestamp: formatTime(exp * 1000) };
    const metadata = { name: path.name, namespace: path.namespace, creationTimestamp: clock.time };
    const asked = { audiences, expirationSeconds, boundObjectRef };
    return { code: 201, body: { ...request, metadata, spec: asked, status } as unknown as Json };
  });
}

function boundObject(
  core: Core,
  namespace: string,
  { apiVersion = '', kind = '', name = '', uid = '' }: BoundObject,
): ApiObject {
  const resource = BINDABLE[`${apiVersion}/${kind}`];
  if (resource === undefined) throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  const object = core.store.get(resource, resource === 'nodes' ? name : `${namespace}/${name}`);
  if (!object) throw notFound('', resource, name);
  if (uid !== '' && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict('', resource, name, why);
  }
  return object;
}

function claimsOf(
  account: ApiObject,
  bound: ApiObject | undefined,
  times: { aud: string[]; exp: number; iat: number; jti: string },
): Claims {
  const { namespace = '', name, uid } = account.metadata;
  const { aud, exp, iat, jti } = times;
  const boundTo = bound ? { [bound.kind.toLowerCase()]: { name: bound.metadata.name, uid: bound.metadata.uid } } : {};
  return {
    aud,
    exp,
    iat,
    iss: ISSUER,
    jti,
    'kubernetes.io': { namespace, ...boundTo, serviceaccount: { name, uid } },
    nbf: iat,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
}

const encoded = (value: Json): string => base64Url(JSON.stringify(value));

function base64Url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** A token has the form of a JWT. What stands for the signature protects nothing: it only tells a token from other text. */
function signed(claims: JsonMap): string {
  const payload = `${encoded({ alg: 'RS256', kid: 'podium' })}.${encoded(claims)}`;
  return `${payload}.${signatureOf(payload)}`;
}

const signatureOf = (payload: string): string => base64Url(String(hashState(payload)));

const LEGACY = 'kubernetes.io/serviceaccount/';

/** A token that stands in a Secret: it has no end. Models pkg/serviceaccount/legacy.go. */
export function legacyToken({ metadata: { namespace = '', name, uid } }: ApiObject, secret: string): string {
  return signed({
    iss: 'kubernetes/serviceaccount',
    [`${LEGACY}namespace`]: namespace,
    [`${LEGACY}secret.name`]: secret,
    [`${LEGACY}service-account.name`]: name,
    [`${LEGACY}service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  });
}

/** Of whom a token speaks, and until when. A token in a Secret is good for as long as the Secret holds it. */
function speakerOf(
  core: Core,
  token: string,
  body: string,
): { namespace: string; name: string; uid: string } | undefined {
  const claims = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/'))) as JsonMap;
  const bound = claims['kubernetes.io'] as Claims['kubernetes.io'] | undefined;
  if (bound) {
    if ((claims as Claims).exp * 1000 <= core.clock.epochNowMs) return undefined;
    return { namespace: bound.namespace, ...bound.serviceaccount };
  }
  const field = (name: string): string => String(claims[LEGACY + name] ?? '');
  const namespace = field('namespace');
  const secret = core.store.get('secrets', `${namespace}/${field('secret.name')}`) as Secret | undefined;
  if (secret?.data?.['token'] !== btoa(token)) return undefined;
  return { namespace, name: field('service-account.name'), uid: field('service-account.uid') };
}

/** The ServiceAccount, as a user, that a token of this server speaks for; `undefined` for any other token, and when its time is over. */
export function accountOfToken(core: Core, token: string): JsonMap | undefined {
  const [header = '', body = '', signature = ''] = token.split('.');
  if (signature === '' || signature !== signatureOf(`${header}.${body}`)) return undefined;
  const speaker = speakerOf(core, token, body);
  if (!speaker) return undefined;
  const { namespace, name, uid } = speaker;
  if (core.store.get('serviceaccounts', `${namespace}/${name}`)?.metadata.uid !== uid) return undefined;
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
