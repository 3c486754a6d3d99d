import { GENERATE_FLAGS, makeGenerated, nameAndCommand } from '../../cluster/generated';
import { parseResources } from '../../cluster/resource-list';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';

export const createQuotaCommand: Command = {
  name: 'quota',
  usage: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  short: 'Create a quota with the specified name',
  aliases: ['resourcequota'],
  examples: `  kubectl create quota compute --hard=requests.nvidia.com/gpu=8,pods=20`,
  flags: [
    ...GENERATE_FLAGS,
    text('hard', 'What there may be at most, such as cpu=4,pods=10.'),
    text('scopes', 'Scopes that must all hold.'),
  ],
  run: async (session) => {
    const { name } = nameAndCommand(session);
    const hard = parseResources(session.flags.text('hard'));
    const scopes = session.flags.text('scopes') === '' ? [] : session.flags.text('scopes').split(',');
    if (scopes.includes('')) throw new CliError('invalid resource quota scope ""');
    const spec: JsonObject = {};
    if (Object.keys(hard).length > 0) spec['hard'] = hard;
    if (scopes.length > 0) spec['scopes'] = scopes;
    await makeGenerated(
      session,
      { kind: 'ResourceQuota', apiVersion: 'v1', metadata: { name }, spec },
      'failed to create quota:',
    );
  },
};
