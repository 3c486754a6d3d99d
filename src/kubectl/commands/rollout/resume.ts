import { ROLLOUT_CHANGE_FLAGS, changeWorkloads, isDeployment } from '../../cluster/rollout';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { at, objectAt } from '../../format/json';

export const rolloutResumeCommand: Command = {
  name: 'resume',
  completes: 'resources',
  usage: 'resume RESOURCE',
  short: 'Resume a paused resource',
  long: 'Lets a paused Deployment roll out again.',
  examples: `  kubectl rollout resume deployment/model-server`,
  flags: ROLLOUT_CHANGE_FLAGS,
  run: (session) =>
    changeWorkloads(session, 'resumed', (object, info) => {
      if (!isDeployment(info)) throw new CliError('resuming is not supported');
      if (at(object, 'spec', 'paused') !== true) throw new CliError('is not paused');
      delete objectAt(object, 'spec')?.['paused'];
    }),
};
