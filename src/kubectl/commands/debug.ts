import { twoWayPatch } from '../apply/edit-patch';
import { IMAGE_PATTERN } from '../cluster/image-names';
import type { Info } from '../cluster/info';
import { infoFor } from '../cluster/info';
import { select } from '../cluster/select';
import { createObject, deleteObject, patchObject } from '../cluster/writes';
import { attachOrLog, hasStarted, podOnce, terminatedOf, wantsAttach } from '../cluster/attach-created';
import { hasEnded } from '../cluster/pods';
import type { Command } from '../command';
import { CliError, ServerError } from '../errors';
import { array, bool, pairs, text } from '../flags/flags';
import { goQuote } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, listAt, objectAt, setAt, textAt } from '../format/json';
import type { Session } from '../session';
import { customContainer, debugName, describedBy, newContainer, setImages, withCustom } from './debug/containers';
import { applyProfile, containersOf, requireProfile, rootWarning } from './debug/profiles';

export const debugCommand: Command = {
  name: 'debug',
  completes: 'pods',
  usage: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: 'Adds a container to a Pod that runs, makes a copy of a Pod with something changed, or starts a Pod that sees all of a node. With --attach or --stdin its streams are joined.',
  examples: `  # A container more in a Pod of a model server
  kubectl debug pod/model-server-0 --image=busybox -- sh -c 'ls /models'

  # A copy of a training that fails, with another image and without its probes
  kubectl debug train-0 --copy-to=train-debug --set-image=*=trainer:debug

  # A Pod on a node with GPUs, which has the node's files under /host
  kubectl debug node/gpu-1 --image=busybox`,
  flags: [
    array('filename', 'File with the Pod.', { short: 'f' }),
    bool('arguments-only', 'The words after -- are arguments, not the command.'),
    bool('attach', 'Attach to the container.'),
    text('container', 'Name of the new container.', { short: 'c' }),
    text('copy-to', 'Make a copy of the Pod under this name.'),
    text('custom', 'File with a container for the profile.'),
    bool('keep-annotations', 'Keep annotations in the copy.'),
    bool('keep-init-containers', 'Keep init containers in the copy.', { default: 'true' }),
    bool('keep-labels', 'Keep labels in the copy.'),
    bool('keep-liveness', 'Keep liveness probes in the copy.'),
    bool('keep-readiness', 'Keep readiness probes in the copy.'),
    bool('keep-startup', 'Keep startup probes in the copy.'),
    array('env', 'NAME=VALUE; may be repeated.'),
    text('image', 'The image of the container.'),
    text('image-pull-policy', 'Always, IfNotPresent or Never.'),
    text('profile', 'general, baseline, restricted, netadmin or sysadmin.', {
      default: 'general',
      values: ['general', 'baseline', 'restricted', 'netadmin', 'sysadmin'],
    }),
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

/** So long a container is waited for that is to be joined. */
const PATIENCE_MS = 60_000;

async function debug(session: Session): Promise<void> {
  const { flags, args, argsBeforeDash } = session;
  requireProfile(flags.text('profile'));
  const custom = customContainer(session);
  const names = argsBeforeDash < 0 ? args : args.slice(0, argsBeforeDash);
  checkFlags(session, names);
  const selection = await select(session, {
    namespace: session.namespace,
    enforceNamespace: session.explicitNamespace,
    filenames: flags.list('filename'),
    nameType: 'pods',
    args: names,
  });
  await selection.visit(async (info) => {
    const { group, version, kind } = info.mapping;
    if (kind === 'Node') return debugNode(session, info.name, custom);
    if (kind !== 'Pod') throw new CliError(`"${group}/${version}, Kind=${kind}" not supported by debug`);
    if (flags.text('copy-to') !== '') return debugCopy(session, info, custom);
    return debugPod(session, info, custom);
  });
}

/** Adds a container to a Pod that runs. */
async function debugPod(session: Session, info: Info, custom: JsonObject | undefined): Promise<void> {
  const { flags } = session;
  const before = info.object ?? {};
  const pod = copyJson(before);
  const container = { ...newContainer(debugName(session, pod)), ...describedBy(session) };
  if (flags.text('target') !== '') container['targetContainerName'] = flags.text('target');
  setAt(pod, [...listAt(pod, 'spec', 'ephemeralContainers'), container], 'spec', 'ephemeralContainers');
  /* Where the name is taken, that container changes, which the server refuses. */
  const named = containersOf(pod).get(textAt(container, 'name')) ?? container;
  applyProfile(flags.text('profile'), named, pod, 'ephemeral');
  Object.assign(named, withCustom(named, custom));
  session.printError(rootWarning(container, pod));
  const { type, patch } = twoWayPatch(before, pod);
  try {
    await patchObject(session.rest, { ...info, subresource: 'ephemeralcontainers' }, type, patch, {});
  } catch (thrown) {
    if (!(thrown instanceof ServerError) || thrown.code !== 404 || thrown.status.details?.name === info.name)
      throw thrown;
    throw new CliError(
      `ephemeral containers are disabled for this cluster (error from server: ${goQuote(thrown.message)})`,
    );
  }
  await joinContainer(session, info, textAt(container, 'name'));
}

/** Waits until the container runs or has ended, and joins its streams, where that is wanted. Models handleAttachPod. */
async function joinContainer(session: Session, info: Info, container: string): Promise<void> {
  if (!wantsAttach(session)) return;
  const isThere = (pod: JsonObject): boolean =>
    hasEnded(pod) || hasStarted(pod, container) || terminatedOf(pod, container) !== undefined;
  const pod = await podOnce(session, info, PATIENCE_MS, isThere);
  await attachOrLog(session, pod, container, terminatedOf(pod, container) !== undefined);
}

/** Makes a copy of a Pod in which a container is added or changed. Models debugByCopy. */
async function debugCopy(session: Session, info: Info, custom: JsonObject | undefined): Promise<void> {
  const { flags } = session;
  const pod = copyOf(session, info.object ?? {});
  let joined = '';
  setImages(session, pod);
  const known = containersOf(pod).get(flags.text('container'));
  if (known || flags.text('image') !== '') {
    const container = known ?? newContainer(debugName(session, pod));
    if (!known) setAt(pod, [...listAt(pod, 'spec', 'containers'), container], 'spec', 'containers');
    changeContainer(session, container);
    keepWhatIsAsked(session, pod);
    joined = textAt(container, 'name');
    applyProfile(flags.text('profile'), container, pod, 'copy');
    Object.assign(container, withCustom(container, custom));
    session.printError(rootWarning(container, pod));
  } else if (flags.list('set-image').length === 0)
    throw new CliError('you must specify image when creating new container');
  const made = await createPod(session, pod, info.namespace);
  if (flags.bool('replace')) await deleteObject(session.rest, info, { gracePeriodSeconds: 0 });
  if (joined !== '') await joinContainer(session, made, joined);
}

function copyOf({ flags }: Session, original: JsonObject): JsonObject {
  const { spec, metadata } = copyJson(original);
  const { ephemeralContainers: _added, ...copied } = isObject(spec) ? spec : {};
  if (!flags.bool('same-node')) delete copied['nodeName'];
  if (flags.changed('share-processes')) copied['shareProcessNamespace'] = flags.bool('share-processes');
  const kept = (field: string): JsonObject => {
    const map = objectAt(metadata, field);
    return map ? { [field]: map } : {};
  };
  const about = { name: flags.text('copy-to'), ...kept('labels'), ...kept('annotations') };
  return { kind: 'Pod', apiVersion: 'v1', metadata: about, spec: copied };
}

function changeContainer(session: Session, container: JsonObject): void {
  const described = describedBy(session);
  if (described['command']) delete container['args'];
  for (const field of ['stdin', 'tty']) delete container[field];
  Object.assign(container, described);
}

function keepWhatIsAsked({ flags }: Session, pod: JsonObject): void {
  const metadata = objectAt(pod, 'metadata') ?? {};
  for (const field of ['labels', 'annotations']) if (!flags.bool(`keep-${field}`)) delete metadata[field];
  if (flags.text('profile') === 'legacy') return;
  if (!flags.bool('keep-init-containers')) delete objectAt(pod, 'spec')?.['initContainers'];
  const dropped = ['liveness', 'readiness', 'startup'].filter((probe) => !flags.bool(`keep-${probe}`));
  for (const container of listAt(pod, 'spec', 'containers').filter(isObject))
    for (const probe of dropped) delete container[`${probe}Probe`];
}

/** Starts a Pod on a node that shares the node's namespaces and files. The first free number ends its name. */
async function debugNode(session: Session, node: string, custom: JsonObject | undefined): Promise<void> {
  const { flags } = session;
  const container = { ...newContainer(flags.text('container') || 'debugger'), ...describedBy(session) };
  const spec: JsonObject = { nodeName: node, restartPolicy: 'Never', tolerations: [{ operator: 'Exists' }] };
  const labels = { 'app.kubernetes.io/managed-by': 'kubectl-debug' };
  const pod: JsonObject = { kind: 'Pod', apiVersion: 'v1', metadata: { labels }, spec };
  applyProfile(flags.text('profile'), container, pod, 'node');
  spec['containers'] = [withCustom(container, custom)];
  const name = await freePodName(session, `node-debugger-${node}`);
  setAt(pod, name, 'metadata', 'name');
  if (!flags.bool('quiet'))
    session.print(`Creating debugging pod ${name} with container ${textAt(container, 'name')} on node ${node}.\n`);
  const made = await createPod(session, pod, session.namespace);
  await joinContainer(session, made, textAt(container, 'name'));
}

async function freePodName(session: Session, lead: string): Promise<string> {
  const list = await session.rest.json('GET', `/api/v1/namespaces/${session.namespace}/pods`);
  const taken = new Set(listAt(list, 'items').map((one) => textAt(one, 'metadata', 'name')));
  for (let number = 1; ; number++) if (!taken.has(`${lead}-${number}`)) return `${lead}-${number}`;
}

async function createPod(session: Session, pod: JsonObject, namespace: string): Promise<Info> {
  const mapping = await session.discovery.mappingForKind('v1', 'Pod');
  const info = { ...infoFor(mapping, pod, ''), namespace };
  await createObject(session.rest, info, pod, {});
  return info;
}

function checkFlags(session: Session, names: string[]): void {
  const { flags, args, argsBeforeDash } = session;
  const refuse = (wrong: boolean, words: string): void => {
    if (wrong) throw new CliError(words);
  };
  const [image, container] = [flags.text('image'), flags.text('container')];
  const copy = flags.text('copy-to') !== '';
  const command = argsBeforeDash >= 0 && args.length > argsBeforeDash;
  const images = flags.list('set-image');
  refuse(
    flags.changed('attach') && flags.bool('attach') && image === '' && container === '',
    'you must specify --container or create a new container using --image in order to attach.',
  );
  refuse(
    copy && image === '' && images.length === 0 && !command,
    'you must specify --image, --set-image or command arguments.',
  );
  refuse(
    copy && command && container === '' && image === '',
    'you must specify an existing container or a new image when specifying args.',
  );
  refuse(!copy && flags.bool('replace'), '--replace may only be used with --copy-to.');
  refuse(!copy && flags.bool('same-node'), '--same-node may only be used with --copy-to.');
  refuse(!copy && images.length > 0, '--set-image may only be used with --copy-to.');
  refuse(!copy && image === '', 'you must specify --image when not using --copy-to.');
  refuse(image !== '' && !IMAGE_PATTERN.test(image), `invalid image name ${goQuote(image)}: invalid reference format`);
  refuse(names.length === 0 && flags.list('filename').length === 0, 'NAME or filename is required for debug');
  const policy = flags.text('image-pull-policy');
  refuse(!['', 'Always', 'IfNotPresent', 'Never'].includes(policy), `invalid image pull policy: ${policy}`);
  const target = flags.text('target');
  refuse(target !== '' && copy, '--target is incompatible with --copy-to. Use --share-processes instead.');
  if (target !== '' && !flags.bool('quiet'))
    session.print(
      `Targeting container ${goQuote(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  refuse(flags.bool('tty') && !flags.bool('stdin'), '-i/--stdin is required for containers with -t/--tty=true');
}
