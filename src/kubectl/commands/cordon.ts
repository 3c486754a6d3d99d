import type { Command } from '../command';
import { nodesOf, setSchedulable } from '../cluster/nodes';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../flags/standard';

const usage = 'cordon NODE';

export const cordonCommand: Command = {
  name: 'cordon',
  completes: 'nodes',
  usage,
  short: 'Mark node as unschedulable',
  long: 'Keeps new Pods away from nodes. Pods that run there stay.',
  examples: `  kubectl cordon gpu-a100-1`,
  flags: [SELECTOR_FLAG, DRY_RUN_FLAG],
  run: async (session) => setSchedulable(session, await nodesOf(session, usage), true),
};
