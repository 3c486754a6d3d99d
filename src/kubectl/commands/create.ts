import type { Command } from '../command';
import { bool, text } from '../flags/flags';
import {
  DRY_RUN_FLAG,
  FILENAME_FLAGS,
  RECORD_FLAG,
  SAVE_CONFIG_FLAG,
  SELECTOR_FLAG,
  VALIDATE_FLAG,
  fieldManagerFlag,
} from '../flags/standard';
import { PRINT_FLAGS } from '../printers/output';
import { createClusterRoleCommand } from './create/cluster-role';
import { createClusterRoleBindingCommand } from './create/cluster-role-binding';
import { createConfigMapCommand } from './create/config-map';
import { createCronJobCommand } from './create/cron-job';
import { createDeploymentCommand } from './create/deployment';
import { createIngressCommand } from './create/ingress';
import { createJobCommand } from './create/job';
import { createNamespaceCommand } from './create/namespace';
import { createPodDisruptionBudgetCommand } from './create/pod-disruption-budget';
import { createPriorityClassCommand } from './create/priority-class';
import { createQuotaCommand } from './create/quota';
import { createRoleCommand } from './create/role';
import { createRoleBindingCommand } from './create/role-binding';
import { createSecretCommand } from './create/secret';
import { createServiceCommand } from './create/service';
import { createServiceAccountCommand } from './create/service-account';
import { createTokenCommand } from './create/token';
import { createFromFiles } from './create/files';

export const createCommand: Command = {
  name: 'create',
  usage: 'create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  long: 'Makes objects from manifests, or from flags with one of the commands below.',
  examples: `  # From a file
  kubectl create -f job.yaml`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    RECORD_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    bool('edit', 'Edit the objects before they are made.'),
    text('raw', 'Send POST to this path.'),
    fieldManagerFlag('kubectl-create'),
  ],
  commands: [
    createClusterRoleCommand,
    createClusterRoleBindingCommand,
    createConfigMapCommand,
    createCronJobCommand,
    createDeploymentCommand,
    createIngressCommand,
    createJobCommand,
    createNamespaceCommand,
    createPodDisruptionBudgetCommand,
    createPriorityClassCommand,
    createQuotaCommand,
    createRoleCommand,
    createRoleBindingCommand,
    createSecretCommand,
    createServiceCommand,
    createServiceAccountCommand,
    createTokenCommand,
  ],
  run: createFromFiles,
};
