import type { Json } from '../../../api/objects';
import type { Info } from '../../cluster/info';
import { uncovered } from '../../cluster/rule-cover';
import { manifestOptions, namesManifests } from '../../cluster/manifest-sources';
import { select } from '../../cluster/select';
import { createObject, deleteObject, replaceObject } from '../../cluster/writes';
import type { Command } from '../../command';
import { CliError, ServerError } from '../../errors';
import { bool } from '../../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS } from '../../flags/standard';
import { goList } from '../../format/go-text';
import type { JsonObject } from '../../format/json';
import { copyJson, equalJson, isObject, listAt, objectAt, setAt, textAt } from '../../format/json';
import { PRINT_FLAGS, printerFor } from '../../printers/output';
import type { Session } from '../../session';
import { withDryRun } from '../../session';

const GROUP = 'rbac.authorization.k8s.io';
const ROLES = ['Role', 'ClusterRole'];
const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'];
const PROTECTION = 'rbac.authorization.kubernetes.io/autoupdate';

export const authReconcileCommand: Command = {
  name: 'reconcile',
  usage: 'reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  long: 'Adds to roles and bindings what manifests have more, also what is missing altogether. What the cluster has more stays, unless a flag says otherwise.',
  examples: `  # Let the trainers see what the manifests say, and no more
  kubectl auth reconcile -f trainers.yaml --remove-extra-permissions --remove-extra-subjects`,
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    bool('remove-extra-permissions', 'Take away what roles allow beyond the manifests.'),
    bool('remove-extra-subjects', 'Take away whom bindings name beyond the manifests.'),
    DRY_RUN_FLAG,
  ],
  run: reconcile,
};

type Operation = 'create' | 'update' | 'recreate' | '';

/** What has to be done to an object so that it says what it should. */
interface Plan {
  operation: Operation;
  object: JsonObject;
  kept: boolean;
  missing: Json[];
  extra: Json[];
}

async function reconcile(session: Session): Promise<void> {
  const { flags, args } = session;
  if (!namesManifests(session)) throw new CliError('must specify one of -f and -k');
  if (args.length > 0) throw new CliError('no arguments are allowed');
  const dryRun = session.dryRun();
  if (dryRun === 'server') throw new CliError('--dry-run=server for command reconcile is not supported yet');
  const printer = printerFor(flags, session.io, withDryRun('reconciled', dryRun));
  const selection = await select(session, {
    ...manifestOptions(session),
    continueOnError: true,
    flatten: true,
  });
  await selection.visit(async (info) => {
    const { group, kind } = info.mapping;
    if (group !== GROUP || ![...ROLES, ...BINDINGS].includes(kind)) return;
    const plan = await planFor(session, info);
    const object = dryRun === 'client' || plan.kept ? plan.object : await carryOut(session, info, plan);
    printer.print(object, session.out);
    tell(session, plan, ROLES.includes(kind));
  });
}

async function planFor(session: Session, info: Info): Promise<Plan> {
  const wanted = info.object ?? {};
  const list = ROLES.includes(info.mapping.kind) ? 'rules' : 'subjects';
  const present = await presentObject(session, info);
  if (!present) return { operation: 'create', object: wanted, kept: false, missing: listAt(wanted, list), extra: [] };
  const kept = textAt(present, 'metadata', 'annotations', PROTECTION) === 'false';
  if (list === 'subjects' && !equalJson(wanted['roleRef'] ?? null, present['roleRef'] ?? null))
    return { operation: 'recreate', object: wanted, kept, missing: [], extra: [] };
  const object = withMetadata(present, wanted);
  const [missing, extra] = differences(present, wanted, list);
  const replaces = session.flags.bool(list === 'rules' ? 'remove-extra-permissions' : 'remove-extra-subjects');
  if (replaces && missing.length + extra.length > 0) takeList(object, wanted, list);
  else if (missing.length > 0) setAt(object, [...listAt(object, list), ...missing], list);
  if (list === 'rules') takeAggregation(object, wanted, replaces);
  return { operation: equalJson(object, present) ? '' : 'update', object, kept, missing, extra };
}

function takeList(object: JsonObject, wanted: JsonObject, list: string): void {
  if (wanted[list] === undefined) delete object[list];
  else setAt(object, copyJson(listAt(wanted, list)), list);
}

async function presentObject(session: Session, info: Info): Promise<JsonObject | undefined> {
  try {
    const found = await session.rest.json('GET', `${pathOf(info)}/${info.name}`);
    return isObject(found) ? found : undefined;
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 404) return undefined;
    throw thrown;
  }
}

