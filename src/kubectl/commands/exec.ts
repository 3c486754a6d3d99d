import { hasEnded, phaseOf } from '../cluster/pods';
import { chooseContainer } from '../cluster/containers';
import { attachablePod } from '../cluster/attach';
import { inputOf, streamFrom } from '../cluster/streams';
import type { Command } from '../command';
import { CliError, usageError } from '../errors';
import { bool, duration, slice, text } from '../flags/flags';
import type { Session } from '../session';

export const execCommand: Command = {
  name: 'exec',
  completes: 'pods',
  usage: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  long: 'Runs a command in a container that runs.',
  examples: `  # Which checkpoints are on the volume
  kubectl exec job/train-sgd -- ls /checkpoints

  # A shell in the Pod that serves the model
  kubectl exec -it deployment/infer -- sh`,
  flags: [
    duration('pod-running-timeout', 'How long to wait for a Pod.', { default: '1m0s' }),
    slice('filename', 'File with the resource.', { short: 'f' }),
    text('container', 'The container.', { short: 'c' }),
    bool('stdin', 'Pass standard input on.', { short: 'i' }),
    bool('tty', 'Standard input is a terminal.', { short: 't' }),
    bool('quiet', 'Print only what the command prints.', { short: 'q' }),
  ],
  run: exec,
};

async function exec(session: Session): Promise<void> {
  const { flags, args, argsBeforeDash, commandPath } = session;
  const files = flags.list('filename');
  const resource = argsBeforeDash === 0 ? undefined : args[0];
  if (argsBeforeDash < 0 && (args.length > 1 || (args.length > 0 && files.length > 0))) {
    throw usageError(commandPath, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  }
  if (resource === undefined && files.length === 0)
    throw new CliError('pod, type/name or --filename must be specified');
  const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
  if (command.length === 0) throw usageError(commandPath, 'you must specify at least one command for the container');
  const pod = await attachablePod(session, resource === undefined ? [] : [resource], files);
  if (hasEnded(pod))
    throw new CliError(`cannot exec into a container in a completed pod; current phase is ${phaseOf(pod)}`);
  const container = chooseContainer(session, pod, flags.text('container'), flags.bool('quiet'));
  await streamFrom(session, { pod, container, subresource: 'exec', command, ...inputOf(session) });
}
