import type { JsonMap } from '../../../../api/json';
import { SCHEMAS } from '../../../../api/schema/openapi';
import { typeNameOfKind } from '../../../../api/schema/tables';
import type { ResourceRow } from '../../../../api/schema/types';
import { MACHINERY } from './machinery-types';
import { hoisted, OF_SUBRESOURCE, OF_VERB, pathParameter, queryParameter } from './parameters';

/**
 * Models apiserver/pkg/endpoints/installer.go: the paths of a resource, and what each takes and gives. Only media types
 * that are served are named: neither protobuf nor CBOR.
 */

/** A resource of a document: what its objects are called there, and what is particular to it. */
export interface Described {
  readonly row: ResourceRow;
  readonly typeName: string;
  /** Set where it is a custom resource. */
  readonly custom: unknown;
  /** DELETE answers with the object. */
  readonly returnsDeleted: boolean;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface OperationRow {
  readonly method: Method;
  /** What upstream calls it in `x-kubernetes-action`, and in the operation's id. */
  readonly action: string;
  readonly id: string;
  readonly words: string;
  readonly collection?: boolean;
  readonly codes: readonly number[];
}

const OPERATIONS: Readonly<Record<string, OperationRow>> = {
  list: { method: 'get', action: 'list', id: 'list', words: 'list or watch', collection: true, codes: [200] },
  create: { method: 'post', action: 'post', id: 'create', words: 'create', collection: true, codes: [200, 201, 202] },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    id: 'deleteCollection',
    words: 'delete those of a list:',
    collection: true,
    codes: [200],
  },
  get: { method: 'get', action: 'get', id: 'read', words: 'read', codes: [200] },
  update: { method: 'put', action: 'put', id: 'replace', words: 'replace', codes: [200, 201] },
  patch: { method: 'patch', action: 'patch', id: 'patch', words: 'change parts of', codes: [200, 201] },
  delete: { method: 'delete', action: 'delete', id: 'delete', words: 'delete', codes: [200, 202] },
};
const CODES: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted', 401: 'Unauthorized' };

const OBJECT_MEDIA = ['application/json', 'application/yaml'];
const WATCHED_MEDIA = [...OBJECT_MEDIA, 'application/json;stream=watch'];
const LOG_MEDIA = ['text/plain', ...OBJECT_MEDIA];
const PATCH_MEDIA = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** All paths of a resource, its subresources' among them. */
export function pathsOf(described: Described): JsonMap {
  const { row } = described;
  const root = `/${row.group === '' ? 'api' : 'apis'}/${row.group === '' ? '' : `${row.group}/`}${row.version}`;
  const own = `${root}${row.namespaced ? '/namespaces/{namespace}' : ''}/${row.resource}`;
  const of = (collection: boolean): string[] =>
    row.verbs.filter((verb) => verb !== 'watch' && (OPERATIONS[verb]?.collection === true) === collection);
  const paths: JsonMap = {};
  const put = (path: string, verbs: readonly string[], place: Place): void => {
    if (verbs.length > 0) paths[path] = pathItem(described, verbs, place);
  };
  put(own, of(true), {});
  put(`${own}/{name}`, of(false), { named: true });
  if (row.namespaced && row.verbs.includes('list')) put(`${root}/${row.resource}`, ['list'], { everywhere: true });
  for (const { name, verbs } of row.subresources) {
    put(`${own}/{name}/${name}`, verbs, { named: true, subresource: name });
    if (name === 'proxy') put(`${own}/{name}/proxy/{path}`, verbs, { named: true, subresource: name, tailed: true });
  }
  return paths;
}

/** Where an operation stands. */
interface Place {
  readonly named?: boolean;
  /** In all namespaces. */
  readonly everywhere?: boolean;
  readonly subresource?: string;
  /** With a path behind `proxy`. */
  readonly tailed?: boolean;
}

const isConnection = (subresource: string | undefined): boolean =>
  subresource !== undefined && subresource !== 'log' && subresource in OF_SUBRESOURCE;

function pathItem(described: Described, verbs: readonly string[], place: Place): JsonMap {
  const rows = verbs.map((verb) => ({ verb, ...OPERATIONS[verb]! }));
  const { path, own } = hoisted(rows.map(({ verb }) => parametersOf(described, verb, place)));
  const operations = rows.map((row, at) => [row.method, operationOf(described, row, own[at]!, place)]);
  return { ...(Object.fromEntries(operations) as JsonMap), ...(path.length > 0 ? { parameters: path } : {}) };
}

function parametersOf({ row }: Described, verb: string, { named, everywhere, subresource, tailed }: Place): JsonMap[] {
  const asked = (subresource === undefined ? undefined : OF_SUBRESOURCE[subresource]) ?? OF_VERB[verb] ?? [];
  const plain = isConnection(subresource) ? asked : [...asked, 'pretty' as const];
  return [
    ...(named ? [pathParameter('name', `The name of the ${row.kind}.`)] : []),
    ...(row.namespaced && !everywhere ? [pathParameter('namespace', 'The namespace of what is asked for.')] : []),
    ...(tailed ? [pathParameter('path', 'The path of the request to what is behind.')] : []),
    ...plain.filter((name) => !(tailed && name === 'path')).map(queryParameter),
  ];
}

