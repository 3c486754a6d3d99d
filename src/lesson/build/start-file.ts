import { equalJson, type JsonMap } from '../../api/json';
import { machineOf, manifestsOf } from '../../api/manifests';
import type { Fault } from '../../api/faults';
import type { Json, Taint } from '../../api/objects';
import type { Deed } from './play';
import type { MarkedStart } from './recorder';
import { yamlText } from './wording';

/** Writes start.yaml: what somebody has made of a cluster before the first mark, as a lesson makes it again. */

/** A lesson lets its cluster settle at least so long, where anything was made. */
const SETTLE_LEAST_S = 30;
const SETTLE_MOST_S = 600;

/** Texts of the editor that a lesson starts with. */
export interface StartFiles {
  readonly files: Readonly<Record<string, string>>;
  readonly open: string | undefined;
}

export function startFile(start: MarkedStart, { files, open }: StartFiles): string {
  const { preset, seed, objects } = start.beginning;
  const before = manifestsOf(objects);
  const own = start.manifests.filter((manifest) => !before.some((one) => equalJson(one, manifest)));
  const nodes = nodeChanges(start);
  const faults = standingFaults(start.deeds);
  const world = worldChanges(start.deeds);
  const made = own.length + nodes.length + faults.length > 0;
  const fields: JsonMap = {
    preset: preset ?? 'empty',
    seed,
    ...some('world', world),
    ...some('nodes', nodes),
    ...some('objects', own),
    ...some('faults', faults),
    ...(Object.keys(files).length > 0 ? { files: { ...files } } : {}),
    ...(open !== undefined && open in files ? { open } : {}),
    ...(made ? { settle: settleSeconds(start) } : {}),
  };
  return yamlText(fields);
}

const some = (field: string, list: readonly Json[]): JsonMap => (list.length > 0 ? { [field]: [...list] } : {});

/** As long as the author looked on before marking, so that what was made is as far as it was then. */
function settleSeconds({ atMs, deeds }: MarkedStart): number {
  const quietS = Math.ceil((atMs - (deeds.at(-1)?.atMs ?? 0)) / 1000);
  return Math.min(SETTLE_MOST_S, Math.max(SETTLE_LEAST_S, quietS));
}

/** What was changed on the machines that the preset has: labels, taints, cordons. */
function nodeChanges({ beginning, nodes }: MarkedStart): JsonMap[] {
  const now = new Map(nodes.map((node) => [node.metadata.name, node]));
  return beginning.nodes.flatMap((fresh) => {
    const { name, labels, taints } = partsOf(fresh);
    const node = now.get(name);
    if (!node) return [];
    const other = partsOf(machineOf(node as unknown as JsonMap));
    const labelled = differing(labels, other.labels);
    const tainted = [...missing(taints, other.taints).map((one) => `${one}-`), ...missing(other.taints, taints)];
    const cordoned = (node as { spec?: { unschedulable?: boolean } }).spec?.unschedulable === true;
    if (Object.keys(labelled).length + tainted.length === 0 && !cordoned) return [];
    return [
      {
        name,
        ...(Object.keys(labelled).length > 0 ? { labels: labelled } : {}),
        ...(tainted.length > 0 ? { taints: tainted } : {}),
        ...(cordoned ? { cordoned } : {}),
      },
    ];
  });
}

function partsOf(node: JsonMap): { name: string; labels: Record<string, string>; taints: string[] } {
  const { metadata, spec } = node as unknown as {
    metadata: { name: string; labels?: Record<string, string> };
    spec?: { taints?: Taint[] };
  };
  const taints = (spec?.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
  return { name: metadata.name, labels: metadata.labels ?? {}, taints };
}

const missing = (of: readonly string[], from: readonly string[]): string[] => of.filter((one) => !from.includes(one));

/** Labels that are otherwise, null for those that are no more. */
function differing(before: Record<string, string>, after: Record<string, string>): Record<string, string | null> {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    keys
      .filter((key) => before[key] !== after[key] && (key in before || !isWritten(key)))
      .map((key) => [key, after[key] ?? null]),
  );
}

/** Labels that kubelets and drivers give to their nodes. */
const isWritten = (key: string): boolean => /^(node-role\.)?([\w-]+\.)*kubernetes\.io\//.test(key);

/** By which fault another one is undone, and of what. */
const UNDONE: Partial<Record<Fault['type'], Fault['type']>> = {
  NodeUp: 'NodeDown',
  NodeNetworkUp: 'NodeNetworkDown',
  ComponentUp: 'ComponentDown',
  GpuRepaired: 'GpuFault',
  RegistryUp: 'RegistryDown',
};
/** What is over in a moment leaves nothing to start from. */
const MOMENTARY: ReadonlySet<Fault['type']> = new Set(['ContainerCrash', 'OutOfMemory']);

/** The faults that have not been undone, in their order. */
export function standingFaults(deeds: readonly Deed[]): JsonMap[] {
  const standing = new Map<string, Fault>();
  for (const deed of deeds) {
    if (deed.kind !== 'fault' || MOMENTARY.has(deed.fault.type)) continue;
    const { fault } = deed;
    const what = placeOf(fault);
    const heals = UNDONE[fault.type] !== undefined || isOver(fault);
    if (heals) standing.delete(what);
    else standing.set(what, fault);
  }
  return [...standing.values()] as unknown as JsonMap[];
}

/** What a fault is about: another of the same place replaces or undoes it. */
function placeOf(fault: Fault): string {
  const { type, ...fields } = fault as Fault & Record<string, unknown>;
  const { on: _on, ms: _ms, loss: _loss, ...place } = fields;
  return JSON.stringify([UNDONE[type] ?? type, place]);
}

const isOver = (fault: Fault): boolean =>
  ('on' in fault && !fault.on) || (fault.type === 'NetworkDelay' && fault.ms === 0 && fault.loss === 0);

/** The last change of each part of the world. */
function worldChanges(deeds: readonly Deed[]): JsonMap[] {
  const last = new Map<string, JsonMap>();
  for (const deed of deeds) {
    if (deed.kind !== 'world') continue;
    const { change } = deed;
    last.set(change.type === 'pool' ? `pool ${change.pool}` : change.type, change as unknown as JsonMap);
  }
  return [...last.values()];
}
