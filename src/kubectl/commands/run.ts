import type { Json } from '../../api/objects';
import { withLastApplied } from '../apply/last-applied';
import { IMAGE_PATTERN } from '../cluster/image-names';
import { infoFor } from '../cluster/info';
import { OVERRIDE_FLAGS, overridden } from '../cluster/overrides';
import { wantsAttach } from '../cluster/attach-created';
import { createObject } from '../cluster/writes';
import type { Command } from '../command';
import { CliError, usageError } from '../errors';
import { array, bool, duration, text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SAVE_CONFIG_FLAG, fieldManagerFlag } from '../flags/standard';
import { goQuote } from '../format/go-text';
import type { JsonObject } from '../format/json';
import { isObject, objectAt, setOwn } from '../format/json';
import { environmentNameProblems } from '../format/names';
import { asStruct } from '../format/struct';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';
import { DELETION_FLAGS, cascadeOf } from './delete';
import { runAttached } from './run-attached';

export const runCommand: Command = {
  name: 'run',
  usage:
    'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Run a particular image on the cluster',
  long: 'Makes one Pod that runs an image.',
  examples: `  kubectl run debug --image=busybox --restart=Never -- sleep 3600`,
  flags: [
    ...PRINT_FLAGS,
    RECORD_FLAG,
    DRY_RUN_FLAG,
    array('annotations', 'Annotations of the Pod; may be repeated.'),
    text('image', 'The image to run.', { required: true }),
    text('image-pull-policy', 'Always, IfNotPresent or Never.', { values: ['Always', 'IfNotPresent', 'Never'] }),
    bool('rm', 'Delete the Pod once it has ended; only when attached.'),
    array('env', 'NAME=VALUE for the container; may be repeated.'),
    text('port', 'The port that the container listens on.'),
    text('labels', 'Labels of the Pod.', { short: 'l' }),
    bool('stdin', 'Keep standard input open.', { short: 'i' }),
    bool('tty', 'Give the container a terminal.', { short: 't' }),
    bool('attach', 'Wait for the Pod and attach to it.'),
    bool('leave-stdin-open', 'Keep standard input open after the first attach.'),
    text('restart', 'Always, OnFailure or Never.', { default: 'Always', values: ['Always', 'OnFailure', 'Never'] }),
    bool('command', 'The words after -- are the command, not its arguments.'),
    bool('expose', 'Make a Service for the Pod as well.'),
    bool('quiet', 'Say nothing of prompts.', { short: 'q' }),
    bool('privileged', 'Run the container privileged.'),
    text('detach-keys', 'Keys that detach from the container.', { default: 'ctrl-p,ctrl-q' }),
    duration('pod-running-timeout', 'How long to wait for the Pod.', { default: '1m0s' }),
    fieldManagerFlag('kubectl-run'),
    ...OVERRIDE_FLAGS,
    ...FILENAME_FLAGS,
    ...DELETION_FLAGS,
    SAVE_CONFIG_FLAG,
  ],
  run,
};

async function run(session: Session): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const printer = structPrinterFor(flags, session.io, withDryRun('created', dryRun));
  checkFlags(session);
  cascadeOf(flags);
  const pod = await make(session, overridden(session, asStruct(podOf(session))));
  const service = flags.bool('expose') ? await make(session, asStruct(serviceOf(session))) : undefined;
  if (service) {
    printer.print(service, session.out);
    if (flags.text('output') === 'yaml') session.print('---\n');
  }
  if (wantsAttach(session)) return runAttached(session, service ? [pod, service] : [pod]);
  printer.print(pod, session.out);
}

