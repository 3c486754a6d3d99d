import type {
  ApiClient,
  ApiRequest,
  ApiResponse,
  Channel,
  ChannelEnd,
  ChannelListener,
  WatchEvent,
} from '../api/client';
import type { Json } from '../api/objects';
import { applyJsonPatch } from '../api/patch/json-patch';
import { applyMergePatch } from '../api/patch/merge';
import { applyStrategicPatch } from '../api/patch/strategic';
import { RESOURCES, typeNameOfKind } from '../api/schema/tables';
import type { ResourceRow } from '../api/schema/types';
import type { JsonObject } from './format/json';
import { copyJson, isObject, numberAt, objectAt, setAt, textAt } from './format/json';
import type { KubectlIo } from './io';
import { defaultKubeconfig } from './io';
import { runKubectl } from './run';

export const NOW = Date.parse('2026-06-15T12:00:00Z');

/** What a command printed, and its exit code. */
export interface Printed {
  out: string;
  err: string;
  code: number;
}

interface Route {
  row: ResourceRow;
  namespace: string;
  name: string;
  subresource: string;
}

const REFUSED: ApiResponse = { code: 503, headers: {}, body: '', refused: true };

/** A cluster in memory that knows objects, versions, patches, simple selectors and Tables of names. Nothing happens in it by itself. */
export class FakeCluster implements ApiClient {
  readonly requests: ApiRequest[] = [];
  readonly logs = new Map<string, string>();
  /** Nobody listens. */
  refuses = false;
  private readonly objects = new Map<string, JsonObject>();
  private version = 100;

