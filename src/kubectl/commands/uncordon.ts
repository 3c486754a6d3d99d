import type { Command } from '../command';
import { nodesOf, setSchedulable } from '../cluster/nodes';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../flags/standard';

const usage = 'uncordon NODE';

export const uncordonCommand: Command = {
  name: 'uncordon',
  completes: 'nodes',
  usage,
  short: 'Mark node as schedulable',
  long: 'Lets Pods be placed on nodes again.',
  examples: `  kubectl uncordon gpu-a100-1`,
  flags: [SELECTOR_FLAG, DRY_RUN_FLAG],
  run: async (session) => setSchedulable(session, await nodesOf(session, usage), false),
};
