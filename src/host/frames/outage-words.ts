import type { ControlPlane } from '../../kernel/control-plane';

type Outage = ControlPlane['outages'][number];

/** Why a component does nothing, and what becomes of it: longest first. */
export function outageWords(outage: Outage, members: ControlPlane['members'], nowMs: number): string[] {
  const { component, why, repairAtMs } = outage;
  if (why === 'lease') return ["waits for the old leader's lease", 'waits to lead'];
  if (why === 'unreachable') return ['lost its lease: nobody answers', 'lost its lease'];
  const stopped = why === 'stopped' ? 'stopped by you' : 'not running';
  const short = component === 'etcd' ? 'no quorum' : why === 'stopped' ? 'stopped' : 'not running';
  const first = component === 'etcd' ? [`${members.up} of ${members.all} members: no quorum`] : [];
  if (repairAtMs === undefined) return [...first, stopped, short];
  const seconds = Math.max(1, Math.ceil((repairAtMs - nowMs) / 1000));
  return [
    `${stopped}; the provider starts it in ${seconds} s`,
    `provider starts it in ${seconds} s`,
    ...first,
    stopped,
    short,
  ];
}
