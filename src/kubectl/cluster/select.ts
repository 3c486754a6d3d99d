import type { Json } from '../../api/objects';
import { parseLabelSelector, SelectorError } from '../../api/label-selector';
import type { LabelRequirement } from '../../api/selectors';
import { requirementHolds } from '../../api/selectors';
import { CliError, ErrorList, ServerError, asError, throwAll } from '../errors';
import { isObject, listAt, stringMapAt, textAt } from '../format/json';
import type { KubectlIo } from '../io';
import type { ManifestSource } from '../manifest/files';
import { decodeObject, validateKind } from '../manifest/metadata';
import { MISSING_RESOURCE, readResourceArguments, splitPair } from './arguments';
import type { Discovery, Mapping } from './discovery';
import { NoMatchError, pathOf } from './discovery';
import type { Info } from './info';
import { fetchInfo, infoFor, isList, setNamespace } from './info';
import { documentsOf, sourcesOf } from './manifest-sources';
import type { Rest } from './rest';

/** What a command wants to have selected. Models the calls on resource.Builder. */
export interface SelectOptions {
  namespace: string;
  /** Objects of manifests must be in this namespace. */
  enforceNamespace?: boolean;
  allNamespaces?: boolean;
  filenames?: string[];
  /** A folder with a kustomization. */
  kustomize?: string;
  recursive?: boolean;
  /** Refuse documents without apiVersion and kind. */
  validate?: boolean;
  args?: string[];
  /** A type for arguments that are bare names; arguments are then never types. */
  nameType?: string;
  types?: string[];
  /** A type without names means everything of it. */
  allowEmptySelector?: boolean;
  all?: boolean;
  labelSelector?: string;
  fieldSelector?: string;
  subresource?: string;
  singleType?: boolean;
  continueOnError?: boolean;
  /** Lists are taken apart. */
  flatten?: boolean;
  /** Objects of manifests are read from the server. */
  latest?: boolean;
  /** Named objects are not read at all. */
  unread?: boolean;
  chunkSize?: number;
  headers?: Record<string, string>;
  query?: Record<string, string>;
}

export interface SelectContext {
  io: KubectlIo;
  rest: Rest;
  discovery: Discovery;
}

type Visit = (info: Info) => Promise<void>;
type Visitor = (visit: Visit) => Promise<void>;

/** The objects of a command line. Models resource.Result. */
export class Selection {
  /** Whether what was asked for can only be one object. */
  readonly single: boolean;
  readonly fromSelector: Info[];
  private readonly visitor: Visitor;

  constructor(visitor: Visitor, single: boolean, fromSelector: Info[] = []) {
    this.visitor = visitor;
    this.single = single;
    this.fromSelector = fromSelector;
  }

  /** Visits one object after the other. Throws what went wrong, after all others where the command goes on. */
  visit(visit: Visit): Promise<void> {
    return this.visitor(visit);
  }

  /** All objects, and what went wrong on the way. */
  async infos(ignore: (error: Error) => boolean = () => false): Promise<{ infos: Info[]; error: Error | undefined }> {
    const infos: Info[] = [];
    try {
      await this.visitor(async (info) => {
        infos.push(info);
      });
    } catch (thrown) {
      return { infos, error: withoutErrors(asError(thrown), ignore) };
    }
    return { infos, error: undefined };
  }
}

/** What is left of an error when some kinds do not matter. Models utilerrors.FilterOut. */
export function withoutErrors(error: Error, ignore: (error: Error) => boolean): Error | undefined {
  if (!(error instanceof ErrorList)) return ignore(error) ? undefined : error;
  const left = error.errors.map((one) => withoutErrors(one, ignore)).filter((one) => one !== undefined);
  return left.length === 0 ? undefined : new ErrorList(left);
}

