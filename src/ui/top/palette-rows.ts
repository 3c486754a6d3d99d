import type { Fault } from '../../api/faults';
import { componentSentence } from '../../scene/control-plane';
import { actionsFor, componentAction, COMPONENTS, nodeActions, podActions, type Action } from '../../scene/menu';
import { isOver, nodeHas, type NodeGlyph, type Picture, type PodGlyph } from '../../scene/picture';
import { podState } from '../../scene/words';
import type { Subject } from '../inspector/subjects';
import type { IconName } from '../style/icons';

/** What a row of the palette does when it is taken. */
export type PaletteAction =
  | { do: 'select'; subject: Subject; tab?: string }
  | { do: 'kubectl'; line: string }
  | { do: 'fault'; fault: Fault }
  | { do: 'seek'; atMs: number }
  | { do: 'speed'; factor: number }
  | { do: 'time'; what: 'play' | 'step' | 'start' | 'live' | 'undo' | 'change' | 'fork' }
  | { do: 'branch'; id: string }
  | { do: 'compare'; id: string }
  | { do: 'cluster'; preset: string }
  | { do: 'start over' }
  | { do: 'file'; name: string }
  | { do: 'lesson'; slug: string }
  | { do: 'open lesson' }
  | { do: 'make lesson' }
  | { do: 'setting'; what: 'theme' | 'help' | 'single keys' | 'read out' | 'present' | 'sizes' | 'home' };

export const GROUPS = [
  'Recent',
  'Questions',
  'Objects',
  'Actions',
  'kubectl',
  'Time',
  'Files',
  'Lessons',
  'Settings',
] as const;

export interface PaletteRow {
  group: (typeof GROUPS)[number];
  icon: IconName;
  text: string;
  note: string;
  /** The key that does the same elsewhere; empty where there is none. */
  key: string;
  action: PaletteAction;
}

/** What rows can be made about: its rows are made only when what was typed may mean it. */
export interface Candidate {
  /** What it is, in lower case: its name, kind, owner, node and state. */
  words: string;
  /** Every word its rows may add, in lower case. */
  offers: string;
  rows: () => PaletteRow[];
}

/** An object that has no place on the stage: who owns Pods, what they mount. */
export interface OffStage {
  subject: Subject;
  kind: string;
  note: string;
}

export interface PaletteSource {
  picture: Picture | undefined;
  offStage: readonly OffStage[];
  files: readonly string[];
  /** Rows that do not depend on the cluster. */
  always: readonly PaletteRow[];
}

const KIND_ICONS: Record<string, IconName> = { ConfigMap: 'file', Secret: 'file' };
const ACTION_ICONS: [RegExp, IconName][] = [
  [/^(Kill|Stop|Drain)/, 'kill'],
  [/^Delete/, 'trash'],
  [/^(Power|Start)/, 'power'],
  [/network/, 'cut'],
  [/memory/, 'chip'],
  [/ordon/, 'node'],
];

/** All that can be asked for or done as things are now, most pressing first. */
export function candidatesOf({ picture, offStage, files, always }: PaletteSource): Candidate[] {
  const made: Candidate[] = [];
  if (picture) {
    const pods = [...picture.pods].sort((left, right) => urgency(left) - urgency(right));
    for (const pod of pods) made.push(podCandidate(pod));
    for (const node of picture.nodes) made.push(nodeCandidate(node));
    made.push(...lowerCandidates(picture));
    for (const name of COMPONENTS) made.push(componentCandidate(name, picture.controlPlane));
  }
  for (const one of offStage) made.push(offStageCandidate(one));
  for (const name of files)
    made.push(
      single({ group: 'Files', icon: 'file', text: `Open ${name}`, note: '', key: '', action: { do: 'file', name } }),
    );
  return [...made, ...always.map(single)];
}

/** Whoever waits or is in trouble is asked about first, what has ended last. */
function urgency(pod: PodGlyph): number {
  if (isOver(pod)) return 2;
  return pod.phase === 'Running' ? 1 : 0;
}

function single(row: PaletteRow): Candidate {
  return { words: `${row.text} ${row.note}`.toLowerCase(), offers: '', rows: () => [row] };
}

const POD_OFFERS = 'why is does run on pod kill the container of out memory delete kubectl logs -f describe';

function podCandidate(pod: PodGlyph): Candidate {
  const { name, namespace, ownerKind, ownerName } = pod.detail;
  const state = podState(pod);
  return {
    words: `${name} ${namespace} ${ownerKind} ${ownerName} ${state} ${pod.node}`.toLowerCase(),
    offers: POD_OFFERS,
    rows: () => podRows(pod, state),
  };
}

function podRows(pod: PodGlyph, state: string): PaletteRow[] {
  const { name, namespace } = pod.detail;
  const subject: Subject = { resource: 'pods', namespace, name };
  const placed = pod.node !== '' && pod.phase === 'Running';
  const question = placed ? `Why does ${name} run on ${pod.node}?` : `Why is ${name} ${questioned(pod, state)}?`;
  const scope = namespace === 'default' ? '' : ` -n ${namespace}`;
  return [
    {
      group: 'Questions',
      icon: 'help',
      text: question,
      note: '',
      key: 'W',
      action: { do: 'select', subject, tab: 'why' },
    },
    {
      group: 'Objects',
      icon: 'pod',
      text: name,
      note: pod.node === '' ? `Pod, ${state}` : `Pod, ${state} on ${pod.node}`,
      key: '',
      action: { do: 'select', subject },
    },
    ...podActions(pod).map(actionRow),
    ...(pod.node === '' ? [] : [kubectlRow(`kubectl logs -f ${name}${scope}`)]),
  ];
}

