import { labelSelectorOf } from '../../cluster/equality-selector';
import { GENERATE_FLAGS, intOrText, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import type { Session } from '../../session';

export const createPodDisruptionBudgetCommand: Command = {
  name: 'poddisruptionbudget',
  usage: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  short: 'Create a pod disruption budget with the specified name',
  examples: `  # Two servers of the model stay whatever is drained
  kubectl create poddisruptionbudget infer --selector=app=infer --min-available=2`,
  aliases: ['pdb'],
  flags: [
    ...GENERATE_FLAGS,
    text('min-available', 'How many Pods, or what share, must stay.'),
    text('max-unavailable', 'How many Pods, or what share, may be missing.'),
    text('selector', 'The labels of the Pods.'),
  ],
  run: createBudget,
};

async function createBudget(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  const min = flags.text('min-available');
  const max = flags.text('max-unavailable');
  if (name === '') throw new CliError('name must be specified');
  if (flags.text('selector') === '') throw new CliError('a selector must be specified');
  if (min === '' && max === '') throw new CliError('one of min-available or max-unavailable must be specified');
  if (min !== '' && max !== '') throw new CliError('min-available and max-unavailable cannot be both specified');
  if (min !== '' && !/^\d+%?$/.test(min)) throw new CliError('invalid format specified for min-available');
  if (max !== '' && !/^\d+%?$/.test(max)) throw new CliError('invalid format specified for max-unavailable');
  const spec: JsonObject = { selector: labelSelectorOf(flags.text('selector')) };
  if (min !== '') spec['minAvailable'] = intOrText(min);
  else spec['maxUnavailable'] = intOrText(max);
  /* Go writes these numbers even where they are zero. */
  const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  const budget: JsonObject = { kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', metadata: { name }, spec, status };
  await makeGenerated(session, budget, 'failed to create poddisruptionbudgets:');
}
