import type { ResourceName } from '../../api/objects';

/** What goals can look at. Each view is a list of whole objects of the lesson's namespace, or of the cluster. */

/** The views of API objects and their resources. */
export const OBJECT_VIEWS = {
  pods: 'pods',
  deployments: 'deployments',
  replicasets: 'replicasets',
  statefulsets: 'statefulsets',
  daemonsets: 'daemonsets',
  jobs: 'jobs',
  cronjobs: 'cronjobs',
  services: 'services',
  endpointslices: 'endpointslices',
  configmaps: 'configmaps',
  claims: 'persistentvolumeclaims',
  volumes: 'persistentvolumes',
  autoscalers: 'horizontalpodautoscalers',
  budgets: 'poddisruptionbudgets',
  policies: 'networkpolicies',
  nodes: 'nodes',
  events: 'events',
} as const satisfies Record<string, ResourceName>;

export type ObjectView = keyof typeof OBJECT_VIEWS;

/** Views of what is no object: parts of the control plane, what went wrong, what trains and has trained, what is asked. */
export const OTHER_VIEWS = ['components', 'faults', 'trainings', 'runs', 'requests'] as const;

export type OtherView = (typeof OTHER_VIEWS)[number];

export type ViewName = ObjectView | OtherView;

export const VIEW_NAMES: readonly ViewName[] = [...(Object.keys(OBJECT_VIEWS) as ObjectView[]), ...OTHER_VIEWS];

/** `gone` holds objects that are no more, by view; `before` the views as they were when the page was opened. */
export const VARIABLES: readonly string[] = [...VIEW_NAMES, 'gone', 'before', 'now'];

export const VIEW_OF: ReadonlyMap<string, ObjectView> = new Map(
  (Object.entries(OBJECT_VIEWS) as [ObjectView, string][]).map(([view, resource]) => [resource, view]),
);
