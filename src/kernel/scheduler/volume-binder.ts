import { splitKey } from '../../api/objects';
import { ApiError } from '../../api/status';
import type { TypedClient } from '../apiserver/typed-client';
import type { Informers } from '../machinery/informers';
import type { PreBindProgress, VolumePlan } from './framework/plugin';
import { reserveVolume, selectNode } from './informer-lister';
import type { VolumeBinder } from './plugins/volume-binding';
import { SELECTED_NODE, isFullyBound, isReachable } from './volumes';

const READY: PreBindProgress = { kind: 'ready' };
const WAITING: PreBindProgress = { kind: 'waiting' };
const gaveUp = (why: string): PreBindProgress => ({ kind: 'failed', why: `binding volumes: ${why}` });

/** Models the writing half of plugins/volumebinding SchedulerVolumeBinder. */
export function volumeBinder(client: TypedClient, informers: Informers): VolumeBinder {
  return {
    write: (plan, node) => writePlan(client, plan, node),
    check: (plan, node) => checkPlan(informers, plan, node),
  };
}

/** The volume controller and the provisioner do the rest. Models bindAPIUpdate. */
function writePlan(client: TypedClient, plan: VolumePlan, node: string): void {
  for (const { volume, claim } of plan.bindings) {
    const { namespace, name } = splitKey(claim);
    const wanted = client.get('persistentvolumeclaims', namespace, name);
    if (!wanted) throw new ApiError(404, 'NotFound', `persistentvolumeclaims "${name}" not found`);
    client.patch('persistentvolumes', '', volume, (current) => reserveVolume(current, wanted));
  }
  for (const claim of plan.provisions) {
    const { namespace, name } = splitKey(claim);
    client.patch('persistentvolumeclaims', namespace, name, (current) => selectNode(current, node));
  }
}

/** Looks whether the volumes are bound by now. Models checkBindings. */
function checkPlan(informers: Informers, plan: VolumePlan, nodeName: string): PreBindProgress {
  const node = informers.byKey('nodes', nodeName);
  if (!node) return gaveUp(`failed to get node "${nodeName}": node "${nodeName}" not found`);
  for (const { volume, claim } of plan.bindings) {
    const pv = informers.byKey('persistentvolumes', volume);
    const pvc = informers.byKey('persistentvolumeclaims', claim);
    if (!pv) return gaveUp(`failed to check binding: could not find v1.PersistentVolume "${volume}"`);
    if (!pvc) return gaveUp(`failed to check binding: could not find v1.PersistentVolumeClaim "${claim}"`);
    if (!isReachable(pv, node))
      return gaveUp(`pv "${volume}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`);
    if (!pv.spec.claimRef?.uid) return gaveUp(`ClaimRef got reset for pv "${volume}"`);
    if (!isFullyBound(pvc)) return WAITING;
  }
  for (const key of plan.provisions) {
    const progress = checkProvision(informers, key, nodeName);
    if (progress.kind !== 'ready') return progress;
  }
  return READY;
}

function checkProvision(informers: Informers, key: string, nodeName: string): PreBindProgress {
  const claim = informers.byKey('persistentvolumeclaims', key);
  if (!claim) return gaveUp(`failed to check provisioning pvc: could not find v1.PersistentVolumeClaim "${key}"`);
  const { name, annotations } = claim.metadata;
  if (!annotations) return gaveUp(`selectedNode annotation reset for PVC "${name}"`);
  if (annotations[SELECTED_NODE] !== nodeName) return gaveUp(`provisioning failed for PVC "${name}"`);
  const volumeName = claim.spec.volumeName;
  const volume = volumeName ? informers.byKey('persistentvolumes', volumeName) : undefined;
  if (volumeName && !volume) return WAITING;
  const node = informers.byKey('nodes', nodeName);
  if (volume && node && !isReachable(volume, node)) {
    return gaveUp(`pv "${volumeName}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`);
  }
  return isFullyBound(claim) ? READY : WAITING;
}