const pathOf = ({ mapping: { group, version, resource, namespaced }, namespace }: Info): string =>
  `/apis/${group}/${version}/${namespaced ? `namespaces/${namespace}/` : ''}${resource}`;

/** The present object with the labels and annotations of the wanted one, as far as it has none of that key itself. */
function withMetadata(present: JsonObject, wanted: JsonObject): JsonObject {
  const object = copyJson(present);
  for (const field of ['annotations', 'labels']) {
    const [own, more] = [objectAt(present, 'metadata', field), objectAt(wanted, 'metadata', field)];
    if (more && Object.keys(more).length > 0) setAt(object, { ...more, ...own }, 'metadata', field);
  }
  return object;
}

/** What the present object misses, and what it has beyond the wanted one. */
function differences(present: JsonObject, wanted: JsonObject, list: 'rules' | 'subjects'): [Json[], Json[]] {
  const [before, after] = [listAt(present, list), listAt(wanted, list)];
  if (list === 'rules') {
    const bothGather = present['aggregationRule'] && wanted['aggregationRule'];
    return [uncovered(before, after), bothGather ? [] : uncovered(after, before)];
  }
  const only = (items: Json[], others: Json[]): Json[] =>
    items.filter(
      (item, index) =>
        !others.some((one) => subjectText(one) === subjectText(item)) &&
        items.findIndex((one) => subjectText(one) === subjectText(item)) === index,
    );
  return [only(after, before), only(before, after)];
}

function takeAggregation(object: JsonObject, wanted: JsonObject, replaces: boolean): void {
  if (!wanted['aggregationRule']) {
    delete object['aggregationRule'];
    return;
  }
  const [own, more] = [object, wanted].map((one) => listAt(one, 'aggregationRule', 'clusterRoleSelectors')) as [
    Json[],
    Json[],
  ];
  const missing = more.filter((one) => !own.some((known) => equalJson(known, one)));
  const extra = own.filter((one) => !more.some((known) => equalJson(known, one)));
  if (replaces ? missing.length + extra.length > 0 : missing.length > 0)
    setAt(object, copyJson(replaces ? more : [...own, ...missing]), 'aggregationRule', 'clusterRoleSelectors');
}

async function carryOut(session: Session, info: Info, { operation, object }: Plan): Promise<JsonObject> {
  if (operation === '') return object;
  if (operation === 'recreate') await deleteObject(session.rest, info, {});
  if (operation !== 'update' && info.mapping.namespaced) await ensureNamespace(session, info.namespace);
  const answer =
    operation === 'update'
      ? await replaceObject(session.rest, info, object, {})
      : await createObject(session.rest, info, object, {});
  return isObject(answer) ? answer : object;
}

async function ensureNamespace({ rest }: Session, name: string): Promise<void> {
  try {
    await rest.json('GET', `/api/v1/namespaces/${name}`);
  } catch (thrown) {
    if (!(thrown instanceof ServerError) || thrown.code !== 404) throw thrown;
    const body = { kind: 'Namespace', apiVersion: 'v1', metadata: { name } };
    await rest.json('POST', '/api/v1/namespaces', { body });
  }
}

function tell(session: Session, { operation, kept, missing, extra }: Plan, ofRole: boolean): void {
  if (operation === '') return;
  const caveat = kept ? `, but object opted out (${PROTECTION}: false)` : '';
  session.printError(`\treconciliation required ${operation}${caveat}\n`);
  const [what, text] = ofRole ? (['rules', ruleText] as const) : (['subjects', subjectText] as const);
  const lines = (lead: string, items: Json[]): void => {
    if (items.length > 0) session.printError(`\t${lead}:\n${items.map((item) => `\t\t${text(item)}\n`).join('')}`);
  };
  lines(`missing ${what} added`, missing);
  if (session.flags.bool(ofRole ? 'remove-extra-permissions' : 'remove-extra-subjects'))
    lines(`extra ${what} removed`, extra);
}

const listText = (item: Json, field: string): string => goList(listAt(item, field).map(String));

/** A rule as Go's `%+v` writes it. */
const ruleText = (rule: Json): string =>
  `{Verbs:${listText(rule, 'verbs')} APIGroups:${listText(rule, 'apiGroups')} Resources:${listText(rule, 'resources')} ResourceNames:${listText(rule, 'resourceNames')} NonResourceURLs:${listText(rule, 'nonResourceURLs')}}`;

/** A subject as Go's `%+v` writes it. A user's or group's API group has a default. */
function subjectText(subject: Json): string {
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((field) => textAt(subject, field));
  const group = textAt(subject, 'apiGroup') || (kind === 'ServiceAccount' ? '' : GROUP);
  return `{Kind:${kind} APIGroup:${group} Name:${name} Namespace:${namespace}}`;
}
