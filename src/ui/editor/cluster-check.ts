import type { ApiClient, ApiResponse } from '../../api/client';
import { isMap, type JsonMap } from '../../api/json';
import type { Json } from '../../api/objects';
import { parseQuantity } from '../../api/quantity';
import type { Status } from '../../api/status';
import type { ManifestDocument } from './manifest';
import type { Problem } from './problems';

const HEADERS = { 'user-agent': 'podium-editor', accept: 'application/json' };

interface Served {
  resource: string;
  namespaced: boolean;
}

/** What the server said of a kind; `undefined` where it did not answer. */
type Found = Served | 'no match' | undefined;

/** Asks the cluster about documents without changing it: which resource they are, how they stand, what it would say. */
export class ClusterCheck {
  readonly #served = new Map<string, Promise<Found>>();

  constructor(private readonly client: ApiClient) {}

  /** The object of a document as it is in the cluster; `undefined` where there is none. */
  async live(document: ManifestDocument): Promise<JsonMap | undefined> {
    const path = await this.#path(document);
    if (!path || !document.name) return undefined;
    const response = await this.client.request({
      method: 'GET',
      path: `${path}/${encodeURIComponent(document.name)}`,
      headers: HEADERS,
    });
    return response.code === 200 && isMap(response.body) ? response.body : undefined;
  }

  /** The resource by which causes name the document's object. */
  async resource(document: ManifestDocument): Promise<Served | undefined> {
    const found = await this.#find(document.apiVersion, document.kind);
    return found === 'no match' ? undefined : found;
  }

  /** What the API server would refuse: a create that is not carried out. Models `kubectl create --dry-run=server`. */
  async problems(document: ManifestDocument): Promise<Problem[]> {
    if (!document.kind || !document.apiVersion) return [];
    if ((await this.#find(document.apiVersion, document.kind)) === 'no match') {
      const message = `no matches for kind "${document.kind}" in version "${document.apiVersion}"`;
      return [{ line: document.lineOf(['kind']), severity: 'error', message }];
    }
    const path = await this.#path(document);
    if (!path) return [];
    const response = await this.client.request({
      method: 'POST',
      path,
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: document.value as Json,
    });
    return problemsOf(document, response);
  }

  async #path(document: ManifestDocument): Promise<string | undefined> {
    const served = await this.resource(document);
    if (!served) return undefined;
    const namespace = served.namespaced ? `/namespaces/${encodeURIComponent(document.namespace || 'default')}` : '';
    return `${rootOf(document.apiVersion)}${namespace}/${served.resource}`;
  }

  #find(apiVersion: string, kind: string): Promise<Found> {
    const key = `${apiVersion} ${kind}`;
    let found = this.#served.get(key);
    if (!found) {
      found = this.#discover(apiVersion, kind);
      this.#served.set(key, found);
      void found.then((answer) => {
        if (typeof answer !== 'object') this.#served.delete(key);
      });
    }
    return found;
  }

  async #discover(apiVersion: string, kind: string): Promise<Found> {
    if (!/^[a-z0-9.]+(\/[a-z0-9]+)?$/.test(apiVersion)) return 'no match';
    const response = await this.client.request({ method: 'GET', path: rootOf(apiVersion), headers: HEADERS });
    if (response.code === 404) return 'no match';
    const resources = response.code === 200 && isMap(response.body) ? response.body['resources'] : undefined;
    if (!Array.isArray(resources)) return undefined;
    const row = resources.find((one) => isMap(one) && one['kind'] === kind && !String(one['name']).includes('/'));
    return isMap(row) ? { resource: String(row['name']), namespaced: row['namespaced'] === true } : 'no match';
  }
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** A refusal as problems at lines. An object that is there already is none: Apply changes it. */
export function problemsOf(document: ManifestDocument, response: ApiResponse): Problem[] {
  if (response.code < 400 || response.code === 409 || response.code >= 500) return [];
  const status = response.body as unknown as Status;
  const causes = (status.details?.causes ?? []).filter((cause) => cause.field);
  if (causes.length > 0) {
    return causes.map((cause) => ({
      line: document.lineOf(pathOfField(cause.field ?? '')),
      severity: 'error' as const,
      message: `${cause.field}: ${cause.message ?? status.reason ?? ''}`,
    }));
  }
  return decodingProblems(document, status.message ?? `the request was answered with ${response.code}`);
}

/** Problems of decoding come as one sentence: unknown fields by path, wrong types by Go's struct field. */
function decodingProblems(document: ManifestDocument, message: string): Problem[] {
  const unknown = [...message.matchAll(/(?:unknown|duplicate) field "([^"]+)"/g)];
  if (unknown.length > 0) {
    return unknown.map((match) => ({
      line: document.lineOf(pathOfField(match[1]!)),
      severity: 'error',
      message: match[0],
    }));
  }
  const typed = /json: cannot unmarshal .* into Go struct field [A-Za-z0-9]+\.(\S+) of type .*$/.exec(message);
  if (typed) {
    const line = document.lineOf(pathThroughLists(document.value, typed[1]!.split('.')));
    return [{ line, severity: 'error', message: typed[0] }];
  }
  if (message.includes('quantities must match')) {
    const path = findBadQuantity(document.value, []);
    return [
      {
        line: document.lineOf(path ?? []),
        severity: 'error',
        message: `${String(path?.at(-1) ?? 'this')}: ${message.slice(message.indexOf('quantities must'))}`,
      },
    ];
  }
  return [{ line: document.fromLine, severity: 'error', message }];
}

/** `spec.containers[0].resources.limits[cpu]` → its steps. */
export function pathOfField(field: string): (string | number)[] {
  return [...field.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([whole, inside]) =>
    inside === undefined ? whole : /^\d+$/.test(inside) ? Number(inside) : inside,
  );
}

/** Go's field paths leave list positions out; the first item that has the next field is meant. */
function pathThroughLists(value: Json, steps: readonly string[]): (string | number)[] {
  const path: (string | number)[] = [];
  let at: Json | undefined = value;
  for (const step of steps) {
    if (Array.isArray(at)) {
      const index: number = Math.max(
        0,
        at.findIndex((item) => isMap(item) && Object.hasOwn(item, step)),
      );
      path.push(index);
      at = at[index];
    }
    path.push(step);
    at = isMap(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return path;
}

function findBadQuantity(value: Json, path: readonly (string | number)[]): (string | number)[] | undefined {
  const children: [string | number, Json][] = Array.isArray(value)
    ? [...value.entries()]
    : isMap(value)
      ? Object.entries(value)
      : [];
  for (const [step, child] of children) {
    const here = [...path, step];
    const bad =
      isMap(child) || Array.isArray(child)
        ? findBadQuantity(child, here)
        : quantityIsBad(path, child)
          ? here
          : undefined;
    if (bad) return bad;
  }
  return undefined;
}

function quantityIsBad(path: readonly (string | number)[], value: Json): boolean {
  if (!/^(limits|requests|capacity|hard|overhead)$/.test(String(path.at(-1)))) return false;
  return typeof value === 'boolean' || value === null || parseQuantity(value as string | number) === undefined;
}
