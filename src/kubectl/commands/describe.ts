import type { Command } from '../command';
import type { Info } from '../cluster/info';
import { manifestOptions, namesManifests } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import { CliError, asError, isNotFound, throwAll, ErrorList } from '../errors';
import { describerFor } from '../describers/registry';
import { bool } from '../flags/flags';
import { ALL_NAMESPACES_FLAG, CHUNK_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../flags/standard';
import type { Session } from '../session';

export const describeCommand: Command = {
  name: 'describe',
  completes: 'resources',
  usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  long: 'Prints all there is to know about objects, with their Events and what belongs to them. A name may be the beginning of several.',
  examples: `  # Why is the Pod Pending?
  kubectl describe pod train-sgd-m4c8w

  # A node with its taints and what runs on it
  kubectl describe node gpu-a100-1`,
  suggestFor: ['inspect'],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    bool('show-events', 'Print the Events of each object.', { default: 'true' }),
    CHUNK_FLAG,
  ],
  run: describe,
};

async function describe(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length === 0 && !namesManifests(session)) {
    throw new CliError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  }
  const allNamespaces = flags.bool('all-namespaces');
  const selection = await select(session, {
    ...manifestOptions(session),
    enforceNamespace: session.explicitNamespace && !allNamespaces,
    allNamespaces,
    labelSelector: flags.text('selector'),
    args,
    allowEmptySelector: true,
    continueOnError: true,
    flatten: true,
    chunkSize: flags.number('chunk-size'),
  });
  const { infos, error } = await selection.infos();
  const several = error !== undefined || infos.length > 1;
  const showEvents = flags.changed('show-events') ? flags.bool('show-events') : !several;
  if (error && isNotFound(error) && args.length === 2) return describeMatching(session, error, showEvents);
  const errors: Error[] = error ? [error] : [];
  await printAll(session, infos, showEvents, errors);
  if (infos.length === 0 && errors.length === 0) {
    session.printError(
      allNamespaces ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`,
    );
  }
  if (errors.length > 0) throw new ErrorList(errors);
}

async function printAll(session: Session, infos: Info[], showEvents: boolean, errors: Error[]): Promise<void> {
  let first = true;
  for (const info of infos) {
    try {
      const text = await describeOne(session, info, showEvents);
      session.print(first ? text : `\n\n${text}`);
      first = false;
    } catch (thrown) {
      const problem = asError(thrown);
      if (!errors.some((known) => known.message === problem.message)) errors.push(problem);
    }
  }
}

function describeOne(session: Session, info: Info, showEvents: boolean): Promise<string> {
  return describerFor(info.mapping)(session, info, showEvents);
}

/** Describes everything whose name begins as given. Models DescribeMatchingResources. */
async function describeMatching(session: Session, error: Error, showEvents: boolean): Promise<void> {
  const [type = '', prefix = ''] = session.args;
  const selection = await select(session, {
    namespace: session.namespace,
    args: [type],
    allowEmptySelector: true,
    singleType: true,
    flatten: true,
    chunkSize: session.flags.number('chunk-size'),
  });
  const { infos, error: trouble } = await selection.infos();
  throwAll(trouble ? [trouble] : []);
  const matching = infos.filter((info) => info.name.startsWith(prefix));
  if (matching.length === 0) throw error;
  for (const info of matching) session.print(`${await describeOne(session, info, showEvents)}\n`);
}
