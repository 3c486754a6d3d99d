import type { PodDetail } from '../../protocol/frame';
import type { Subject } from './subjects';

/** What tells which Pods belong to something. */
export interface Membership {
  subject: Subject;
  /** Ids of the Pods behind it, where it is a Service. */
  behind: ReadonlySet<number>;
  /** What is known of it, where it is a Pod that is gone. */
  gone: PodDetail | undefined;
}

type Belongs = (pod: PodDetail, node: string | undefined, membership: Membership) => boolean;

const owned: Belongs = (pod, _node, { subject }) =>
  pod.namespace === subject.namespace && pod.ownerName === subject.name;

/** Which Pods belong to an object, by its resource. */
const BELONGS: Record<string, Belongs> = {
  nodes: (_pod, node, { subject }) => node === subject.name,
  services: (pod, _node, { behind }) => behind.has(pod.id),
  persistentvolumeclaims: (pod, _node, { subject: { namespace, name } }) =>
    pod.namespace === namespace && pod.claims.some((claim) => claim === name || claim === `${namespace}/${name}`),
  replicasets: (pod, _node, { subject }) =>
    pod.namespace === subject.namespace && pod.name.startsWith(`${subject.name}-`),
  jobs: owned,
  deployments: owned,
  /* A Pod that is gone has others of its owner in its place. */
  pods: (pod, _node, { gone }) =>
    gone !== undefined &&
    gone.ownerName !== '' &&
    pod.uid !== gone.uid &&
    pod.namespace === gone.namespace &&
    pod.ownerKind === gone.ownerKind &&
    pod.ownerName === gone.ownerName,
};

export function belongs(pod: PodDetail, node: string | undefined, membership: Membership): boolean {
  return BELONGS[membership.subject.resource]?.(pod, node, membership) ?? false;
}
