import type { Json } from '../../api/objects';
import { CliError, isNotFound } from '../errors';
import type { JsonObject } from '../format/json';
import { isObject, setAt, textAt } from '../format/json';
import type { Mapping } from './discovery';
import { groupVersionOf, pathOf } from './discovery';
import type { Rest } from './rest';

/** One object that a command is about, as named on the command line or in a manifest. Models resource.Info. */
export interface Info {
  mapping: Mapping;
  /** Empty for what has no namespace. */
  namespace: string;
  name: string;
  /** The file it came from; empty for arguments. */
  source: string;
  /** As in the manifest or as the server has it; for a list, the whole list or its Table. */
  object: JsonObject | undefined;
  subresource: string;
  /** Headers and query for reading it. */
  headers: Record<string, string>;
  query: Record<string, string>;
}

/** Reads the object. A missing one in a missing namespace is reported as the namespace's absence. */
export async function fetchInfo(rest: Rest, info: Info): Promise<void> {
  if (info.name === '') throw new CliError('resource name may not be empty');
  try {
    const body = await rest.json('GET', pathOfInfo(info), { headers: info.headers, query: info.query });
    if (isObject(body)) info.object = body;
  } catch (thrown) {
    if (isNotFound(thrown) && info.namespace !== '' && info.namespace !== 'default') {
      await throwIfNamespaceMissing(rest, info.namespace);
    }
    throw thrown;
  }
}

async function throwIfNamespaceMissing(rest: Rest, namespace: string): Promise<void> {
  try {
    await rest.json('GET', `/api/v1/namespaces/${encodeURIComponent(namespace)}`);
  } catch (thrown) {
    if (isNotFound(thrown)) throw thrown;
  }
}

export function pathOfInfo(info: Info): string {
  return pathOf(info.mapping, info.namespace, info.name, info.subresource);
}

/** Takes over what the server answered. */
export function refreshInfo(info: Info, object: Json): void {
  if (!isObject(object)) return;
  info.object = object;
  info.name = textAt(object, 'metadata', 'name') || info.name;
  if (info.mapping.namespaced) info.namespace = textAt(object, 'metadata', 'namespace') || info.namespace;
}

/** `pods/debug`: how warnings name an object. */
export function objectName(info: Info): string {
  return `${info.mapping.resource}/${info.name}`;
}

/** The lines with which an error says which object it is about. Models Info String. */
export function infoText(info: Info): string {
  const { group, version, kind, resource } = info.mapping;
  const named = `Name: "${info.name}", Namespace: "${info.namespace}"`;
  return `Resource: "${groupVersionText(group, version)}, Resource=${resource}", GroupVersionKind: "${groupVersionText(group, version)}, Kind=${kind}"\n${named}`;
}

const groupVersionText = (group: string, version: string): string => `${group}/${version}`;

export function setNamespace(info: Info, namespace: string): void {
  info.namespace = namespace;
  if (info.object && namespace) setAt(info.object, namespace, 'metadata', 'namespace');
}

export function isList(object: Json | undefined): boolean {
  return isObject(object) && Array.isArray(object['items']);
}

/** A fresh info about an object of a list, or out of a manifest. */
export function infoFor(mapping: Mapping, object: JsonObject, source: string): Info {
  return {
    mapping,
    namespace: textAt(object, 'metadata', 'namespace'),
    name: textAt(object, 'metadata', 'name'),
    source,
    object,
    subresource: '',
    headers: {},
    query: {},
  };
}

export function apiVersionOf(info: Info): string {
  return groupVersionOf(info.mapping);
}
