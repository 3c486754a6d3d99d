import type { ApiRequest } from '../../api/client';
import type { Fault } from '../../api/faults';
import { isMap, type JsonMap } from '../../api/json';
import { controllerOf, keyOf, objectKey, type ApiObject, type Json } from '../../api/objects';
import { RESOURCES } from '../../api/schema/tables';
import type { Deed, Play } from './play';
import { celText, yamlText } from './wording';

/** Writes what an author did as a script, in which Pods are called by what they are: another run gives them other names. */

/** The steps of a script for one deed. */
export interface DeedLines {
  readonly atMs: number;
  readonly lines: readonly string[];
  /** What no script can do, in words. */
  readonly problem?: string;
}

/** New names for what is made under another one, by kind and name: `Deployment/web`. */
export type NewNames = ReadonlyMap<string, string>;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const PATCH_TYPES: Readonly<Record<string, string>> = {
  'application/strategic-merge-patch+json': 'strategic',
  'application/merge-patch+json': 'merge',
  'application/json-patch+json': 'json',
};
const SERVER_SIDE = /^application\/apply-patch/;

/** What was done as steps of a script; `newNames` for what was made. */
export function deedLines(play: Play, newNames: NewNames = new Map()): DeedLines[] {
  const writer = new Writer(play, newNames);
  const drained = new Set<string>();
  return play.deeds.flatMap((deed): DeedLines[] => {
    const node = evictedFrom(deed, writer);
    if (node === undefined) return [writer.write(deed)];
    /* One drain asks for many evictions, and again for those that were refused. */
    if (drained.has(node)) return [];
    drained.add(node);
    const command = `kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data --force`;
    return [{ atMs: deed.atMs, lines: [command] }];
  });
}

/** The node whose Pod is evicted by a deed, if it is one. */
function evictedFrom(deed: Deed, writer: Writer): string | undefined {
  if (deed.kind !== 'request' || !/\/pods\/[^/]+\/eviction$/.test(deed.request.path)) return undefined;
  const place = placeOf(deed.request);
  const pod = writer.podAt(place.namespace, place.name, deed.atMs) as { spec?: { nodeName?: string } } | undefined;
  return pod?.spec?.nodeName;
}

interface Place {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

function placeOf({ path }: ApiRequest): Place {
  const parts = path.split('/').filter((part) => part !== '');
  const scoped = parts.includes('namespaces') && parts.length > parts.indexOf('namespaces') + 2;
  const at = scoped ? parts.indexOf('namespaces') + 2 : parts[0] === 'api' ? 2 : 3;
  const [resource = '', name = '', subresource = ''] = parts.slice(at);
  return { resource, namespace: scoped ? (parts[at - 1] ?? '') : '', name, subresource };
}

class Writer {
  constructor(
    private readonly play: Play,
    private readonly newNames: NewNames,
  ) {}

  write(deed: Deed): DeedLines {
    const { atMs } = deed;
    switch (deed.kind) {
      case 'request':
        return { atMs, ...this.#request(deed.request, atMs) };
      case 'fault':
        return { atMs, lines: [`fault ${this.#fault(deed.fault, atMs)}`] };
      case 'world':
        return { atMs, lines: [`world ${flow(deed.change as unknown as JsonMap)}`] };
      case 'stdin':
        return { atMs, lines: [], problem: 'typing into a container is left out of the script' };
    }
  }

  #request(request: ApiRequest, atMs: number): Omit<DeedLines, 'atMs'> {
    const place = placeOf(request);
    const { subresource } = place;
    if (subresource === 'scale') return this.#scale(request, place, atMs);
    if (['exec', 'attach', 'portforward', 'proxy'].includes(subresource))
      return { lines: [], problem: `${subresource} into ${place.name} is left out of the script` };
    switch (request.method) {
      case 'POST':
        return { lines: this.#apply('apply', place, request.body) };
      case 'PUT':
        return { lines: this.#apply('replace', place, request.body) };
      case 'DELETE':
        return { lines: [this.#remove(request, place, atMs)] };
      default:
        return { lines: this.#patch(request, place, atMs) };
    }
  }

  #scale({ body }: ApiRequest, place: Place, atMs: number): Omit<DeedLines, 'atMs'> {
    const replicas = (body as { spec?: { replicas?: number } } | null)?.spec?.replicas ?? 0;
    return { lines: [`kubectl scale ${this.#thing(place, atMs)} --replicas=${replicas}${this.#scope(place)}`] };
  }

  #apply(verb: 'apply' | 'replace', place: Place, body: Json | undefined): string[] {
    const object = isMap(body) ? body : {};
    const generated = isMap(object['metadata']) && !('name' in object['metadata']);
    return this.#manifest(generated ? 'create' : verb, place, object);
  }

  #manifest(command: string, place: Place, object: JsonMap): string[] {
    const text = escaped(yamlText(this.#written(object)).trimEnd());
    const end = endFor(text);
    return [`kubectl ${command}${this.#scope(place)} -f - <<${end}`, text, end];
  }

  /** An object as it was written, under its new name. */
  #written({ status: _status, ...object }: JsonMap): JsonMap {
    const { metadata } = object;
    if (!isMap(metadata)) return object;
    const {
      resourceVersion: _version,
      uid: _uid,
      creationTimestamp: _created,
      managedFields: _managed,
      ...kept
    } = metadata;
    const { [LAST_APPLIED]: _applied, ...annotations } = isMap(kept['annotations']) ? kept['annotations'] : {};
    if (Object.keys(annotations).length > 0) kept['annotations'] = annotations;
    else delete kept['annotations'];
    if (typeof kept['name'] === 'string') kept['name'] = this.#renamed(String(object['kind']), kept['name']);
    return { ...object, metadata: kept };
  }

  #patch({ body, headers = {} }: ApiRequest, place: Place, atMs: number): string[] {
    const type = headers['content-type'] ?? '';
    const patch: Json = typeof body === 'string' ? (JSON.parse(body) as Json) : (body ?? {});
    if (SERVER_SIDE.test(type) && isMap(patch))
      return this.#manifest('apply --server-side --force-conflicts', place, patch);
    const applied = lastApplied(patch);
    if (applied) return this.#manifest('apply', place, applied);
    const subresource = place.subresource === '' ? '' : ` --subresource=${place.subresource}`;
    const known = PATCH_TYPES[type] ?? 'strategic';
    const text = escaped(quoted(JSON.stringify(patch)));
    return [`kubectl patch ${this.#thing(place, atMs)}${this.#scope(place)} --type=${known}${subresource} -p ${text}`];
  }

  #remove({ body, query = {} }: ApiRequest, place: Place, atMs: number): string {
    const { gracePeriodSeconds, propagationPolicy } = (body ?? {}) as {
      gracePeriodSeconds?: number;
      propagationPolicy?: string;
    };
    const flags = [
      ...(gracePeriodSeconds === 0 ? [' --force --grace-period=0'] : []),
      ...(gracePeriodSeconds ? [` --grace-period=${gracePeriodSeconds}`] : []),
      ...(propagationPolicy === 'Orphan' ? [' --cascade=orphan'] : []),
    ].join('');
    const selector = query['labelSelector'];
    const which = selector === undefined ? '--all' : `-l ${quoted(selector)}`;
    const target = place.name === '' ? `${typeOf(place.resource)} ${which}` : this.#thing(place, atMs);
    return `kubectl delete ${target}${this.#scope(place)}${flags}`;
  }

  #fault(fault: Fault, atMs: number): string {
    if (!('pod' in fault)) return flow(fault as unknown as JsonMap);
    return flow({ ...fault, pod: this.#podName(fault.namespace, fault.pod, atMs) } as unknown as JsonMap);
  }

  #thing({ resource, namespace, name }: Place, atMs: number): string {
    const called = resource === 'pods' ? this.#podName(namespace, name, atMs) : this.#renamed(kindOf(resource), name);
    return `${typeOf(resource)} ${called}`;
  }

  #scope({ namespace }: Place): string {
    return namespace === '' || namespace === this.play.namespace ? '' : ` -n ${namespace}`;
  }

