import type { IconName } from '../style/icons';
import type { Mark } from '../../protocol/frame';
import type { CauseLink } from '../../protocol/control';
import { deedOf } from './deed-words';
import { KINDS } from './subjects';

/** A link of the chain in words. */
interface CauseWords {
  kind: 'you' | 'fault' | 'component';
  icon: IconName;
  text: string;
}

const VERBS = { create: 'created', update: 'changed', delete: 'deleted' } as const;
const DOERS: [RegExp, string, IconName][] = [
  [/^kubelet/, 'The kubelet', 'heartbeat'],
  [/scheduler/, 'The scheduler', 'chip'],
  [/cloud-node/, 'The cloud provider', 'node'],
  [/taint-eviction/, 'Taint eviction', 'clock'],
  [/^node-/, 'The node lifecycle controller', 'clock'],
  [/^job/, 'The Job controller', 'loop'],
  [/deployment/, 'The Deployment controller', 'loop'],
  [/replicaset/, 'The ReplicaSet controller', 'loop'],
  [/endpoint/, 'The EndpointSlice controller', 'service'],
  [/attach/, 'The attach and detach controller', 'drum'],
  [/provision|csi/, 'The provisioner', 'drum'],
  [/persistent|volume|^pv/, 'The volume binder', 'drum'],
  [/garbage/, 'The garbage collector', 'trash'],
  [/namespace/, 'The Namespace controller', 'loop'],
  [/serviceaccount/, 'The ServiceAccount controller', 'loop'],
  [/apiserver/, 'The API server', 'node'],
];

/** Says who did what to which object; the one that is asked about is "this". */
function causeWords(link: CauseLink, asked: string): CauseWords {
  const name = link.key.split('/').at(-1) ?? link.key;
  const kind = KINDS[link.resource]?.kind ?? link.resource;
  const what = subjectOfLink(link) === asked ? `this ${kind}` : `${kind} ${name}`;
  const deed = deedOf(link.resource, what, link.changes ?? []) ?? `${VERBS[link.verb]} ${what}`;
  if (isPerson(link.actor)) return { kind: 'you', icon: 'check', text: `You ${deed}` };
  const [, doer = link.actor, icon = 'loop'] = DOERS.find(([pattern]) => pattern.test(link.actor)) ?? [];
  const node = /^kubelet\/(.+)$/.exec(link.actor)?.[1];
  return {
    kind: 'component',
    icon,
    text: `${doer}${node ? ` on ${node}` : ''} ${deed}`,
  };
}

function isPerson(actor: string): boolean {
  return /^(kubectl|podium-page|podium-editor|learner)/.test(actor);
}

/** One step of the story of an object: a write, or a fault that somebody caused. */
export interface StoryStep extends CauseWords {
  key: string;
  atMs: number;
  /** Nothing for a fault: it happens to the world, and no revision tells of it. */
  revision?: number;
}

const subjectOfLink = ({ resource, key }: CauseLink): string => `${resource} ${key}`;

/**
 * The writes of a chain and the faults that hit what they are about, or the nodes on which that is, oldest first.
 * `asked` is the object whose chain it is, such as `pods default/train-1`.
 */
export function storyOf(links: readonly CauseLink[], marks: readonly Mark[], asked: string): StoryStep[] {
  const hit = new Set([asked, ...links.flatMap((link) => [subjectOfLink(link), `nodes ${link.node ?? ''}`])]);
  const faults = marks.filter((mark) => mark.kind === 'fault' && mark.subject !== undefined && hit.has(mark.subject));
  const steps: StoryStep[] = [
    ...links.map((link) => ({
      ...causeWords(link, asked),
      key: `rev ${link.revision}`,
      atMs: link.atMs,
      revision: link.revision,
    })),
    ...faults.map((mark) => ({
      kind: 'fault' as const,
      icon: 'power' as const,
      text: `You: ${mark.label}`,
      key: `${mark.atMs} ${mark.label}`,
      atMs: mark.atMs,
    })),
  ];
  return steps.sort((left, right) => left.atMs - right.atMs || (left.revision ?? 0) - (right.revision ?? 0));
}
