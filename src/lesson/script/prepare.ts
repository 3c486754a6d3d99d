import type { Json } from '../../api/objects';
import type { NodeChange, Start, StartOf } from '../format/lesson';
import { control, type Hands } from './hands';

/** Thrown where a lesson's start cannot be had, in the cluster's words. */
export class StartError extends Error {
  override name = 'StartError';
}

/** A new cluster of the start's preset and seed, standing still at its first moment. */
export async function newCluster({ client }: Hands, { preset, seed }: Pick<Start, 'preset' | 'seed'>): Promise<void> {
  /* It stands before it is made: not a millisecond of it may depend on how fast this machine answers. */
  await control(client, 'time', { speed: 0 });
  await control(client, 'reset', { preset, seed });
}

/** Makes what the start says besides preset and seed, as somebody would by hand, and lets it settle. */
export async function prepare(hands: Hands, start: StartOf): Promise<void> {
  const { client } = hands;
  for (const [name, text] of Object.entries(start.files)) hands.files.set(name, text);
  for (const change of start.world) await control(client, 'world', change as unknown as Json);
  for (const node of start.nodes) for (const args of commandsOf(node)) await carryOut(hands, args);
  if (start.namespace !== 'default') await carryOut(hands, ['create', 'namespace', start.namespace]);
  if (start.objects.length > 0) {
    const list = { apiVersion: 'v1', kind: 'List', items: [...start.objects] };
    await carryOut(hands, ['apply', '-n', start.namespace, '-f', '-'], JSON.stringify(list));
  }
  for (const fault of start.faults) await control(client, 'faults', fault as unknown as Json);
  if (start.settleSeconds > 0) await control(client, 'time', { advanceMs: start.settleSeconds * 1000 });
}

async function carryOut(hands: Hands, args: readonly string[], stdin?: string): Promise<void> {
  const { code, stderr } = await hands.kubectl(args, stdin);
  if (code !== 0) throw new StartError(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
}

function commandsOf({ name, labels, taints, cordoned }: NodeChange): string[][] {
  const changed = Object.entries(labels).map(([key, value]) => (value === null ? `${key}-` : `${key}=${value}`));
  return [
    ...(changed.length > 0 ? [['label', 'node', name, '--overwrite', ...changed]] : []),
    ...(taints.length > 0 ? [['taint', 'nodes', name, '--overwrite', ...taints]] : []),
    ...(cordoned === undefined ? [] : [[cordoned ? 'cordon' : 'uncordon', name]]),
  ];
}
