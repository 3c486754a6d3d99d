import type { Command } from '../command';
import { rolloutHistoryCommand } from './rollout/history';
import { rolloutPauseCommand } from './rollout/pause';
import { rolloutRestartCommand } from './rollout/restart';
import { rolloutResumeCommand } from './rollout/resume';
import { rolloutStatusCommand } from './rollout/status';
import { rolloutUndoCommand } from './rollout/undo';

export const rolloutCommand: Command = {
  name: 'rollout',
  usage: 'rollout SUBCOMMAND',
  short: 'Manage the rollout of a resource',
  long: 'Shows, repeats and takes back the rollouts of Deployments, DaemonSets and StatefulSets.',
  examples: `  # Back to the version before
  kubectl rollout undo deployment/model-server

  # Wait until the new version serves
  kubectl rollout status deployment/model-server`,
  commands: [
    rolloutHistoryCommand,
    rolloutPauseCommand,
    rolloutRestartCommand,
    rolloutResumeCommand,
    rolloutStatusCommand,
    rolloutUndoCommand,
  ],
};