  #renamed(kind: string, name: string): string {
    return this.newNames.get(`${kind}/${name}`) ?? name;
  }

  /** A Pod that a controller named is called by its owner. */
  #podName(namespace: string, name: string, atMs: number): string {
    const pod = this.podAt(namespace, name, atMs);
    const owner = pod && this.#topOwner(pod, atMs);
    if (!owner || owner.kind === 'StatefulSet') return this.#renamed('Pod', name);
    const { kind, name: by } = owner;
    return `\${pods.filter(p, owner(p).kind == ${celText(kind)} && owner(p).name == ${celText(this.#renamed(kind, by))} && !has(p.metadata.deletionTimestamp))[0].metadata.name}`;
  }

  #topOwner(object: ApiObject, atMs: number): { kind: string; name: string } | undefined {
    const owner = controllerOf(object);
    if (!owner) return undefined;
    const { namespace = '' } = object.metadata;
    const view = owner.kind === 'ReplicaSet' ? 'replicasets' : owner.kind === 'Job' ? 'jobs' : undefined;
    const above = view && this.#objectAt(view, keyOf(namespace, owner.name), atMs);
    return (above && this.#topOwner(above, atMs)) ?? owner;
  }

  podAt(namespace: string, name: string, atMs: number): ApiObject | undefined {
    return this.#objectAt('pods', keyOf(namespace, name), atMs);
  }

  /** An object as it was last told of until a moment. */
  #objectAt(view: string, key: string, atMs: number): ApiObject | undefined {
    const told = [...this.play.start, ...this.play.changes].findLast(
      (one) => one.kind === 'put' && one.view === view && one.atMs <= atMs && objectKey(one.object) === key,
    );
    return told?.kind === 'put' ? told.object : undefined;
  }
}

/** The manifest that a patch of `kubectl apply` carries along. */
function lastApplied(patch: Json): JsonMap | undefined {
  const annotations = (patch as { metadata?: { annotations?: Record<string, unknown> } } | null)?.metadata?.annotations;
  const text = annotations?.[LAST_APPLIED];
  return typeof text === 'string' ? (JSON.parse(text) as JsonMap) : undefined;
}

/** The name that kubectl knows a resource by. */
const typeOf = (resource: string): string => RESOURCES.find((row) => row.resource === resource)?.singular ?? resource;

const kindOf = (resource: string): string => RESOURCES.find((row) => row.resource === resource)?.kind ?? '';

/** A word of a command line. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

/** What looks like the script's own `${…}` is none. */
const escaped = (text: string): string => text.replaceAll('${', "${'$'}{");

function endFor(text: string): string {
  const lines = new Set(text.split('\n').map((line) => line.trim()));
  for (let end = 'END'; ; end += '_') if (!lines.has(end)) return end;
}

/** Fields in a line of YAML. */
function flow(fields: JsonMap): string {
  const value = (one: Json): string =>
    typeof one === 'string' && /^[A-Za-z][\w./-]*$/.test(one) && !/^(true|false|null|yes|no|on|off)$/i.test(one)
      ? one
      : JSON.stringify(one);
  return `{${Object.entries(fields)
    .map(([name, one]) => `${name}: ${value(one)}`)
    .join(', ')}}`;
}
