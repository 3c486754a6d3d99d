import type { ApiRequest, ApiResponse } from '../../../api/client';
import type { JsonMap } from '../../../api/json';
import type { Json } from '../../../api/objects';
import { swaggerDocument } from '../../../api/schema/swagger';
import type { Registry } from '../registry';
import { textResponse } from './call';
import { openApiDocument } from './openapi/document';

/** The paths that are no API: health, version, the list of paths, OpenAPI. */

const HEALTH = ['/healthz', '/livez', '/readyz'];
const CHECKS = ['ping', 'log', 'etcd'];

const VERSION: Json = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-01T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** The answer of a path outside of the API; `undefined` where there is none. */
export function plainPath(request: ApiRequest, registry: Registry, etcd: boolean): ApiResponse | undefined {
  const { path } = request;
  const health = HEALTH.find((root) => path === root || path.startsWith(`${root}/`));
  if (health) return healthOf(path, health, request.query ?? {}, etcd);
  if (path === '/version' || path === '/version/') return { code: 200, headers: JSON_TYPE, body: VERSION };
  if (path === '/') return { code: 200, headers: JSON_TYPE, body: { paths: pathsOf(registry) } };
  if (path === '/openapi/v3')
    return { code: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: openapiIndex(registry) };
  if (path === '/openapi/v2') return { code: 200, headers: JSON_TYPE, body: swaggerOf(registry) };
  return openApiOf(path, registry);
}

/** All versions in the older form, in which they are one document. */
function swaggerOf(registry: Registry): Json {
  const versions = registry
    .groups()
    .flatMap((group) => registry.versionsOf(group).map((version) => `${group}/${version}`));
  return swaggerDocument(['v1', ...versions].map((version) => openApiDocument(registry, version) as JsonMap));
}

/** The document of one version; `undefined` for one that is not served. */
function openApiOf(path: string, registry: Registry): ApiResponse | undefined {
  const version = /^\/openapi\/v3\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))$/.exec(path);
  const apiVersion = version?.[1] ?? version?.[2];
  if (apiVersion === undefined || !registry.hasVersion(apiVersion)) return undefined;
  return { code: 200, headers: JSON_TYPE, body: openApiDocument(registry, apiVersion) };
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Models apiserver/pkg/server/healthz: a check that fails is named, and its reason withheld. */
function healthOf(path: string, root: string, query: Record<string, string>, etcd: boolean): ApiResponse {
  const check = path.slice(root.length + 1);
  const fails = (one: string): boolean => one === 'etcd' && !etcd;
  if (check !== '' && !CHECKS.includes(check)) return textResponse(404, '404 page not found\n');
  const asked = check === '' ? CHECKS : [check];
  const lines = asked.map((one) => (fails(one) ? `[-]${one} failed: reason withheld` : `[+]${one} ok`));
  if (asked.some(fails)) {
    const text =
      check === ''
        ? [...lines, `${root.slice(1)} check failed`, ''].join('\n')
        : 'internal server error: reason withheld\n';
    return textResponse(500, text);
  }
  if (check !== '' || query['verbose'] === undefined) return textResponse(200, 'ok');
  return textResponse(200, [...lines, `${root.slice(1)} check passed`, ''].join('\n'));
}

function pathsOf(registry: Registry): string[] {
  const groups = registry
    .groups()
    .flatMap((group) => [
      `/apis/${group}`,
      ...registry.versionsOf(group).map((version) => `/apis/${group}/${version}`),
    ]);
  return [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    ...groups,
    ...HEALTH,
    '/openapi/v2',
    '/openapi/v3',
    '/version',
  ].sort();
}

function openapiIndex(registry: Registry): Json {
  const paths = pathsOf(registry).filter((path) => path.startsWith('/api') || path === '/version');
  return {
    paths: Object.fromEntries(paths.map((path) => [path.slice(1), { serverRelativeURL: `/openapi/v3${path}?hash=0` }])),
  };
}
