import { makeGenerated, nameAndCommand } from '../../cluster/generated';
import { ROLE_FLAGS, checkRoleWish, policyRules, readRoleFlags } from '../../cluster/role-rules';
import type { Command } from '../../command';
import { CliError } from '../../errors';

export const createRoleCommand: Command = {
  name: 'role',
  usage:
    'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with single rule',
  examples: `  kubectl create role reader --verb=get,list,watch --resource=pods,jobs.batch`,
  flags: ROLE_FLAGS,
  run: async (session) => {
    const { name } = nameAndCommand(session);
    const wish = readRoleFlags(session);
    if (name === '') throw new CliError('name must be specified');
    if (wish.verbs.length === 0) throw new CliError('at least one verb must be specified');
    if (wish.resources.length === 0) throw new CliError('at least one resource must be specified');
    await checkRoleWish(session, wish);
    const rules = await policyRules(session, wish, []);
    await makeGenerated(
      session,
      { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name }, rules },
      '',
    );
  },
};
