import type { Json } from '../../../api/objects';
import type { Mapping } from '../../cluster/discovery';
import { policyRows } from '../../cluster/policy-rules';
import type { Command } from '../../command';
import { CliError, ExitError } from '../../errors';
import { bool, text } from '../../flags/flags';
import type { JsonObject } from '../../format/json';
import { at, listAt, textAt } from '../../format/json';
import { tableWriter } from '../../printers/tab-writer';
import type { Session } from '../../session';

export const authCanICommand: Command = {
  name: 'can-i',
  usage: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Check whether an action is allowed',
  long: 'Asks the cluster whether you may do something.',
  examples: `  kubectl auth can-i create jobs -n training`,
  flags: [
    bool('all-namespaces', 'In all namespaces.', { short: 'A' }),
    bool('quiet', 'Print nothing; the exit code answers.', { short: 'q' }),
    text('subresource', 'A subresource, such as log.'),
    bool('list', 'List all that is allowed.'),
    bool('no-headers', 'Leave the headers out.'),
  ],
  run: canI,
};

const RESOURCE_VERBS =
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest'.split(
    ' ',
  );
const URL_VERBS = 'get put post head options delete patch *'.split(' ');
const GROUP = '/apis/authorization.k8s.io/v1';

async function canI(session: Session): Promise<void> {
  const { flags, args } = session;
  if (flags.bool('list')) return listAllowed(session);
  const [verb, subject] = args;
  if (args.length !== 2 || verb === undefined || subject === undefined) {
    throw new CliError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const spec = subject.startsWith('/')
    ? urlQuestion(session, verb, subject)
    : await resourceQuestion(session, verb, subject);
  if (flags.bool('no-headers')) throw new CliError('--no-headers cannot be set without --list specified');
  const body = { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec };
  const review = await session.rest.json('POST', `${GROUP}/selfsubjectaccessreviews`, { body });
  const allowed = at(review, 'status', 'allowed') === true;
  const reasons = ['reason', 'evaluationError']
    .map((field) => textAt(review, 'status', field))
    .filter((reason) => reason !== '');
  const answer = allowed ? 'yes' : ['no', ...reasons].join(' - ');
  if (!flags.bool('quiet')) session.print(`${answer}\n`);
  if (!allowed) throw new ExitError(1);
}

function urlQuestion(session: Session, verb: string, path: string): JsonObject {
  if (session.flags.text('subresource') !== '') throw new CliError('--subresource can not be used with NonResourceURL');
  if (!URL_VERBS.includes(verb)) warn(session, `verb '${verb}' is not a known verb`);
  return { nonResourceAttributes: { path, verb } };
}

async function resourceQuestion(session: Session, verb: string, subject: string): Promise<JsonObject> {
  const { flags } = session;
  const slash = subject.indexOf('/');
  const type = slash < 0 ? subject : subject.slice(0, slash);
  const name = slash < 0 ? '' : subject.slice(slash + 1);
  const mapping = type === '*' ? undefined : await find(session, type);
  const everywhere = flags.bool('all-namespaces');
  if (!everywhere) {
    if (mapping && !mapping.namespaced) {
      const group = mapping.group ? ` in group '${mapping.group}'` : '';
      warn(session, `resource '${mapping.resource}' is not namespace scoped${group}`);
    }
    if (!RESOURCE_VERBS.includes(verb)) warn(session, `verb '${verb}' is not a known verb`);
  }
  const attributes: JsonObject = { verb, resource: mapping?.resource ?? type };
  if (!everywhere) attributes['namespace'] = session.namespace;
  if (mapping?.group) attributes['group'] = mapping.group;
  if (flags.text('subresource') !== '') attributes['subresource'] = flags.text('subresource');
  if (name !== '') attributes['name'] = name;
  return { resourceAttributes: attributes };
}

async function find(session: Session, type: string): Promise<Mapping | undefined> {
  const mapping = await session.discovery.find(type.toLowerCase());
  if (!mapping && type !== 'users' && type !== 'groups') {
    const [resource = '', ...group] = type.toLowerCase().split('.');
    warn(
      session,
      `the server doesn't have a resource type '${resource}'${group.length > 0 ? ` in group '${group.join('.')}'` : ''}`,
    );
  }
  return mapping;
}

/** These warnings end with an empty line. */
function warn(session: Session, words: string): void {
  session.printError(`Warning: ${words}\n\n`);
}

async function listAllowed(session: Session): Promise<void> {
  const { flags, args } = session;
  if (args.length > 0) throw new CliError('list option must be specified with no arguments');
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.text('subresource') !== '') {
    throw new CliError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
  }
  const body = {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { namespace: session.namespace },
  };
  const review = await session.rest.json('POST', `${GROUP}/selfsubjectrulesreviews`, { body });
  if (at(review, 'status', 'incomplete') === true) {
    session.printError(`Warning: the list may be incomplete: ${textAt(review, 'status', 'evaluationError')}\n`);
  }
  const rules: Json[] = [...listAt(review, 'status', 'resourceRules'), ...listAt(review, 'status', 'nonResourceRules')];
  const writer = tableWriter((output) => session.print(output));
  if (!flags.bool('no-headers')) writer.write('Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  for (const row of policyRows(rules)) writer.write(`${row.join('\t')}\n`);
  writer.flush();
}
