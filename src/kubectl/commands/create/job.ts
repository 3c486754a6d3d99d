import { GENERATE_FLAGS, containerOf, makeGenerated, nameAndCommand } from '../../cluster/generated';
import { goKind } from '../../cluster/pods';
import { select } from '../../cluster/select';
import type { Command } from '../../command';
import { CliError } from '../../errors';
import { text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { objectAt, textAt } from '../../format/json';
import type { Session } from '../../session';

export const createJobCommand: Command = {
  name: 'job',
  usage: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the specified name',
  examples: `  # Run a CronJob now
  kubectl create job nightly-now --from=cronjob/nightly`,
  flags: [...GENERATE_FLAGS, text('image', 'The image to run.'), text('from', 'The CronJob to take the Job from.')],
  run: createJob,
};

async function createJob(session: Session): Promise<void> {
  const { flags } = session;
  const { name, command } = nameAndCommand(session);
  const image = flags.text('image');
  const from = flags.text('from');
  if ((image === '') === (from === '')) throw new CliError('either --image or --from must be specified');
  if (command.length > 0 && from !== '') throw new CliError('cannot specify --from and command');
  const job = from === '' ? jobOf(name, image, command) : await jobFrom(session, name, from);
  await makeGenerated(session, job, 'failed to create job:');
}

function jobOf(name: string, image: string, command: string[]): JsonObject {
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: { name },
    spec: { template: { spec: { containers: [containerOf(name, image, command)], restartPolicy: 'Never' } } },
  };
}

async function jobFrom(session: Session, name: string, from: string): Promise<JsonObject> {
  const selection = await select(session, { namespace: session.namespace, args: [from], flatten: true, latest: true });
  const { infos, error } = await selection.infos();
  if (error) throw error;
  const cronJob = infos[0]?.object;
  if (infos.length !== 1 || !cronJob) throw new CliError('from must be an existing cronjob');
  if (textAt(cronJob, 'kind') !== 'CronJob') throw new CliError(`unknown object type ${goKind(cronJob)}`);
  const template = objectAt(cronJob, 'spec', 'jobTemplate') ?? {};
  const owner = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: textAt(cronJob, 'metadata', 'name'),
    uid: textAt(cronJob, 'metadata', 'uid'),
    controller: true,
  };
  const labels = objectAt(template, 'metadata', 'labels');
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...(labels ? { labels } : {}),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...objectAt(template, 'metadata', 'annotations') },
      ownerReferences: [owner],
    },
    spec: objectAt(template, 'spec') ?? {},
  };
}