  constructor(objects: JsonObject[] = []) {
    for (const name of ['default', 'kube-system'])
      this.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const object of objects) this.add(object);
  }

  add(object: JsonObject): void {
    const row = this.rowOf(textAt(object, 'apiVersion'), textAt(object, 'kind'));
    if (!row) throw new Error(`no resource for ${textAt(object, 'kind')}`);
    const stored = copyJson(object);
    if (row.namespaced && !textAt(stored, 'metadata', 'namespace')) setAt(stored, 'default', 'metadata', 'namespace');
    this.stamp(stored);
    this.objects.set(
      this.keyOf(row, textAt(stored, 'metadata', 'namespace'), textAt(stored, 'metadata', 'name')),
      stored,
    );
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    this.requests.push(request);
    if (this.refuses) return REFUSED;
    try {
      return { code: 200, headers: {}, body: this.answer(request) };
    } catch (thrown) {
      if (!isObject(thrown)) throw thrown;
      return { code: numberAt(thrown, 'code') ?? 500, headers: {}, body: thrown };
    }
  }

  watch(
    request: ApiRequest,
    _onEvent: (event: WatchEvent) => void,
    onEnd: (refusal?: ApiResponse) => void,
  ): () => void {
    this.requests.push(request);
    queueMicrotask(() => onEnd(this.refuses ? REFUSED : undefined));
    return () => undefined;
  }

  stream(request: ApiRequest, onText: (text: string) => void, onEnd: (refusal?: ApiResponse) => void): () => void {
    this.requests.push(request);
    onText(this.logs.get(request.path) ?? '');
    queueMicrotask(() => onEnd());
    return () => undefined;
  }

  /** What a container answers a command with: what it prints, and how it ends. `input` is what it was sent. */
  exec: (command: readonly string[], input: string) => { stdout?: string; stderr?: string; end: ChannelEnd } = () => ({
    end: { status: { status: 'Success' } },
  });

  channel(request: ApiRequest, listener: ChannelListener): Channel {
    this.requests.push(request);
    let input = '';
    const answer = (): void => {
      const command = request.repeated?.['command'] ?? [request.query?.['command'] ?? ''];
      const { stdout = '', stderr = '', end } = this.exec(command, input);
      if (stdout !== '') listener.onData('stdout', stdout);
      if (stderr !== '') listener.onData('stderr', stderr);
      listener.onEnd(end);
    };
    if (request.query?.['stdin'] !== 'true') queueMicrotask(answer);
    return { send: (bytes) => (input += bytes), endInput: () => queueMicrotask(answer), close: () => undefined };
  }

  /** Runs a command; further words of `io` replace what it may touch. */
  async kubectl(args: string[], io: Partial<KubectlIo> = {}): Promise<Printed> {
    const printed: Printed = { out: '', err: '', code: 0 };
    printed.code = await runKubectl(args, this, {
      stdout: (text) => (printed.out += text),
      stderr: (text) => (printed.err += text),
      readFile: () => undefined,
      nowMs: () => NOW,
      kubeconfig: defaultKubeconfig('https://SERVER'),
      ...io,
    });
    return printed;
  }

  /** Runs a command on one manifest that stands in a file of that name. */
  withFile(name: string, text: string, args: string[]): Promise<Printed> {
    return this.kubectl(args, { readFile: (asked) => (asked === name ? text : undefined), fileNames: () => [name] });
  }

  private answer(request: ApiRequest): Json {
    const { method, path, query = {}, headers = {} } = request;
    if (path === '/api') return discovery(RESOURCES.filter((row) => row.group === ''));
    if (path === '/apis') return discovery(RESOURCES.filter((row) => row.group !== ''));
    if (path === '/version') return { major: '1', minor: '36', gitVersion: 'v1.36.3' };
    const route = routeOf(path);
    if (!route) throw failure(404, 'NotFound', 'the server could not find the requested resource');
    if (route.subresource === 'log') return this.logs.get(path) ?? '';
    if (route.name === '')
      return method === 'POST' ? this.create(route, request) : this.list(route, query, headers['accept'] ?? '');
    const key = this.keyOf(route.row, route.namespace, route.name);
    const present = this.objects.get(key);
    if (!present) throw notFound(route);
    if (method === 'GET') return route.subresource === 'scale' ? scaleOf(present) : present;
    if (method === 'DELETE') {
      if (!query['dryRun'] && !Array.isArray(objectAt(request.body)?.['dryRun'])) this.objects.delete(key);
      return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
    }
    const next = method === 'PUT' ? objectAt(request.body) : patched(present, request, route.subresource);
    if (!next) throw failure(400, 'BadRequest', 'no object');
    const stored = copyJson(next);
    if (!query['dryRun']) {
      setAt(stored, String(++this.version), 'metadata', 'resourceVersion');
      this.objects.set(key, stored);
    }
    return route.subresource === 'scale' ? scaleOf(stored) : stored;
  }

  private create(route: Route, { body, query = {} }: ApiRequest): Json {
    const object = copyJson(objectAt(body) ?? {});
    const name = textAt(object, 'metadata', 'name');
    const key = this.keyOf(route.row, route.namespace, name);
    if (route.row.namespaced && !this.objects.has(`/namespaces//${route.namespace}`)) {
      throw failure(404, 'NotFound', `namespaces "${route.namespace}" not found`);
    }
    if (this.objects.has(key)) throw failure(409, 'AlreadyExists', `${qualified(route.row)} "${name}" already exists`);
    if (route.row.namespaced) setAt(object, route.namespace, 'metadata', 'namespace');
    this.stamp(object);
    if (!query['dryRun']) this.objects.set(key, object);
    return object;
  }

  private list({ row, namespace }: Route, query: Record<string, string>, accept: string): Json {
    const wanted = (query['labelSelector'] ?? '').split(',').filter((part) => part !== '');
    const named = /^metadata\.name=(.*)$/.exec(query['fieldSelector'] ?? '')?.[1];
    const items = [...this.objects]
      .filter(([key]) => key.startsWith(`${row.group}/${row.resource}/`))
      .map(([, object]) => object)
      .filter((object) => namespace === '' || textAt(object, 'metadata', 'namespace') === namespace)
      .filter((object) => named === undefined || textAt(object, 'metadata', 'name') === named)
      .filter((object) =>
        wanted.every((part) => textAt(object, 'metadata', 'labels', part.split('=')[0] ?? '') === part.split('=')[1]),
      )
      .sort((left, right) => (textAt(left, 'metadata', 'name') < textAt(right, 'metadata', 'name') ? -1 : 1));
    const metadata = { resourceVersion: String(this.version) };
    if (accept.includes('as=Table'))
      return {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata,
        columnDefinitions: COLUMNS,
        rows: items.map(rowOf),
      };
    const apiVersion = row.group ? `${row.group}/${row.version}` : row.version;
    const plain = items.map(({ apiVersion: _version, kind: _kind, ...rest }): JsonObject => rest);
    return { kind: `${row.kind}List`, apiVersion, metadata, items: plain };
  }

  private stamp(object: JsonObject): void {
    setAt(object, String(++this.version), 'metadata', 'resourceVersion');
    setAt(object, `uid-${this.version}`, 'metadata', 'uid');
    if (!textAt(object, 'metadata', 'creationTimestamp'))
      setAt(object, '2026-06-15T11:00:00Z', 'metadata', 'creationTimestamp');
  }

  private rowOf(apiVersion: string, kind: string): ResourceRow | undefined {
    return RESOURCES.find(
      (row) => row.kind === kind && (row.group ? `${row.group}/${row.version}` : row.version) === apiVersion,
    );
  }

  private keyOf(row: ResourceRow, namespace: string, name: string): string {
    return `${row.group}/${row.resource}/${namespace}/${name}`;
  }
}