/** Finds out what the command line names. Throws where it makes no sense; nothing but discovery is asked yet. */
export async function select(context: SelectContext, options: SelectOptions): Promise<Selection> {
  const problems: Error[] = [];
  const sources = await sourcesOf(context.io, options, problems);
  const args = await readArguments(context, options, problems);
  const labelSelector = (options.labelSelector ?? '').trim();
  const fieldSelector = (options.fieldSelector ?? '').trim();
  if (options.all && (labelSelector || fieldSelector)) {
    problems.push(new CliError("setting 'all' parameter but found a non empty selector. "));
  }
  if (problems.length > 0) throw new ErrorList(problems);
  const bySelector =
    labelSelector !== '' ||
    fieldSelector !== '' ||
    options.all === true ||
    (options.allowEmptySelector === true && options.args?.length === 1 && args.types.length > 0);
  const { visitor, single, fromSelector } = await choose(context, options, args, sources, bySelector);
  return new Selection(decorate(context, options, visitor), single, fromSelector);
}

interface Arguments {
  types: string[];
  names: string[];
  pairs: { type: string; name: string }[];
}

async function readArguments(context: SelectContext, options: SelectOptions, problems: Error[]): Promise<Arguments> {
  if (options.nameType !== undefined) {
    const pairs: { type: string; name: string }[] = [];
    for (const argument of options.args ?? []) {
      const pair = splitPair(argument);
      if (pair instanceof CliError) problems.push(pair);
      else pairs.push(pair ?? { type: options.nameType, name: argument });
    }
    return { types: options.types ?? [], names: [], pairs };
  }
  const read = readResourceArguments(options.args ?? []);
  if (read.problem) problems.push(read.problem);
  const types = new Set(options.types);
  for (const type of read.types) {
    for (const expanded of (await context.discovery.expandCategory(type)) ?? [type]) types.add(expanded);
  }
  return { types: [...types], names: read.names, pairs: read.pairs };
}

type Chosen = { visitor: Visitor; single: boolean; fromSelector?: Info[] };

async function choose(
  context: SelectContext,
  options: SelectOptions,
  args: Arguments,
  sources: ManifestSource[],
  bySelector: boolean,
): Promise<Chosen> {
  if (sources.length > 0) {
    refuseMixed(args);
    const fromFile = options.filenames?.length === 1 && options.filenames[0] !== '-' && sources.length === 1;
    return { visitor: pathVisitor(context, options, sources), single: fromFile };
  }
  if (bySelector) return bySelectorVisitor(context, options, args);
  if (args.pairs.length > 0) return byPairs(context, options, args);
  if (args.names.length > 0) return byNames(context, options, args);
  for (const type of args.types) await context.discovery.mappingFor(type);
  throw new CliError(args.types.length > 0 ? 'resource(s) were provided, but no name was specified' : MISSING_RESOURCE);
}