function questioned(pod: PodGlyph, state: string): string {
  return pod.phase === 'NotReady' && state.startsWith('Running') ? 'not ready' : state;
}

/** A row for what a menu offers; a kubectl line that only reads is one of the lines. */
function actionRow(action: Action): PaletteRow {
  if (action.command?.startsWith('kubectl describe')) return kubectlRow(action.command);
  const icon = ACTION_ICONS.find(([pattern]) => pattern.test(action.named))?.[1] ?? 'flag';
  const does: PaletteAction = action.fault
    ? { do: 'fault', fault: action.fault }
    : { do: 'kubectl', line: action.command ?? '' };
  return { group: 'Actions', icon, text: action.named, note: '', key: action.key, action: does };
}

/** A line for the terminal: Enter runs it, Tab takes it to the prompt. */
export function kubectlRow(line: string): PaletteRow {
  return { group: 'kubectl', icon: 'terminal', text: line, note: '', key: 'Tab', action: { do: 'kubectl', line } };
}

function nodeCandidate(node: NodeGlyph): Candidate {
  const off = nodeHas(node, 'off');
  const state = off ? 'off' : node.state;
  const subject: Subject = { resource: 'nodes', namespace: '', name: node.name };
  const ailing: PaletteRow[] =
    off || node.state !== 'Ready'
      ? [
          {
            group: 'Questions',
            icon: 'help',
            text: `Why is ${node.name} ${node.state === 'Ready' ? 'off' : 'NotReady'}?`,
            note: '',
            key: 'W',
            action: { do: 'select', subject, tab: 'why' },
          },
        ]
      : [];
  return {
    words: `node ${node.name} ${node.detail.pool} ${state}`.toLowerCase(),
    offers: 'why is power off on cut join the network of cordon uncordon drain taint out of service kubectl describe',
    rows: () => [
      ...ailing,
      {
        group: 'Objects',
        icon: 'node',
        text: node.name,
        note: `Node, ${state}`,
        key: '',
        action: { do: 'select', subject },
      },
      ...nodeActions(node).map(actionRow),
    ],
  };
}

function componentCandidate(name: string, view: Picture['controlPlane']): Candidate {
  const subject: Subject = { resource: 'components', namespace: '', name };
  const note = view.down.includes(name) ? `Control plane, ${componentSentence(view, name)}` : 'Control plane';
  return {
    words: `${name} ${note}`.toLowerCase(),
    offers: 'start stop',
    rows: () => [
      { group: 'Objects', icon: 'chip', text: name, note, key: '', action: { do: 'select', subject } },
      actionRow(componentAction(name, view.down)),
    ],
  };
}

/** What outlives Pods. */
function lowerCandidates(picture: Picture): Candidate[] {
  const volumes = picture.volumes.flatMap((volume) => {
    const [namespace = '', name = ''] = volume.key.split('/');
    if (volume.claim === '') return [];
    const note = `PersistentVolumeClaim, ${volume.bound ? volume.size : 'Pending'}`;
    return [lowerCandidate({ resource: 'persistentvolumeclaims', namespace, name }, 'drum', note, picture)];
  });
  const services = picture.services.map((service) => {
    const [namespace = ''] = service.key.split('/');
    const note = `Service, ${service.ready} of ${service.endpoints} ready`;
    return lowerCandidate({ resource: 'services', namespace, name: service.name }, 'service', note, picture);
  });
  return [...volumes, ...services];
}

function lowerCandidate(subject: Subject, icon: IconName, note: string, picture: Picture): Candidate {
  return {
    words: `${subject.name} ${subject.namespace} ${note}`.toLowerCase(),
    offers: 'kubectl describe',
    rows: () => [
      { group: 'Objects', icon, text: subject.name, note, key: '', action: { do: 'select', subject } },
      ...actionsFor(subject, picture)
        .filter((action) => action.command !== undefined)
        .map(actionRow),
    ],
  };
}

function offStageCandidate({ subject, kind, note }: OffStage): Candidate {
  const icon = KIND_ICONS[kind] ?? 'loop';
  const scope = subject.namespace === 'default' || subject.namespace === '' ? '' : ` -n ${subject.namespace}`;
  return {
    words: `${subject.name} ${subject.namespace} ${kind} ${note}`.toLowerCase(),
    offers: 'kubectl describe delete',
    rows: () => [
      {
        group: 'Objects',
        icon,
        text: subject.name,
        note: [kind, note].filter(Boolean).join(', '),
        key: '',
        action: { do: 'select', subject },
      },
      actionRow({
        label: '',
        named: `Delete ${kind} ${subject.name}`,
        key: '',
        command: `kubectl delete ${kind.toLowerCase()} ${subject.name}${scope}`,
      }),
      kubectlRow(`kubectl describe ${kind.toLowerCase()} ${subject.name}${scope}`),
    ],
  };
}
