import { parseImage } from '../images/reference';
import { userOf } from '../images/users';
import type { ContainerSpec } from './core';
import type { PodRecord } from './state';

/** Why a container that must not run as root cannot be started. Models security_context_others.go verifyRunAsNonRoot. */
export function whyRoot(record: PodRecord, spec: ContainerSpec): string | undefined {
  const [ofPod, own] = [record.pod.spec.securityContext, spec.securityContext];
  if ((own?.runAsNonRoot ?? ofPod?.runAsNonRoot) !== true) return undefined;
  const where = `(pod: "${record.name}_${record.namespace}(${record.uid})", container: ${spec.name})`;
  const asked = own?.runAsUser ?? ofPod?.runAsUser;
  if (asked === 0) return `container's runAsUser breaks non-root policy ${where}`;
  if (asked !== undefined && asked !== null) return undefined;
  const reference = parseImage(spec.image ?? '');
  const user = 'problem' in reference ? 0 : userOf(reference);
  if (user === 0) return `container has runAsNonRoot and image will run as root ${where}`;
  if (typeof user === 'number') return undefined;
  return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`;
}
