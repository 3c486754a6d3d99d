import type { Frame, NodeDetail, PodDetail } from '../../protocol/frame';
import type { KnownPods } from '../../protocol/pod-details';
import { NODE_FLAGS, POD_PHASES } from '../../protocol/frame';
import type { Subject } from '../inspector/subjects';
import type { IconName } from '../style/icons';
import { parseClock } from '../time/rail';

/** What a row of the palette does when it is taken. */
export type PaletteAction =
  | { do: 'select'; subject: Subject; tab?: string }
  | { do: 'kubectl'; line: string }
  | { do: 'seek'; atMs: number }
  | { do: 'power'; node: string; on: boolean }
  | { do: 'network'; node: string; on: boolean }
  | { do: 'delete'; subject: Subject }
  | { do: 'theme' }
  | { do: 'help' };

export interface PaletteRow {
  group: 'Questions' | 'Objects' | 'Actions' | 'kubectl' | 'Time' | 'Settings';
  icon: IconName;
  text: string;
  note: string;
  action: PaletteAction;
}

const GROUPS: PaletteRow['group'][] = ['Questions', 'Objects', 'Actions', 'kubectl', 'Time', 'Settings'];
const GROUP_LIMIT = 5;
const SETTINGS: PaletteRow[] = [
  { group: 'Settings', icon: 'theme', text: 'Change between light and dark', note: '', action: { do: 'theme' } },
  { group: 'Settings', icon: 'help', text: 'Show all keys', note: '', action: { do: 'help' } },
];

/** All rows for a cluster as it is now. */
export function paletteRows(
  frame: Frame | undefined,
  pods: Pick<KnownPods, 'get'>,
  nodes: ReadonlyMap<number, NodeDetail>,
): PaletteRow[] {
  if (!frame) return SETTINGS;
  const rows: PaletteRow[] = [];
  const owners = new Set<string>();
  for (let index = 0; index < frame.pods.count; index++) {
    const detail = pods.get(frame.pods.id[index]!);
    if (!detail || detail.namespace === 'kube-system') continue;
    const node = nodes.get(frame.nodes.id[frame.pods.node[index]!] ?? -1);
    rows.push(...podRows(detail, POD_PHASES[frame.pods.phase[index]!] ?? 'Unknown', node?.name));
    const owner = ownerSubject(detail);
    if (owner && !owners.has(owner.resource + owner.name)) {
      owners.add(owner.resource + owner.name);
      rows.push({
        group: 'Objects',
        icon: 'loop',
        text: owner.name,
        note: detail.ownerKind,
        action: { do: 'select', subject: owner },
      });
    }
  }
  for (let index = 0; index < frame.nodes.count; index++) {
    const detail = nodes.get(frame.nodes.id[index]!);
    if (detail) rows.push(...nodeRows(detail, frame.nodes.flags[index]!));
  }
  for (const volume of frame.volumes) {
    if (!volume.claim) continue;
    const [namespace = '', name = ''] = volume.key.split('/');
    rows.push({
      group: 'Objects',
      icon: 'drum',
      text: name,
      note: `PersistentVolumeClaim, ${volume.size}`,
      action: { do: 'select', subject: { resource: 'persistentvolumeclaims', namespace, name } },
    });
  }
  for (const service of frame.services) {
    const [namespace = ''] = service.key.split('/');
    rows.push({
      group: 'Objects',
      icon: 'service',
      text: service.name,
      note: 'Service',
      action: { do: 'select', subject: { resource: 'services', namespace, name: service.name } },
    });
  }
  return [...rows, ...SETTINGS];
}

