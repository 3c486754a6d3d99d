import { ROLLOUT_CHANGE_FLAGS, changeWorkloads, isDeployment } from '../../cluster/rollout';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { at, setAt } from '../../format/json';

export const rolloutPauseCommand: Command = {
  name: 'pause',
  completes: 'resources',
  usage: 'pause RESOURCE',
  short: 'Mark the provided resource as paused',
  long: 'Stops a Deployment from rolling out: it still scales, but makes no Pods of a new template until it is resumed.',
  examples: `  kubectl rollout pause deployment/model-server`,
  flags: ROLLOUT_CHANGE_FLAGS,
  run: (session) =>
    changeWorkloads(session, 'paused', (object, info) => {
      if (!isDeployment(info)) throw new CliError('pausing is not supported');
      if (at(object, 'spec', 'paused') === true) throw new CliError('is already paused');
      setAt(object, true, 'spec', 'paused');
    }),
};
