import type { PersistentVolumeClaim } from '../../api/objects';
import { isRefusal } from '../../api/status';
import type { TypedClient } from '../apiserver/typed-client';

type Status = PersistentVolumeClaim['status'];

/** Changes a claim's status, unless the claim is gone. */
export function setClaimStatus(
  client: TypedClient,
  { metadata: { namespace = '', name } }: PersistentVolumeClaim,
  change: (status: Status) => Status,
): void {
  try {
    const changed = (claim: PersistentVolumeClaim): PersistentVolumeClaim => ({
      ...claim,
      status: change(claim.status),
    });
    client.patch('persistentvolumeclaims', namespace, name, changed, 'status');
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}