function operationOf(
  described: Described,
  row: OperationRow & { verb: string },
  own: JsonMap[],
  place: Place,
): JsonMap {
  const { subresource } = place;
  const sub = described.row.subresources.find(({ name }) => name === subresource);
  const kind = {
    group: sub?.group || described.row.group,
    kind: sub?.kind ?? described.row.kind,
    version: sub?.version || described.row.version,
  };
  const connects = isConnection(subresource);
  const what = subresource === undefined ? described.row.kind : `${subresource} of a ${described.row.kind}`;
  const body = connects ? undefined : bodyOf(described, row.verb, kind);
  return {
    description: `${connects ? `connect by ${row.method.toUpperCase()} to` : row.words} ${what}`,
    operationId: idOf(described.row, row, place),
    ...(own.length > 0 ? { parameters: own } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(described, row, kind, place),
    tags: [`${groupName(described.row.group, false)}_${described.row.version}`],
    'x-kubernetes-action': connects ? 'connect' : row.action,
    'x-kubernetes-group-version-kind': kind,
  };
}

interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const reference = (type: string): JsonMap => ({ schema: { $ref: SCHEMAS + type } });
const contentOf = (media: readonly string[], schema: JsonMap): JsonMap =>
  Object.fromEntries(media.map((one) => [one, schema])) as JsonMap;

/** The type of a kind: a subresource's own where it has one, the resource's otherwise. */
function typeOf({ row, typeName }: Described, { group, version, kind }: KindName): string {
  if (kind === row.kind) return typeName;
  return typeNameOfKind(group === '' ? version : `${group}/${version}`, kind) ?? typeName;
}

function bodyOf(described: Described, verb: string, kind: KindName): JsonMap | undefined {
  if (verb === 'create' || verb === 'update')
    return { content: contentOf(['*/*'], reference(typeOf(described, kind))), required: true };
  if (verb === 'delete' || verb === 'deletecollection')
    return { content: contentOf(['*/*'], reference(`${MACHINERY}DeleteOptions`)) };
  if (verb !== 'patch') return undefined;
  const media = described.custom !== undefined ? PATCH_MEDIA.filter((one) => !one.includes('strategic')) : PATCH_MEDIA;
  return { content: contentOf(media, reference(`${MACHINERY}Patch`)), required: true };
}

function responsesOf(
  described: Described,
  { verb, codes }: OperationRow & { verb: string },
  kind: KindName,
  place: Place,
): JsonMap {
  const given = (content: JsonMap, of: readonly number[]): JsonMap =>
    Object.fromEntries([
      ...of.map((code) => [code, { content, description: CODES[code]! }]),
      [401, { description: CODES[401]! }],
    ]) as JsonMap;
  const text = { schema: { type: 'string' } };
  if (isConnection(place.subresource)) return given(contentOf(['*/*'], text), [200]);
  if (place.subresource === 'log') return given(contentOf(LOG_MEDIA, text), [200]);
  const type = typeOf(described, kind);
  if (verb === 'list') return given(contentOf(WATCHED_MEDIA, reference(`${type}List`)), codes);
  const status = verb === 'deletecollection' || (verb === 'delete' && !described.returnsDeleted);
  return given(contentOf(OBJECT_MEDIA, reference(status ? `${MACHINERY}Status` : type)), codes);
}

/** `createAppsV1NamespacedDeployment`, `readCoreV1NamespacedPodLog`, `listCoreV1PodForAllNamespaces`. */
function idOf(row: ResourceRow, { id, method }: OperationRow, { everywhere, subresource, tailed }: Place): string {
  const verb = isConnection(subresource) ? 'connect' : id.replace('Collection', '');
  const collection = id.endsWith('Collection') ? 'Collection' : '';
  const by = isConnection(subresource) ? capitalised(method) : '';
  const scope = row.namespaced && !everywhere ? 'Namespaced' : '';
  const end = `${subresource === undefined ? '' : capitalised(subresource)}${tailed ? 'WithPath' : ''}`;
  const all = everywhere ? 'ForAllNamespaces' : '';
  const version = groupName(row.group, true) + capitalised(row.version);
  return `${verb}${version}${collection}${by}${scope}${row.kind}${end}${all}`;
}

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `core`, `apps`, `rbacAuthorization`: a group without Kubernetes' own domain, as one word. */
export function groupName(group: string, large: boolean): string {
  const [first = '', ...more] = (group === '' ? 'core' : group.replace(/\.k8s\.io$/, '')).split('.');
  const name = [first, ...more.map(capitalised)].join('');
  return large ? capitalised(name) : name;
}
