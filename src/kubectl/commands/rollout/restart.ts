import { formatTime } from '../../../api/time';
import { ROLLOUT_CHANGE_FLAGS, changeWorkloads, hasRevisions, isDeployment } from '../../cluster/rollout';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { at, setAt } from '../../format/json';

export const rolloutRestartCommand: Command = {
  name: 'restart',
  completes: 'resources',
  usage: 'restart RESOURCE',
  short: 'Restart a resource',
  long: 'Replaces all Pods of a workload, a few at a time, by writing the time into the Pod template.',
  examples: `  kubectl rollout restart deployment/model-server`,
  flags: ROLLOUT_CHANGE_FLAGS,
  run: (session) =>
    changeWorkloads(
      session,
      'restarted',
      (object, info) => {
        if (!isDeployment(info) && !hasRevisions(info)) throw new CliError('restarting is not supported');
        if (isDeployment(info) && at(object, 'spec', 'paused') === true) {
          throw new CliError("can't restart paused deployment (run rollout resume first)");
        }
        const now = formatTime(session.io.nowMs());
        setAt(object, now, 'spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt');
      },
      (info) =>
        new CliError(
          `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        ),
    ),
};
