import { equalJson } from '../../api/json';
import {
  controllerReference,
  type ControllerRevision,
  type DaemonSet,
  type Draft,
  type PodTemplate,
  type StatefulSet,
} from '../../api/objects';
import { isRefusal } from '../../api/status';
import type { ControllerParts } from '../machinery/controller';
import { templateHash } from './deployment-revision';
import { claim } from './pod-control';

/** What keeps its templates as ControllerRevisions. */
type Versioned = StatefulSet | DaemonSet;

/** What tells a revision's Pods apart. */
export const REVISION_LABEL = 'controller-revision-hash';

interface Snapshot {
  spec: { template: PodTemplate & { $patch?: string } };
}

/** The present template and all that went before, oldest first. */
export interface History {
  /** The revision of the present template. */
  readonly latest: ControllerRevision;
  readonly all: readonly ControllerRevision[];
  /** How often the hash of a new template was taken already. */
  readonly collisions: number;
}

const byRevision = (left: ControllerRevision, right: ControllerRevision): number =>
  left.revision - right.revision || (left.metadata.name < right.metadata.name ? -1 : 1);

/** The template as it stands in a revision: a patch that replaces the owner's. Models getPatch. */
const snapshotOf = (template: PodTemplate): Snapshot => ({ spec: { template: { ...template, $patch: 'replace' } } });

/** The template that a revision stands for. Models ApplyRevision. */
export function templateOf(revision: ControllerRevision): PodTemplate {
  const { $patch: _, ...template } = (revision.data as unknown as Snapshot).spec.template;
  return template;
}

const saysTheSame = (revision: ControllerRevision, data: Snapshot): boolean => equalJson(revision.data, data);

/**
 * The revisions of an owner; one for the present template is made, or comes back to the front with a higher number.
 * `hashLabel` carries the template's hash. Models pkg/controller/history and getStatefulSetRevisions.
 */
export function historyOf(parts: ControllerParts, owner: Versioned, hashLabel: string): History {
  const known = claim(parts, 'controllerrevisions', owner, owner.spec.selector).sort(byRevision);
  const data = snapshotOf(owner.spec.template);
  const collisions = owner.status?.collisionCount ?? 0;
  const last = known.at(-1);
  const equal = known.filter((revision) => saysTheSame(revision, data)).at(-1);
  if (equal && equal === last) return { latest: equal, all: known, collisions };
  const number = (last?.revision ?? 0) + 1;
  if (!equal) return withNewRevision(parts, owner, known, { data, number, hashLabel, collisions });
  const { namespace = '', name } = equal.metadata;
  const latest = parts.client.patch('controllerrevisions', namespace, name, (one) => ({ ...one, revision: number }));
  return { latest, all: [...known.filter((one) => one !== equal), latest], collisions };
}

interface Wanted {
  readonly data: Snapshot;
  readonly number: number;
  readonly hashLabel: string;
  readonly collisions: number;
}

/** Makes a revision. One of that name that the cache does not show yet is taken if it says the same. */
function withNewRevision(
  parts: ControllerParts,
  owner: Versioned,
  known: readonly ControllerRevision[],
  wanted: Wanted,
): History {
  const { namespace = '' } = owner.metadata;
  for (let { collisions } = wanted; ; collisions++) {
    const draft = revisionDraft(owner, wanted, templateHash(owner.spec.template, collisions));
    let latest: ControllerRevision | undefined;
    try {
      latest = parts.client.create('controllerrevisions', draft);
    } catch (error) {
      if (!isRefusal(error, 'AlreadyExists')) throw error;
      const present = parts.client.get('controllerrevisions', namespace, draft.metadata.name!);
      if (present && saysTheSame(present, wanted.data)) latest = present;
    }
    if (!latest) continue;
    const { uid } = latest.metadata;
    return { latest, all: [...known.filter((one) => one.metadata.uid !== uid), latest], collisions };
  }
}

function revisionDraft(owner: Versioned, { data, number, hashLabel }: Wanted, hash: string): Draft<ControllerRevision> {
  const { namespace = '', name, annotations } = owner.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    data: data as unknown as NonNullable<ControllerRevision['data']>,
    revision: number,
  };
}

/** Forgets the oldest revisions that nothing uses, beyond the owner's limit. Models truncateHistory. */
export function truncateHistory(
  parts: ControllerParts,
  owner: Versioned,
  revisions: readonly ControllerRevision[],
  isUsed: (revision: ControllerRevision) => boolean,
): void {
  const unused = revisions.filter((revision) => !isUsed(revision));
  const surplus = Math.max(0, unused.length - (owner.spec.revisionHistoryLimit ?? 10));
  for (const { metadata } of unused.slice(0, surplus)) {
    try {
      parts.client.remove('controllerrevisions', metadata.namespace ?? '', metadata.name);
    } catch (error) {
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}
