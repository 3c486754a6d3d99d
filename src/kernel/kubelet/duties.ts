import { DUTIES } from '../images/duties';
import { registerPlugin, stopPlugin } from './device-plugins';
import type { KubeletCore } from './core';
import type { ContainerRecord, PodRecord, Run } from './state';

const keyOf = (record: PodRecord, container: ContainerRecord): string => `${record.uid}/${container.name}`;

/** A container's program has begun: one that has a duty takes it up. */
export function takeUpDuty(core: KubeletCore, record: PodRecord, container: ContainerRecord, run: Run): void {
  const program = run.processes.get('main')?.program;
  const duty = program && DUTIES[program];
  if (!duty) return;
  core.state.duties.set(keyOf(record, container), program);
  if (duty.kind === 'network') core.parts.wire.works(duty.program, core.nodeName, record.uid, true);
  else if (core.attended) registerPlugin(core, duty.resource, record.uid);
}

/** A container has ended, and with it what its program did for others. */
export function layDownDuty(core: KubeletCore, record: PodRecord, container: ContainerRecord): void {
  const key = keyOf(record, container);
  const program = core.state.duties.get(key);
  const duty = program && DUTIES[program];
  if (!duty) return;
  core.state.duties.delete(key);
  if (duty.kind === 'network') {
    /* A machine has one packet filter: it is kept up to date for as long as any kube-proxy runs there. */
    if (program === 'kube-proxy' && [...core.state.duties.values()].includes(program)) return;
    core.parts.wire.works(duty.program, core.nodeName, record.uid, false);
  } else stopPlugin(core, duty.resource, record.uid);
}
