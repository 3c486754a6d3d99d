import type { ApiRequest, ApiResponse } from '../../../api/client';
import type { Json } from '../../../api/objects';
import type { Registry } from '../registry';
import { textResponse } from './call';

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
export function plainPath(request: ApiRequest, registry: Registry): ApiResponse | undefined {
  const { path } = request;
  const health = HEALTH.find((root) => path === root || path.startsWith(`${root}/`));
  if (health) return healthOf(path, health, request.query ?? {});
  if (path === '/version' || path === '/version/') return { code: 200, headers: JSON_TYPE, body: VERSION };
  if (path === '/') return { code: 200, headers: JSON_TYPE, body: { paths: pathsOf(registry) } };
  if (path === '/openapi/v3')
    return { code: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: openapiIndex(registry) };
  return undefined;
}

const JSON_TYPE = { 'content-type': 'application/json' };

function healthOf(path: string, root: string, query: Record<string, string>): ApiResponse {
  const check = path.slice(root.length + 1);
  if (check !== '') return CHECKS.includes(check) ? textResponse(200, 'ok') : textResponse(404, '404 page not found\n');
  if (query['verbose'] === undefined) return textResponse(200, 'ok');
  return textResponse(200, [...CHECKS.map((one) => `[+]${one} ok`), `${root.slice(1)} check passed`, ''].join('\n'));
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