function refuseMixed({ types, names, pairs }: Arguments): void {
  if (types.length > 0) {
    throw new CliError(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  }
  if (names.length > 0) throw new CliError('name cannot be provided when a path is specified');
  if (pairs.length > 0) throw new CliError('resource/name arguments cannot be provided when a path is specified');
}

async function bySelectorVisitor(context: SelectContext, options: SelectOptions, args: Arguments): Promise<Chosen> {
  if (args.names.length > 0) throw new CliError('name cannot be provided when a selector is specified');
  if (args.pairs.length > 0) {
    throw new CliError('selectors and the all flag cannot be used when passing resource/name arguments');
  }
  if (args.types.length === 0) throw new CliError('at least one resource must be specified to use a selector');
  if (options.subresource) throw new CliError('subresource cannot be used when bulk resources are specified');
  const mappings = await mappingsOf(context, args.types, options);
  const infos = mappings.map((mapping): Info => ({
    ...infoFor(mapping, {}, ''),
    object: undefined,
    namespace: namespaceFor(mapping, options),
  }));
  const visitors = infos.map((info): Visitor => async (visit) => {
    info.object = await listAll(context.rest, info, options);
    await visit(info);
  });
  return { visitor: inTurn(visitors, options.continueOnError ?? false), single: false, fromSelector: infos };
}

async function mappingsOf(context: SelectContext, types: string[], options: SelectOptions): Promise<Mapping[]> {
  if (types.length > 1 && options.singleType) throw new CliError('you may only specify a single resource type');
  const mappings: Mapping[] = [];
  for (const type of types) {
    const mapping = await context.discovery.mappingFor(type);
    if (!mappings.includes(mapping)) mappings.push(mapping);
  }
  return mappings;
}

function namespaceFor(mapping: Mapping, options: SelectOptions): string {
  return mapping.namespaced && !options.allNamespaces ? options.namespace : '';
}

/** Reads a whole collection, chunk after chunk. Models resource.Selector Visit. */
async function listAll(rest: Rest, info: Info, options: SelectOptions): Promise<{ [key: string]: Json }> {
  const query: Record<string, string> = { ...options.query };
  const labelSelector = (options.labelSelector ?? '').trim();
  const fieldSelector = (options.fieldSelector ?? '').trim();
  if (labelSelector) query['labelSelector'] = labelSelector;
  if (fieldSelector) query['fieldSelector'] = fieldSelector;
  const limit = options.chunkSize ?? 500;
  if (limit > 0) query['limit'] = String(limit);
  const path = pathOf(info.mapping, info.namespace);
  let whole: { [key: string]: Json } | undefined;
  for (;;) {
    const body = await listChunk(rest, info.mapping, path, query, options);
    if (!isObject(body)) return {};
    if (!whole) whole = { ...body };
    else
      for (const field of ['items', 'rows'])
        if (Array.isArray(body[field])) whole[field] = [...listAt(whole, field), ...listAt(body, field)];
    const next = textAt(body, 'metadata', 'continue');
    if (next === '') return withoutContinue(whole);
    query['continue'] = next;
  }
}

function withoutContinue(list: { [key: string]: Json }): { [key: string]: Json } {
  if (!isObject(list['metadata'])) return list;
  const { continue: _next, remainingItemCount: _count, ...metadata } = list['metadata'];
  return { ...list, metadata };
}

async function listChunk(
  rest: Rest,
  mapping: Mapping,
  path: string,
  query: Record<string, string>,
  options: SelectOptions,
): Promise<Json> {
  try {
    return await rest.json('GET', path, { query, headers: options.headers ?? {} });
  } catch (thrown) {
    throw enhanceListError(asError(thrown), mapping, query);
  }
}

/** Says what was looked for when the server refuses a selector. Models resource.EnhanceListError. */
function enhanceListError(error: Error, mapping: Mapping, query: Record<string, string>): Error {
  if (!(error instanceof ServerError)) return error;
  if (error.reason === 'Expired') {
    const words = `${error.message}\nThe provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the following continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.`;
    return new ServerError({ ...error.status, message: words });
  }
  const field = query['fieldSelector'] ?? '';
  const label = query['labelSelector'] ?? '';
  if (error.reason !== 'BadRequest' && error.reason !== 'NotFound') return error;
  if (field === '' && label === '') return error;
  const subject = `${mapping.group}/${mapping.version}, Resource=${mapping.resource}`;
  const message = `Unable to find "${subject}" that match label selector "${label}", field selector "${field}": ${error.message}`;
  return new ServerError({ ...error.status, message });
}

async function byPairs(context: SelectContext, options: SelectOptions, args: Arguments): Promise<Chosen> {
  if (args.types.length > 0) {
    throw new CliError('you may not specify individual resources and bulk resources in the same call');
  }
  const mappings = new Map<string, Mapping>();
  for (const { type } of args.pairs)
    if (!mappings.has(type)) mappings.set(type, await context.discovery.mappingFor(type));
  if (options.singleType && new Set(mappings.values()).size > 1) {
    throw new CliError('you may only specify a single resource type');
  }
  const infos = args.pairs.map(({ type, name }) => namedInfo(mappings.get(type) as Mapping, name, options));
  return { visitor: inTurn(infos.map(visitOne), options.continueOnError ?? false), single: args.pairs.length === 1 };
}

async function byNames(context: SelectContext, options: SelectOptions, args: Arguments): Promise<Chosen> {
  if (args.types.length === 0) throw new CliError('you must provide a resource and a resource name together');
  if (args.types.length > 1) throw new CliError('you must specify only one resource');
  const [mapping] = await mappingsOf(context, args.types, options);
  const infos = args.names.map((name) => namedInfo(mapping as Mapping, name, options));
  return { visitor: inTurn(infos.map(visitOne), false), single: args.names.length === 1 };
}

const visitOne =
  (info: Info): Visitor =>
  (visit) =>
    visit(info);

function namedInfo(mapping: Mapping, name: string, options: SelectOptions): Info {
  if (mapping.namespaced && options.allNamespaces) {
    throw new CliError('a resource cannot be retrieved by name across all namespaces');
  }
  const info = { ...infoFor(mapping, {}, ''), object: undefined, name, namespace: namespaceFor(mapping, options) };
  return {
    ...info,
    subresource: options.subresource ?? '',
    headers: options.headers ?? {},
    query: options.query ?? {},
  };
}

/** One visitor after the other; with `eager`, all of them, and the errors together at the end. */
function inTurn(visitors: Visitor[], eager: boolean): Visitor {
  return async (visit) => {
    const errors: Error[] = [];
    for (const visitor of visitors) {
      try {
        await visitor(visit);
      } catch (thrown) {
        if (!eager) throw thrown;
        errors.push(asError(thrown));
      }
    }
    if (errors.length > 0) throw new ErrorList(errors);
  };
}

function pathVisitor(context: SelectContext, options: SelectOptions, sources: ManifestSource[]): Visitor {
  const all = documentsVisitor(context, options, sources);
  const flat = options.flatten ? flatten(context, all) : all;
  const latest: Visitor = options.latest
    ? (visit) =>
        flat(async (info) => {
          setDefaultNamespace(info, options.namespace);
          info.headers = options.headers ?? {};
          info.query = options.query ?? {};
          if (info.name !== '') await fetchInfo(context.rest, info);
          await visit(info);
        })
    : flat;
  const selector = (options.labelSelector ?? '').trim();
  if (selector === '') return latest;
  const requirements = parsedSelector(selector);
  return (visit) =>
    latest(async (info) => {
      const labels = Object.fromEntries(stringMapAt(info.object, 'metadata', 'labels'));
      if (requirements.every((requirement) => requirementHolds(requirement, labels))) await visit(info);
    });
}

/** All documents. What cannot be read ends its source; with `continueOnError` nothing else does. */
function documentsVisitor(context: SelectContext, options: SelectOptions, sources: ManifestSource[]): Visitor {
  const one = async (document: Json, source: string, visit: Visit): Promise<void> =>
    visit(await manifestInfo(context, document, source));
  return async (visit) => {
    const errors: Error[] = [];
    const report = (thrown: unknown): void => {
      if (!options.continueOnError) throw thrown;
      errors.push(asError(thrown));
    };
    for (const source of sources) {
      try {
        for (const document of documentsOf(source)) {
          if (document === null) continue;
          if (options.validate) validateKind(document, source.name);
          await one(document, source.name, visit).catch(report);
        }
      } catch (thrown) {
        report(thrown);
      }
    }
    if (errors.length > 0) throw new ErrorList(errors);
  };
}

function parsedSelector(selector: string): LabelRequirement[] {
  try {
    return parseLabelSelector(selector);
  } catch (thrown) {
    if (!(thrown instanceof SelectorError)) throw thrown;
    throw new CliError(`the provided selector "${selector}" is not valid: ${thrown.message}`);
  }
}

async function manifestInfo(context: SelectContext, document: Json, source: string): Promise<Info> {
  const object = decodeObject(document, source);
  const apiVersion = textAt(object, 'apiVersion');
  const kind = textAt(object, 'kind');
  if (isList(object) && kind.endsWith('List')) return { ...infoFor(LIST_MAPPING, object, source), namespace: '' };
  try {
    return infoFor(await context.discovery.mappingForKind(apiVersion, kind), object, source);
  } catch (thrown) {
    if (!(thrown instanceof NoMatchError)) throw thrown;
    const name = textAt(object, 'metadata', 'name');
    const namespace = textAt(object, 'metadata', 'namespace');
    throw new CliError(
      `resource mapping not found for name: "${name}" namespace: "${namespace}" from "${source}": ${thrown.message}\nensure CRDs are installed first`,
    );
  }
}

/** Stands for a list of a manifest until it is taken apart. */
const LIST_MAPPING: Mapping = {
  group: '',
  version: 'v1',
  resource: 'lists',
  singular: 'list',
  kind: 'List',
  namespaced: false,
  shortNames: [],
  categories: [],
  verbs: [],
  subresources: [],
};

/** Visits the items of lists in their place. Models resource.FlattenListVisitor. */
function flatten(context: SelectContext, visitor: Visitor): Visitor {
  return (visit) =>
    visitor(async (info) => {
      if (!isList(info.object)) return visit(info);
      const errors: Error[] = [];
      for (const item of itemsOf(info)) {
        try {
          const mapping =
            info.mapping === LIST_MAPPING || textAt(item, 'kind') !== info.mapping.kind
              ? await itemMapping(context, item)
              : info.mapping;
          await visit({ ...infoFor(mapping, item, info.source), headers: info.headers, query: info.query });
        } catch (thrown) {
          errors.push(asError(thrown));
        }
      }
      if (errors.length > 0) throw new ErrorList(errors);
    });
}

/** The items of a list with apiVersion and kind, which lists of the server leave out. */
function itemsOf(info: Info): { [key: string]: Json }[] {
  const apiVersion = textAt(info.object, 'apiVersion');
  const kind = textAt(info.object, 'kind').replace(/List$/, '');
  const items = listAt(info.object, 'items').flatMap((item) => {
    if (!isObject(item)) return [];
    if (isList(item)) return itemsOf({ ...info, object: item });
    const named = textAt(item, 'kind') || textAt(item, 'apiVersion');
    return [named ? item : { apiVersion, kind, ...item }];
  });
  return items;
}

async function itemMapping(context: SelectContext, item: { [key: string]: Json }): Promise<Mapping> {
  try {
    return await context.discovery.mappingForKind(textAt(item, 'apiVersion'), textAt(item, 'kind'));
  } catch (thrown) {
    if (!(thrown instanceof NoMatchError)) throw thrown;
    throw new CliError(`unable to recognize ${thrown.message}`);
  }
}

function setDefaultNamespace(info: Info, namespace: string): void {
  if (info.mapping.namespaced && info.namespace === '' && info.object) setNamespace(info, namespace);
}

/** What every object goes through before the command sees it. Models resource.Builder Do. */
function decorate(context: SelectContext, options: SelectOptions, visitor: Visitor): Visitor {
  const flat = options.flatten ? flatten(context, visitor) : visitor;
  const prepared = async (info: Info, visit: Visit): Promise<void> => {
    const listed = isList(info.object) || textAt(info.object, 'kind') === 'Table';
    if (!listed) {
      if (info.mapping.namespaced && info.namespace === '' && !options.allNamespaces)
        setNamespace(info, options.namespace);
      if (options.enforceNamespace) requireNamespace(info, options.namespace);
    }
    if (info.object === undefined && !options.unread) await fetchInfo(context.rest, info);
    await visit(info);
  };
  if (!options.continueOnError) return (visit) => flat((info) => prepared(info, visit));
  return async (visit) => {
    const errors: Error[] = [];
    try {
      await flat(async (info) => {
        try {
          await prepared(info, visit);
        } catch (thrown) {
          errors.push(asError(thrown));
        }
      });
    } catch (thrown) {
      errors.push(asError(thrown));
    }
    throwAll(errors);
  };
}

function requireNamespace(info: Info, namespace: string): void {
  if (!info.mapping.namespaced || info.namespace === namespace) return;
  throw new CliError(
    `the namespace from the provided object "${info.namespace}" does not match the namespace "${namespace}". You must pass '--namespace=${info.namespace}' to perform this operation.`,
  );
}
