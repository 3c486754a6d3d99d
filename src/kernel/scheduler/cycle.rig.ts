import type { ClusterLister } from './framework/lister';
import { makeFramework } from './registry';

/** A cluster without volumes, Services and budgets. */
export const NO_OBJECTS: ClusterLister = {
  claim: () => undefined,
  volume: () => undefined,
  volumesOf: () => [],
  storageClass: () => undefined,
  csiNode: () => undefined,
  attachmentsOn: () => [],
  namespaceLabels: () => ({}),
  servicesIn: () => [],
  selectorOf: () => undefined,
  disruptionBudgets: () => [],
};

const PORTS = { bind: () => undefined, volumes: { write: () => undefined, check: () => ({ kind: 'ready' }) as const } };

/** The default profile; it writes nothing. */
export const framework = makeFramework({ schedulerName: 'default-scheduler' }, PORTS, 0);