const COLUMNS: Json[] = [
  { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
  { name: 'Age', type: 'string', format: '', description: '', priority: 0 },
  { name: 'Kind', type: 'string', format: '', description: '', priority: 1 },
];

const rowOf = (object: JsonObject): Json => ({
  cells: [textAt(object, 'metadata', 'name'), '60m', textAt(object, 'kind')],
  object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] ?? {} },
});

const qualified = ({ group, resource }: ResourceRow): string => (group ? `${resource}.${group}` : resource);

function failure(code: number, reason: string, message: string): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

function notFound({ row, name }: Route): JsonObject {
  return {
    ...failure(404, 'NotFound', `${qualified(row)} "${name}" not found`),
    details: { name, kind: row.resource },
  };
}

function routeOf(path: string): Route | undefined {
  const match =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)\/(?:namespaces\/([^/]+)\/(?=[^/]+))?([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(
      path,
    );
  if (!match) return undefined;
  const [, group = '', version = '', namespace = '', resource = '', name = '', subresource = ''] = match.map((part) =>
    decodeURIComponent(part ?? ''),
  );
  const row = RESOURCES.find((one) => one.group === group && one.version === version && one.resource === resource);
  return row && { row, namespace, name, subresource };
}

function patched(present: JsonObject, { body = null, headers = {} }: ApiRequest, subresource: string): JsonObject {
  const patch: Json = typeof body === 'string' ? (JSON.parse(body) as Json) : body;
  const type = headers['content-type'] ?? '';
  const original = copyJson(present);
  if (subresource === 'scale') {
    setAt(original, numberAt(patch, 'spec', 'replicas') ?? 0, 'spec', 'replicas');
    return original;
  }
  const typeName = typeNameOfKind(textAt(present, 'apiVersion'), textAt(present, 'kind'));
  const result = type.startsWith('application/json-patch')
    ? applyJsonPatch(original, Array.isArray(patch) ? patch : [])
    : type.startsWith('application/strategic')
      ? applyStrategicPatch(original, patch, typeName)
      : applyMergePatch(original, patch);
  return objectAt(result) ?? {};
}

function scaleOf(object: JsonObject): JsonObject {
  const replicas = numberAt(object, 'spec', 'replicas') ?? 0;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: object['metadata'] ?? {},
    spec: { replicas },
    status: { replicas },
  };
}

function discovery(rows: readonly ResourceRow[]): Json {
  const groups = new Map<string, Map<string, ResourceRow[]>>();
  for (const row of rows) {
    const versions = groups.get(row.group) ?? new Map<string, ResourceRow[]>();
    versions.set(row.version, [...(versions.get(row.version) ?? []), row]);
    groups.set(row.group, versions);
  }
  const items = [...groups].map(([name, versions]) => ({
    metadata: { name },
    versions: [...versions].map(([version, list]) => ({ version, resources: list.map(resourceOf) })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items };
}

function resourceOf(row: ResourceRow): Json {
  return {
    resource: row.resource,
    responseKind: { kind: row.kind },
    scope: row.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: row.singular,
    verbs: row.verbs,
    shortNames: row.shortNames,
    categories: row.categories,
    subresources: row.subresources.map(({ name }) => ({ subresource: name })),
  };
}
