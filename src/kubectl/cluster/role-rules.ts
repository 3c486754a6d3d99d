import { CliError, NoResourceError } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { array, slice } from '../flags/flags';
import type { JsonObject } from '../format/json';
import { compareBytes } from '../format/json';
import type { Session } from '../session';
import { GENERATE_FLAGS } from './generated';

/** The flags of commands that make a role. */
export const ROLE_FLAGS: FlagSpec[] = [
  ...GENERATE_FLAGS,
  slice('verb', 'What is allowed.'),
  slice('resource', 'On what, as RESOURCE[.GROUP][/SUBRESOURCE].'),
  array('resource-name', 'Only objects with this name; may be repeated.'),
];

const RESOURCE_VERBS =
  '* get delete list create update patch watch proxy deletecollection use bind escalate impersonate'.split(' ');
const RBAC = ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'];
const SPECIAL_VERBS: Record<string, string[]> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: RBAC,
  escalate: RBAC,
  impersonate: ['users', 'serviceaccounts', 'groups', 'userextras.authentication.k8s.io'],
};

interface RoleResource {
  resource: string;
  group: string;
  subresource: string;
}

/** What the flags allow. */
export interface RoleWish {
  verbs: string[];
  resources: RoleResource[];
  names: string[];
}

export function readRoleFlags({ flags }: Session): RoleWish {
  const verbs = [...new Set(flags.list('verb'))];
  const resources: RoleResource[] = [];
  for (const text of flags.list('resource')) {
    const slash = text.indexOf('/');
    const type = slash < 0 ? text : text.slice(0, slash);
    const dot = type.indexOf('.');
    const resource = {
      resource: dot < 0 ? type : type.slice(0, dot),
      group: dot < 0 ? '' : type.slice(dot + 1),
      subresource: slash < 0 ? '' : text.slice(slash + 1),
    };
    if (text === '*')
      return { verbs: allOf(verbs), resources: [resource], names: [...new Set(flags.list('resource-name'))] };
    resources.push(resource);
  }
  return { verbs: allOf(verbs), resources, names: [...new Set(flags.list('resource-name'))] };
}

const allOf = (verbs: string[]): string[] => (verbs.includes('*') ? ['*'] : verbs);

/** Throws for verbs and resources that make no sense; warns of unusual verbs. */
export async function checkRoleWish(session: Session, { verbs, resources }: RoleWish): Promise<void> {
  for (const verb of verbs) {
    if (!RESOURCE_VERBS.includes(verb)) session.printError(`Warning: '${verb}' is not a standard resource verb\n`);
  }
  for (const one of resources) {
    if (one.resource === '') throw new CliError('resource must be specified if apiGroup/subresource specified');
    if (one.resource === '*') return;
    const known = await findResource(session, one);
    let allowed = known !== undefined;
    for (const verb of verbs) {
      const special = SPECIAL_VERBS[verb];
      if (!special) continue;
      const { resource, group } = known ?? one;
      if (!special.includes(group ? `${resource}.${group}` : resource)) {
        throw new CliError(`can not perform '${verb}' on '${resource}' in group '${group}'`);
      }
      allowed = true;
    }
    if (!allowed) throw new NoResourceError(one.resource);
  }
}

async function findResource(
  session: Session,
  { resource, group }: RoleResource,
): Promise<{ resource: string; group: string } | undefined> {
  return session.discovery.find(group ? `${resource}.${group}` : resource);
}

/** One rule for each API group. Models generateResourcePolicyRules. */
export async function policyRules(session: Session, wish: RoleWish, urls: readonly string[]): Promise<JsonObject[]> {
  const byGroup = new Map<string, Set<string>>();
  for (const one of wish.resources) {
    const { resource, group } = (await findResource(session, one)) ?? one;
    const names = byGroup.get(group) ?? new Set<string>();
    names.add(one.subresource ? `${resource}/${one.subresource}` : resource);
    byGroup.set(group, names);
  }
  const rules: JsonObject[] = [...byGroup]
    .sort(([left], [right]) => compareBytes(left, right))
    .map(([group, names]) => ({
      verbs: wish.verbs,
      apiGroups: [group],
      resources: [...names],
      ...(wish.names.length > 0 ? { resourceNames: wish.names } : {}),
    }));
  if (urls.length > 0) rules.push({ verbs: wish.verbs, nonResourceURLs: [...urls] });
  return rules;
}