function checkFlags(session: Session): void {
  const { flags, args, commandPath } = session;
  const refuse = (wrong: boolean, words: string): void => {
    if (wrong) throw usageError(commandPath, words);
  };
  refuse(args.length === 0 || session.argsBeforeDash === 0, 'NAME is required for run');
  const image = flags.text('image');
  if (image === '') throw new CliError('--image is required');
  if (!IMAGE_PATTERN.test(image)) throw new CliError(`Invalid image name ${goQuote(image)}: invalid reference format`);
  const attached = wantsAttach(session);
  refuse(flags.bool('tty') && !flags.bool('stdin'), '-i/--stdin is required for containers with -t/--tty=true');
  refuse(flags.bool('expose') && flags.text('port') === '', '--port must be set when exposing a service');
  refuse(
    !['', 'Always', 'OnFailure', 'Never'].includes(flags.text('restart')),
    `invalid restart policy: ${flags.text('restart')}`,
  );
  refuse(!attached && flags.bool('rm'), '--rm should only be used for attached containers');
  refuse(
    attached && session.dryRun() !== 'none',
    "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
  );
  const policy = flags.text('image-pull-policy');
  refuse(!['', 'Always', 'IfNotPresent', 'Never'].includes(policy), `invalid image pull policy: ${policy}`);
}

/** Models pkg/generate/versioned BasicPod. */
function podOf(session: Session): JsonObject {
  const { flags, args } = session;
  const [name = '', ...rest] = args;
  const annotations = pairsOf(flags.list('annotations'), 'annotations');
  const container: JsonObject = { name, image: flags.text('image') };
  if (rest.length > 0) container[flags.bool('command') ? 'command' : 'args'] = rest;
  if (flags.text('port') !== '') container['ports'] = [{ containerPort: portOf(flags.text('port')) }];
  const variables = flags.list('env').map(variableOf);
  if (variables.length > 0) container['env'] = variables;
  if (flags.text('image-pull-policy') !== '') container['imagePullPolicy'] = flags.text('image-pull-policy');
  if (flags.bool('privileged')) container['securityContext'] = { privileged: true };
  if (flags.bool('stdin')) container['stdin'] = true;
  if (flags.bool('stdin') && !flags.bool('leave-stdin-open')) container['stdinOnce'] = true;
  if (flags.bool('tty')) container['tty'] = true;
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels: labelsOf(session), ...(annotations ? { annotations } : {}) },
    spec: {
      containers: [container],
      restartPolicy: flags.text('restart') || (flags.bool('stdin') ? 'OnFailure' : 'Always'),
      dnsPolicy: 'ClusterFirst',
    },
  };
}

function labelsOf({ flags, args }: Session): JsonObject {
  const given = flags.text('labels');
  return given === '' ? { run: args[0] ?? '' } : (pairsOf(given.split(','), 'label') ?? {});
}

function pairsOf(texts: readonly string[], what: string): JsonObject | undefined {
  if (texts.length === 0) return undefined;
  const object: JsonObject = {};
  for (const pair of texts) {
    const equals = pair.indexOf('=');
    if (equals < 1)
      throw new CliError(what === 'label' ? `unexpected label spec: ${pair}` : `invalid ${what} format: ${pair}`);
    setOwn(object, pair.slice(0, equals), pair.slice(equals + 1));
  }
  return object;
}

function portOf(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new CliError(`strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`);
  return Number(text);
}

function variableOf(text: string): JsonObject {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0));
  if (equals < 1 || environmentNameProblems(name).length > 0) throw new CliError(`invalid env: ${text}`);
  const value = text.slice(equals + 1);
  return { name, ...(value === '' ? {} : { value }) };
}

function serviceOf(session: Session): JsonObject {
  const { flags, args } = session;
  const port = portOf(flags.text('port'));
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { ...(flags.text('labels') === '' ? {} : { labels: labelsOf(session) }), name: args[0] ?? '' },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector: labelsOf(session) },
  };
}

/** Sends the object, or with a dry run of the client only places it. */
async function make(session: Session, object: JsonObject): Promise<JsonObject> {
  const { flags } = session;
  const dryRun = session.dryRun();
  if (dryRun === 'client') {
    if (!session.explicitNamespace) return object;
    return { ...object, metadata: { ...objectAt(object, 'metadata'), namespace: session.namespace } };
  }
  const annotated = flags.bool('save-config') ? withLastApplied(object) : object;
  const mapping = await session.discovery.mappingForKind('v1', object['kind'] === 'Service' ? 'Service' : 'Pod');
  const info = { ...infoFor(mapping, annotated, ''), namespace: session.namespace };
  const made: Json = await createObject(session.rest, info, annotated, {
    fieldManager: flags.text('field-manager'),
    dryRun,
  });
  return isObject(made) ? made : annotated;
}
