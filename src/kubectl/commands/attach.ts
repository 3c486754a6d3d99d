import { attachablePod } from '../cluster/attach';
import { joinStreams } from '../cluster/attach-created';
import { hasEnded, phaseOf } from '../cluster/pods';
import { chooseContainer } from '../cluster/containers';
import type { Command } from '../command';
import { CliError, asError, usageError } from '../errors';
import { bool, duration, text } from '../flags/flags';
import type { JsonObject } from '../format/json';
import type { Session } from '../session';

export const attachCommand: Command = {
  name: 'attach',
  completes: 'pods',
  usage: 'attach (POD | TYPE/NAME) -c CONTAINER',
  short: 'Attach to a running container',
  long: 'Joins the streams of a process that runs in a container.',
  examples: `  # What a trainer prints, as it prints it
  kubectl attach job/train-sgd

  # Another container than the first
  kubectl attach train-sgd-x7k2p -c sidecar`,
  flags: [
    duration('pod-running-timeout', 'How long to wait for a Pod.', { default: '1m0s' }),
    text('container', 'The container.', { short: 'c' }),
    bool('stdin', 'Pass standard input on.', { short: 'i' }),
    bool('tty', 'Standard input is a terminal.', { short: 't' }),
    bool('quiet', 'Print only what the container prints.', { short: 'q' }),
    text('detach-keys', 'Keys that detach from the container.', { default: 'ctrl-p,ctrl-q' }),
  ],
  run: attach,
};

async function attach(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length === 0) throw new CliError('at least 1 argument is required for attach');
  if (args.length > 2) {
    throw new CliError(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
    );
  }
  if (flags.duration('pod-running-timeout') <= 0)
    throw usageError(session.commandPath, '--pod-running-timeout must be higher than zero');
  const pod = await attachablePod(session, [args.length === 2 ? args.join('/') : (args[0] ?? '')]);
  if (hasEnded(pod))
    throw new CliError(`cannot attach a container in a completed pod; current phase is ${phaseOf(pod)}`);
  const container = containerOf(session, pod);
  await joinStreams(session, pod, container);
}

function containerOf(session: Session, pod: JsonObject): string {
  try {
    return chooseContainer(session, pod, session.flags.text('container'), session.flags.bool('quiet'));
  } catch (thrown) {
    throw new CliError(`cannot attach to the container: ${asError(thrown).message}`);
  }
}
