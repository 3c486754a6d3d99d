import { makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { RoleWish } from '../../cluster/role-rules';
import { ROLE_FLAGS, checkRoleWish, policyRules, readRoleFlags } from '../../cluster/role-rules';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { pairs, slice } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { setOwn } from '../../format/json';
import type { Session } from '../../session';

export const createClusterRoleCommand: Command = {
  name: 'clusterrole',
  usage:
    'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  examples: `  # Who has it may look at nodes
  kubectl create clusterrole node-reader --verb=get,list,watch --resource=nodes`,
  flags: [
    ...ROLE_FLAGS,
    slice('non-resource-url', 'A path of the API server.'),
    pairs('aggregation-rule', 'Labels of the ClusterRoles to join.'),
  ],
  run: createClusterRole,
};

const URL_VERBS = '* get post put delete patch head options'.split(' ');

async function createClusterRole(session: Session): Promise<void> {
  const { flags } = session;
  const { name } = nameAndCommand(session);
  const wish = readRoleFlags(session);
  const urls = [...new Set(flags.list('non-resource-url'))];
  const aggregated = flags.list('aggregation-rule');
  if (name === '') throw new CliError('name must be specified');
  const role: JsonObject = { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
  if (aggregated.length > 0) {
    if (urls.length + wish.verbs.length + wish.resources.length + wish.names.length > 0) {
      throw new CliError(
        'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
      );
    }
    const labels: JsonObject = {};
    for (const pair of aggregated) setOwn(labels, pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    role['aggregationRule'] = { clusterRoleSelectors: [{ matchLabels: labels }] };
  } else {
    await check(session, wish, urls);
    role['rules'] = await policyRules(session, wish, urls);
  }
  await makeGenerated(session, role, '', false);
}

async function check(session: Session, wish: RoleWish, urls: readonly string[]): Promise<void> {
  if (wish.verbs.length === 0) throw new CliError('at least one verb must be specified');
  if (wish.resources.length === 0 && urls.length === 0)
    throw new CliError('one of resource or nonResourceURL must be specified');
  if (wish.resources.length > 0) await checkRoleWish(session, wish);
  for (const verb of urls.length > 0 ? wish.verbs : []) {
    if (!URL_VERBS.includes(verb)) throw new CliError(`invalid verb: '${verb}' for nonResourceURL`);
  }
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new CliError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*'))
      throw new CliError("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
}
