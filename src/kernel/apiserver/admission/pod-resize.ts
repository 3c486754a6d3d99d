import type { Node, Pod } from '../../../api/objects';
import { podTotals } from '../../../api/pod-resources';
import { compareQuantities, quantityOf, type Quantity } from '../../../api/quantity';
import { forbidden } from '../../../api/status';
import type { AdmissionPlugin } from './admission';

const OS_LABEL = 'kubernetes.io/os';
/** In what a resource is counted when it is refused: milli-CPU, bytes. */
const UNITS: readonly (readonly [resource: string, nano: bigint])[] = [
  ['cpu', 1_000_000n],
  ['memory', 1_000_000_000n],
];

/** Models plugin/pkg/admission/podresize: a Pod grows no larger than its node. */
export const podResizeValidator: AdmissionPlugin = {
  name: 'PodResizeValidator',
  resources: ['pods'],
  subresources: ['resize'],
  validate({ subresource, name, object }, core) {
    const pod = object as Pod;
    const { nodeName } = pod.spec;
    if (subresource !== 'resize' || !nodeName) return;
    const refuse = (why: string): Error => forbidden('', 'pods', name, why);
    const node = core.store.get('nodes', nodeName) as Node | undefined;
    if (!node) throw refuse(`node ${JSON.stringify(nodeName)} not found`);
    const short = shortages(pod, node);
    if (short.length > 0) throw refuse(`Node didn't have enough allocatable resources: ${short.join('; ')}`);
    const os = node.metadata.labels?.[OS_LABEL] ?? '';
    if (os === 'linux') return;
    const found = `node ${JSON.stringify(nodeName)} is ${JSON.stringify(os)}`;
    throw refuse(`pod resize is only supported on linux nodes, ${found}`);
  },
};

function shortages(pod: Pod, { status }: Node): string[] {
  const requests = podTotals(pod, 'requests');
  return UNITS.flatMap(([resource, unit]) => {
    const asked = requests.get(resource) ?? quantityOf('0');
    const there = quantityOf(status.allocatable?.[resource] ?? '0');
    if (compareQuantities(asked, there) <= 0) return [];
    return [`${resource}, requested: ${counted(asked, unit)}, allocatable: ${counted(there, unit)}`];
  });
}

/** In whole units, rounded up as Go does. */
const counted = ({ nano }: Quantity, unit: bigint): bigint => (nano + unit - 1n) / unit;
