import { parseFault, type Fault } from '../../api/faults';
import type { Json } from '../../api/objects';
import { parseWorldChange, type WorldChange } from '../../api/world-change';
import type { NodeChange, StartOf } from './lesson';
import type { YamlFields } from './yaml-fields';

const FIELDS = 'start,preset,seed,namespace,world,nodes,objects,faults,files,open,settle'.split(',');
const SETTLE_LIMIT_S = 3_600;
const OBJECTS_LIMIT = 200;
const FILE_LIMIT = 64_000;
const FILE_NAME = /^[\w-]+(\.[\w-]+)*$/;

/** Reads start.yaml. */
export function readStart(root: YamlFields): StartOf {
  root.allow(FIELDS);
  const common = {
    namespace: root.text('namespace', 'default'),
    world: root.items('world').flatMap((item) => checked<WorldChange>(item, parseWorldChange)),
    nodes: root.items('nodes').map(nodeOf),
    objects: objectsOf(root),
    faults: root.items('faults').flatMap((item) => checked<Fault>(item, parseFault)),
    files: filesOf(root),
    ...(root.has('open') ? { open: openOf(root) } : {}),
    settleSeconds: root.number('settle', [0, SETTLE_LIMIT_S], 0),
  };
  if (!root.has('start'))
    return { ...common, preset: root.text('preset'), seed: root.number('seed', [0, Number.MAX_SAFE_INTEGER], 1) };
  if (root.text('start') !== 'previous') root.report('start can only be: previous', root.at('start').line);
  if (root.has('preset') || root.has('seed'))
    root.report('what starts from the previous lesson has its preset and seed');
  return { ...common, previous: true };
}

function checked<T>(item: YamlFields, parse: (value: unknown) => T | { problem: string }): T[] {
  const parsed = parse(item.json());
  if (typeof parsed === 'object' && parsed !== null && 'problem' in parsed) {
    item.report(String(parsed.problem));
    return [];
  }
  return [parsed as T];
}

function nodeOf(item: YamlFields): NodeChange {
  item.allow(['name', 'labels', 'taints', 'cordoned']);
  const labels = item.at('labels').json() ?? {};
  const wrong =
    typeof labels !== 'object' || Object.values(labels).some((one) => one !== null && typeof one !== 'string');
  if (wrong) item.report('labels are texts, or null to take one away');
  return {
    name: item.text('name'),
    labels: wrong ? {} : (labels as Record<string, string | null>),
    taints: item.items('taints').map((taint) => taint.value),
    ...(item.has('cordoned') ? { cordoned: item.flag('cordoned') } : {}),
  };
}

function objectsOf(root: YamlFields): Json[] {
  const items = root.items('objects');
  if (items.length > OBJECTS_LIMIT) root.report(`a lesson starts with at most ${OBJECTS_LIMIT} objects`);
  for (const item of items) {
    for (const field of ['apiVersion', 'kind', 'metadata']) if (!item.has(field)) item.report(`an object has ${field}`);
  }
  return items.map((item) => item.json());
}

function filesOf(root: YamlFields): Record<string, string> {
  const fields = root.at('files');
  const files: Record<string, string> = {};
  for (const name of fields.keys()) {
    const { node, line } = fields.at(name);
    const text: unknown = (node as { value?: unknown } | null)?.value;
    if (!FILE_NAME.test(name)) fields.report(`${JSON.stringify(name)} is no name of a file`, line);
    else if (typeof text !== 'string' || text.length > FILE_LIMIT) fields.report(`${name} must be a text`, line);
    else files[name] = text;
  }
  return files;
}

function openOf(root: YamlFields): string {
  const name = root.text('open');
  if (!root.at('files').keys().includes(name))
    root.report(`there is no file ${JSON.stringify(name)}`, root.at('open').line);
  return name;
}
