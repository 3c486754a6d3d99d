import type { IconName } from '../style/icons';
import type { CauseLink } from './inspection.svelte';
import { KINDS } from './subjects';

/** A link of the chain in words. */
export interface CauseWords {
  kind: 'you' | 'fault' | 'component';
  icon: IconName;
  text: string;
  /** Who wrote it, as managedFields would say. */
  by: string;
}

const VERBS = { create: 'created', update: 'changed', delete: 'deleted' } as const;
const DOERS: [RegExp, string, IconName][] = [
  [/^kubelet/, 'The kubelet', 'heartbeat'],
  [/scheduler/, 'The scheduler', 'chip'],
  [/job/, 'The Job controller', 'loop'],
  [/deployment/, 'The Deployment controller', 'loop'],
  [/replicaset/, 'The ReplicaSet controller', 'loop'],
  [/endpointslice/, 'The EndpointSlice controller', 'service'],
  [/node-?lifecycle|taint/, 'The node lifecycle controller', 'clock'],
  [/attach|persistent|provision|volume/, 'The volume controllers', 'drum'],
  [/garbage|namespace/, 'The garbage collector', 'trash'],
];

/** Says who did what to which object. */
export function causeWords(link: CauseLink): CauseWords {
  const name = link.key.split('/').at(-1) ?? link.key;
  const what = `${KINDS[link.resource]?.kind ?? link.resource} ${name}`;
  if (isPerson(link.actor)) return { kind: 'you', icon: 'check', text: `You ${VERBS[link.verb]} ${what}`, by: link.actor };
  if (/^(fault|world)/.test(link.actor)) return { kind: 'fault', icon: 'power', text: `A fault: ${what} ${VERBS[link.verb]}`, by: link.actor };
  const [, doer = link.actor, icon = 'loop'] = DOERS.find(([pattern]) => pattern.test(link.actor)) ?? [];
  const node = /^kubelet\/(.+)$/.exec(link.actor)?.[1];
  return { kind: 'component', icon, text: `${doer}${node ? ` on ${node}` : ''} ${VERBS[link.verb]} ${what}`, by: link.actor };
}

function isPerson(actor: string): boolean {
  return /^(kubectl|podium-page|podium-editor|learner)/.test(actor);
}
