import { namesManifests } from '../../cluster/manifest-sources';
import { splitPairs } from '../../cluster/metadata-edit';
import {
  SET_FLAGS,
  checkEditFlags,
  editObjects,
  matchingContainers,
  podSpecOf,
  selectForEdit,
} from '../../cluster/template-edit';
import type { Command } from '../../command';
import { CliError, throwAll } from '../../errors';
import type { Session } from '../../session';

export const setImageCommand: Command = {
  name: 'image',
  completes: 'resources',
  usage: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  long: 'Gives containers another image; * stands for all of them.',
  examples: `  kubectl set image deployment/model-server server=registry.example.com/model-server:2`,
  flags: SET_FLAGS,
  run: setImage,
};

async function setImage(session: Session): Promise<void> {
  const { resources, pairs } = splitPairs(session.args, 'image');
  const images = parseImages(pairs);
  const infos = await selectForEdit(session, resources);
  const problems: Error[] = [];
  if (resources.length === 0 && !namesManifests(session)) {
    problems.push(new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>'));
  }
  if (images.size === 0) problems.push(new CliError('at least one image update is required'));
  else if (images.size > 1 && images.has('*')) {
    problems.push(
      new CliError(
        'all containers are already specified by *, but saw more than one container_name=container_image pairs',
      ),
    );
  }
  throwAll(problems);
  checkEditFlags(session);
  await editObjects(session, infos, {
    word: 'image updated',
    failure: 'failed to patch image update to pod template:',
    change: (object, errors) => {
      const spec = podSpecOf(object);
      for (const [name, image] of images) {
        const containers = matchingContainers(spec, '*').filter(
          (container) => name === '*' || container['name'] === name,
        );
        for (const container of containers) container['image'] = image;
        if (containers.length === 0) errors.push(new CliError(`error: unable to find container named "${name}"`));
      }
    },
  });
}

function parseImages(pairs: readonly string[]): Map<string, string> {
  const images = new Map<string, string>();
  const invalid: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0 || equals === pair.length - 1) invalid.push(pair);
    else images.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  if (invalid.length > 0) throw new CliError(`invalid image: ${invalid.join(', ')}`);
  return images;
}
