import { GENERATE_FLAGS, containerOf, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { int32, slice } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import type { Session } from '../../session';

export const createDeploymentCommand: Command = {
  name: 'deployment',
  usage: 'deployment NAME --image=image -- [COMMAND] [args...]',
  short: 'Create a deployment with the specified name',
  aliases: ['deploy'],
  examples: `  kubectl create deployment model-server --image=registry.example.com/model-server --replicas=3`,
  flags: [
    ...GENERATE_FLAGS,
    slice('image', 'Images to run; each makes a container.', { required: true }),
    int32('port', 'The port that the container listens on.', { default: '-1' }),
    int32('replicas', 'How many Pods.', { short: 'r', default: '1' }),
  ],
  run: createDeployment,
};

async function createDeployment(session: Session): Promise<void> {
  const { flags } = session;
  const { name, command } = nameAndCommand(session);
  const images = flags.list('image');
  if (images.length > 1 && command.length > 0)
    throw new CliError('cannot specify multiple --image options and command');
  const labels = { app: name };
  const containers = images.map((image) => containerOf(containerName(image), image, command));
  const [first] = containers;
  if (flags.number('port') >= 0 && first) first['ports'] = [{ containerPort: flags.number('port') }];
  const deployment: JsonObject = {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name, labels },
    spec: {
      replicas: flags.number('replicas'),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
  await makeGenerated(session, deployment, 'failed to create deployment:');
}

/** The image without registry, tag and digest. Dots and underscores become dashes, with a suffix to tell it apart. */
function containerName(image: string): string {
  const name = image.split('/').at(-1)?.split(':')[0]?.split('@')[0] ?? '';
  return /[_.]/.test(name) ? `${name.replace(/[_.]/g, '-')}-${suffix()}` : name;
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

function suffix(): string {
  return Array.from({ length: 5 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('');
}
