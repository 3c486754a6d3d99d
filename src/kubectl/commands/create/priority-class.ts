import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { bool, int32, text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import type { Session } from '../../session';

export const createPriorityClassCommand: Command = {
  name: 'priorityclass',
  usage: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  short: 'Create a priority class with the specified name',
  examples: `  # Trainings that others give way to
  kubectl create priorityclass urgent-training --value=1000 --description='Before a deadline'`,
  aliases: ['pc'],
  flags: [
    ...GENERATE_FLAGS,
    int32('value', 'The priority.'),
    bool('global-default', 'For all Pods that name no class.'),
    text('description', 'What it is meant for.'),
    text('preemption-policy', 'PreemptLowerPriority or Never.', {
      default: 'PreemptLowerPriority',
      values: ['PreemptLowerPriority', 'Never'],
    }),
  ],
  run: createPriorityClass,
};

async function createPriorityClass(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  const priorityClass: JsonObject = {
    kind: 'PriorityClass',
    apiVersion: 'scheduling.k8s.io/v1',
    metadata: { name },
    value: flags.number('value'),
    ...(flags.bool('global-default') ? { globalDefault: true } : {}),
    ...(flags.text('description') ? { description: flags.text('description') } : {}),
    preemptionPolicy: flags.text('preemption-policy'),
  };
  await makeGenerated(session, priorityClass, 'failed to create priorityclass:', false);
}
