import type { Json } from '../../api/objects';

/** Models apiserver/pkg/apis/flowcontrol/bootstrap: the levels between which requests share the server, and who has which. */

/**
 * Name, shares, how much of them may be lent (per cent), and queues where there are any: how many, how many a flow may
 * use, how long each may be.
 */
const LEVELS: readonly (readonly [
  name: string,
  shares: number,
  lent: number,
  queues?: readonly [number, number, number],
])[] = [
  ['catch-all', 5, 0],
  ['global-default', 20, 50, [128, 6, 50]],
  ['leader-election', 10, 0, [16, 4, 50]],
  ['node-high', 40, 25, [64, 6, 50]],
  ['system', 30, 33, [64, 6, 50]],
  ['workload-high', 40, 50, [128, 6, 50]],
  ['workload-low', 100, 90, [128, 6, 50]],
];

interface Schema {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly subjects: readonly string[];
  readonly resources?: Json;
  readonly paths?: readonly string[];
}

const EVERYTHING: Json = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true };
const LEASES: Json = {
  verbs: ['get', 'create', 'update'],
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: ['*'],
};

const SCHEMAS: readonly Schema[] = [
  {
    name: 'exempt',
    level: 'exempt',
    precedence: 1,
    subjects: ['Group system:masters'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'probes',
    level: 'exempt',
    precedence: 2,
    subjects: ['Group system:unauthenticated', 'Group system:authenticated'],
    paths: ['/healthz', '/readyz', '/livez'],
  },
  {
    name: 'system-leader-election',
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    subjects: ['User system:kube-controller-manager', 'User system:kube-scheduler', 'ServiceAccount kube-system/*'],
    resources: LEASES,
  },
  {
    name: 'endpoint-controller',
    level: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    subjects: [
      'User system:kube-controller-manager',
      'ServiceAccount kube-system/endpoint-controller',
      'ServiceAccount kube-system/endpointslice-controller',
      'ServiceAccount kube-system/endpointslicemirroring-controller',
    ],
    resources: {
      verbs: ['get', 'create', 'update'],
      apiGroups: [''],
      resources: ['endpoints'],
      namespaces: ['*'],
    },
  },
  {
    name: 'workload-leader-election',
    level: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    subjects: ['ServiceAccount kube-system/*'],
    resources: LEASES,
  },
  {
    name: 'system-node-high',
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    subjects: ['Group system:nodes'],
    resources: {
      verbs: ['*'],
      apiGroups: ['', 'coordination.k8s.io'],
      resources: ['nodes', 'nodes/status', 'leases'],
      namespaces: ['*'],
      clusterScope: true,
    },
  },
  {
    name: 'system-nodes',
    level: 'system',
    precedence: 500,
    by: 'ByUser',
    subjects: ['Group system:nodes'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'kube-controller-manager',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: ['User system:kube-controller-manager'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'kube-scheduler',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: ['User system:kube-scheduler'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'kube-system-service-accounts',
    level: 'workload-high',
    precedence: 900,
    by: 'ByNamespace',
    subjects: ['ServiceAccount kube-system/*'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'service-accounts',
    level: 'workload-low',
    precedence: 9000,
    by: 'ByUser',
    subjects: ['Group system:serviceaccounts'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'global-default',
    level: 'global-default',
    precedence: 9900,
    by: 'ByUser',
    subjects: ['Group system:unauthenticated', 'Group system:authenticated'],
    resources: EVERYTHING,
    paths: ['*'],
  },
  {
    name: 'catch-all',
    level: 'catch-all',
    precedence: 10_000,
    by: 'ByUser',
    subjects: ['Group system:unauthenticated', 'Group system:authenticated'],
    resources: EVERYTHING,
    paths: ['*'],
  },
];

type Specs = ReadonlyMap<string, Json>;

/** The specs of the levels that every server has, by name. */
export const LEVEL_SPECS: Specs = new Map<string, Json>([
  ['exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }],
  ...LEVELS.map(([name, nominalConcurrencyShares, lendablePercent, queues]): [string, Json] => {
    const queuing = queues && { queues: queues[0], handSize: queues[1], queueLengthLimit: queues[2] };
    const limitResponse: Json = queuing ? { type: 'Queue', queuing } : { type: 'Reject' };
    return [name, { type: 'Limited', limited: { nominalConcurrencyShares, lendablePercent, limitResponse } }];
  }),
]);

/** The specs of the schemas that every server has, by name. */
export const SCHEMA_SPECS: Specs = new Map(SCHEMAS.map((schema) => [schema.name, schemaSpec(schema)]));

/** Those that nobody may change. */
export const MANDATORY = ['exempt', 'catch-all'];

function schemaSpec({ level, precedence, by, subjects, resources, paths }: Schema): Json {
  return {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence: precedence,
    ...(by ? { distinguisherMethod: { type: by } } : {}),
    rules: [
      {
        subjects: subjects.map(subjectOf),
        ...(resources ? { resourceRules: [resources] } : {}),
        ...(paths ? { nonResourceRules: [{ verbs: ['*'], nonResourceURLs: [...paths] }] } : {}),
      },
    ],
  };
}

function subjectOf(text: string): Json {
  const [kind = '', who = ''] = text.split(' ');
  const [name = '', namespace = ''] = who.split('/').reverse();
  if (kind === 'ServiceAccount') return { kind, serviceAccount: { namespace, name } };
  return kind === 'User' ? { kind, user: { name } } : { kind, group: { name } };
}