function podRows(detail: PodDetail, phase: string, node: string | undefined): PaletteRow[] {
  const subject: Subject = { resource: 'pods', namespace: detail.namespace, name: detail.name };
  const question = node ? `Why does ${detail.name} run on ${node}?` : `Why is ${detail.name} ${phase}?`;
  return [
    { group: 'Questions', icon: 'help', text: question, note: '', action: { do: 'select', subject, tab: 'why' } },
    {
      group: 'Objects',
      icon: 'pod',
      text: detail.name,
      note: node ? `Pod, ${phase} on ${node}` : `Pod, ${phase}`,
      action: { do: 'select', subject },
    },
    { group: 'Actions', icon: 'kill', text: `Delete ${detail.name}`, note: 'Pod', action: { do: 'delete', subject } },
    {
      group: 'kubectl',
      icon: 'terminal',
      text: `kubectl logs -f ${detail.name}${inNamespace(detail.namespace)}`,
      note: '',
      action: { do: 'kubectl', line: `kubectl logs -f ${detail.name}${inNamespace(detail.namespace)}` },
    },
    {
      group: 'kubectl',
      icon: 'terminal',
      text: `kubectl describe pod ${detail.name}${inNamespace(detail.namespace)}`,
      note: '',
      action: { do: 'kubectl', line: `kubectl describe pod ${detail.name}${inNamespace(detail.namespace)}` },
    },
  ];
}

const inNamespace = (namespace: string): string => (namespace === 'default' ? '' : ` -n ${namespace}`);

function nodeRows({ name }: NodeDetail, flags: number): PaletteRow[] {
  const off = (flags & NODE_FLAGS.off) !== 0;
  const cut = (flags & NODE_FLAGS.cut) !== 0;
  return [
    {
      group: 'Objects',
      icon: 'node',
      text: name,
      note: off ? 'Node, off' : 'Node',
      action: { do: 'select', subject: { resource: 'nodes', namespace: '', name } },
    },
    {
      group: 'Actions',
      icon: 'power',
      text: off ? `Power ${name} on` : `Power off ${name}`,
      note: 'Node',
      action: { do: 'power', node: name, on: off },
    },
    {
      group: 'Actions',
      icon: 'cut',
      text: cut ? `Mend the network of ${name}` : `Cut the network of ${name}`,
      note: 'Node',
      action: { do: 'network', node: name, on: cut },
    },
  ];
}

function ownerSubject(detail: PodDetail): Subject | undefined {
  const resource = { Job: 'jobs', Deployment: 'deployments', ReplicaSet: 'replicasets' }[detail.ownerKind];
  return resource ? { resource, namespace: detail.namespace, name: detail.ownerName } : undefined;
}

/** The rows that a text finds, best first, grouped; a text that is a kubectl line or a time is a row itself. */
export function findRows(rows: readonly PaletteRow[], text: string): PaletteRow[] {
  const typed = typedRow(text);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows
    .map((row, index) => ({ row, index, score: scoreOf(row, words) }))
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score || left.index - right.index);
  const grouped = GROUPS.flatMap((group) => found.filter(({ row }) => row.group === group).slice(0, GROUP_LIMIT));
  return [...(typed ? [typed] : []), ...grouped.map(({ row }) => row)];
}

function typedRow(text: string): PaletteRow | undefined {
  const atMs = parseClock(text);
  if (atMs !== undefined)
    return { group: 'Time', icon: 'clock', text: `Go to ${text.trim()}`, note: '', action: { do: 'seek', atMs } };
  const line = /^(?:k|kubectl)\s+(\S.*)$/.exec(text.trim());
  if (!line) return undefined;
  return {
    group: 'kubectl',
    icon: 'terminal',
    text: `kubectl ${line[1]}`,
    note: '',
    action: { do: 'kubectl', line: `kubectl ${line[1]}` },
  };
}

/** Every word must be found; at the start of a word it counts most, as letters in order least. */
function scoreOf(row: PaletteRow, words: readonly string[]): number {
  const text = `${row.text} ${row.note}`.toLowerCase();
  let score = 1;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at >= 0) score += at === 0 || /[\s/.-]/.test(text[at - 1]!) ? 10 : 5;
    else if (inOrder(word, text)) score += 1;
    else return 0;
  }
  return score;
}

function inOrder(word: string, text: string): boolean {
  let at = -1;
  for (const character of word) {
    at = text.indexOf(character, at + 1);
    if (at < 0) return false;
  }
  return word.length > 2;
}
