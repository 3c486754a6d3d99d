import { parseResources } from '../../cluster/resource-list';
import {
  SET_FLAGS,
  checkEditFlags,
  editObjects,
  matchingContainers,
  podSpecOf,
  selectForEdit,
} from '../../cluster/template-edit';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { text } from '../../flags/flags';
import { objectAt } from '../../format/json';
import type { Session } from '../../session';

export const setResourcesCommand: Command = {
  name: 'resources',
  completes: 'resources',
  usage: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  long: 'Sets what containers ask for and what they may use at most.',
  examples: `  kubectl set resources deployment/model-server --requests=cpu=500m,memory=256Mi`,
  flags: [
    ...SET_FLAGS,
    text('containers', 'The containers to change; * stands for any text.', { short: 'c', default: '*' }),
    text('limits', 'At most this much, such as cpu=100m,memory=256Mi.'),
    text('requests', 'Ask for this much, such as cpu=100m,memory=256Mi.'),
  ],
  run: setResources,
};

async function setResources(session: Session): Promise<void> {
  const { flags } = session;
  const infos = await selectForEdit(session, session.args);
  checkEditFlags(session);
  if (flags.text('limits') === '' && flags.text('requests') === '') {
    throw new CliError('you must specify an update to requests or limits (in the form of --requests/--limits)');
  }
  const wanted = { limits: parseResources(flags.text('limits')), requests: parseResources(flags.text('requests')) };
  const pattern = flags.text('containers');
  await editObjects(session, infos, {
    word: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template',
    change: (object, errors) => {
      const containers = matchingContainers(podSpecOf(object), pattern);
      if (containers.length === 0) errors.push(new CliError(`error: unable to find container named ${pattern}`));
      for (const container of containers) {
        const resources = { ...objectAt(container, 'resources') };
        for (const field of ['limits', 'requests'] as const) {
          if (flags.text(field) !== '') resources[field] = { ...objectAt(resources, field), ...wanted[field] };
        }
        container['resources'] = resources;
      }
    },
  });
}
