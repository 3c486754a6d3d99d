import { select } from '../cluster/select';
import { patchObject } from '../cluster/writes';
import { IMAGE_PATTERN } from '../cluster/image-names';
import type { Command } from '../command';
import { CliError, ServerError } from '../errors';
import { array, bool, pairs, text } from '../flags/flags';
import { goQuote } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { listAt, textAt } from '../format/json';
import type { Session } from '../session';

export const debugCommand: Command = {
  name: 'debug',
  completes: 'pods',
  usage: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: 'Adds a container to a Pod that runs. The terminal here does not attach to it: look at its logs.',
  examples: `  kubectl debug pod/model-server-0 --image=busybox -- sh -c 'ls /models'`,
  flags: [
    array('filename', 'File with the Pod.', { short: 'f' }),
    bool('arguments-only', 'The words after -- are arguments, not the command.'),
    bool('attach', 'Attach to the container.'),
    text('container', 'Name of the new container.', { short: 'c' }),
    text('copy-to', 'Make a copy of the Pod under this name.'),
    text('custom', 'File with a container for the profile.'),
    bool('keep-annotations', 'Keep annotations in the copy.'),
    array('env', 'NAME=VALUE; may be repeated.'),
    text('image', 'The image of the container.'),
    text('image-pull-policy', 'Always, IfNotPresent or Never.'),
    text('profile', 'general, baseline, restricted, netadmin or sysadmin.', { default: 'general' }),
    bool('quiet', 'Say nothing.', { short: 'q' }),
    bool('replace', 'Delete the Pod that is copied.'),
    bool('same-node', 'Put the copy on the same node.'),
    pairs('set-image', 'NAME=IMAGE for containers of the copy.'),
    bool('share-processes', 'Share processes in the copy.', { default: 'true' }),
    bool('stdin', 'Keep standard input open.', { short: 'i' }),
    text('target', 'Container whose processes are seen.'),
    bool('tty', 'Give the container a terminal.', { short: 't' }),
  ],
  run: debug,
};

async function debug(session: Session): Promise<void> {
  const { flags, args, argsBeforeDash } = session;
  checkFlags(session);
  const names = argsBeforeDash < 0 ? args : args.slice(0, argsBeforeDash);
  if (names.length === 0 && flags.list('filename').length === 0)
    throw new CliError('NAME or filename is required for debug');
  const selection = await select(session, {
    namespace: session.namespace,
    enforceNamespace: session.explicitNamespace,
    filenames: flags.list('filename'),
    nameType: 'pods',
    args: names,
  });
  await selection.visit(async (info) => {
    const { group, version, kind } = info.mapping;
    if (kind !== 'Pod') throw new CliError(`"${group}/${version}, Kind=${kind}" not supported by debug`);
    const container = containerFor(session, info.object ?? {});
    const patch = { spec: { ephemeralContainers: [container] } };
    try {
      await patchObject(session.rest, { ...info, subresource: 'ephemeralcontainers' }, 'strategic', patch, {});
    } catch (thrown) {
      if (!(thrown instanceof ServerError) || thrown.code !== 404 || thrown.status.details?.name === info.name)
        throw thrown;
      throw new CliError(
        `ephemeral containers are disabled for this cluster (error from server: ${goQuote(thrown.message)})`,
      );
    }
    if (!flags.bool('quiet') && !flags.changed('container'))
      session.print(`Defaulting debug container name to ${textAt(container, 'name')}.\n`);
  });
}

function checkFlags({ flags }: Session): void {
  const refuse = (wrong: boolean, words: string): void => {
    if (wrong) throw new CliError(words);
  };
  const image = flags.text('image');
  const copy = flags.text('copy-to') !== '';
  refuse(!copy && flags.bool('replace'), '--replace may only be used with --copy-to.');
  refuse(!copy && flags.bool('same-node'), '--same-node may only be used with --copy-to.');
  refuse(!copy && flags.list('set-image').length > 0, '--set-image may only be used with --copy-to.');
  refuse(!copy && image === '', 'you must specify --image when not using --copy-to.');
  refuse(
    copy && image === '' && flags.list('set-image').length === 0,
    'you must specify --image, --set-image or command arguments.',
  );
  refuse(image !== '' && !IMAGE_PATTERN.test(image), `invalid image name ${goQuote(image)}: invalid reference format`);
  const policy = flags.text('image-pull-policy');
  refuse(!['', 'Always', 'IfNotPresent', 'Never'].includes(policy), `invalid image pull policy: ${policy}`);
  refuse(flags.bool('tty') && !flags.bool('stdin'), '-i/--stdin is required for containers with -t/--tty=true');
  refuse(copy, 'copies of Pods are not made here: leave --copy-to out to add a container to the Pod itself');
}

function containerFor(session: Session, pod: JsonObject): JsonObject {
  const { flags, args, argsBeforeDash } = session;
  const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
  const container: JsonObject = { name: flags.text('container') || freeName(pod), image: flags.text('image') };
  if (command.length > 0) container[flags.bool('arguments-only') ? 'args' : 'command'] = command;
  const variables = flags
    .list('env')
    .map((pair) => ({ name: pair.split('=')[0] ?? '', value: pair.slice(pair.indexOf('=') + 1) }));
  if (variables.length > 0) container['env'] = variables;
  if (flags.text('image-pull-policy') !== '') container['imagePullPolicy'] = flags.text('image-pull-policy');
  if (flags.bool('stdin')) container['stdin'] = true;
  if (flags.bool('tty')) container['tty'] = true;
  if (flags.text('target') !== '') container['targetContainerName'] = flags.text('target');
  return container;
}

/** `debugger-1`, counted on where the Pod has such containers. */
function freeName(pod: JsonObject): string {
  const taken = new Set(listAt(pod, 'spec', 'ephemeralContainers').map((one) => textAt(one, 'name')));
  for (let number = 1; ; number++) if (!taken.has(`debugger-${number}`)) return `debugger-${number}`;
}
