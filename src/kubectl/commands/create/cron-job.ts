import { GENERATE_FLAGS, containerOf, makeGenerated, nameAndCommand } from '../../cluster/generated';
import type { Command } from '../../command';
import { text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import type { Session } from '../../session';

export const createCronJobCommand: Command = {
  name: 'cronjob',
  usage: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  short: 'Create a cron job with the specified name',
  aliases: ['cj'],
  examples: `  kubectl create cronjob nightly --image=trainer:1 --schedule='0 3 * * *' -- python train.py`,
  flags: [
    ...GENERATE_FLAGS,
    text('image', 'The image to run.', { required: true }),
    text('schedule', 'When to run, in the format of cron.', { required: true }),
    text('restart', 'The restart policy of the Pods: OnFailure or Never.', { values: ['OnFailure', 'Never'] }),
  ],
  run: createCronJob,
};

async function createCronJob(session: Session): Promise<void> {
  const { flags } = session;
  const { name, command } = nameAndCommand(session);
  const spec = {
    containers: [containerOf(name, flags.text('image'), command)],
    restartPolicy: flags.text('restart') || 'OnFailure',
  };
  const cronJob: JsonObject = {
    kind: 'CronJob',
    apiVersion: 'batch/v1',
    metadata: { name },
    spec: { schedule: flags.text('schedule'), jobTemplate: { metadata: { name }, spec: { template: { spec } } } },
  };
  await makeGenerated(session, cronJob, 'failed to create cronjob:');
}
