import { describe, expect, it, test } from 'vitest';
import type { JsonMap } from '../../../../api/json';
import type { Json } from '../../../../api/objects';
import { Rig } from '../../api-server.rig';

interface Parameter {
  name: string;
  in: string;
  schema: { type: string };
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonMap }>; required?: boolean };
  responses: Record<string, { content?: Record<string, { schema: JsonMap }> }>;
  'x-kubernetes-action'?: string;
  'x-kubernetes-group-version-kind'?: JsonMap;
}
type PathItem = Record<string, Operation> & { parameters?: Parameter[] };
interface Document {
  paths: Record<string, PathItem>;
  components: { schemas: Record<string, JsonMap & { properties?: Record<string, JsonMap> }> };
}

const rig = new Rig();
const documents = new Map<string, Document>();
const documentOf = (version: string): Document => {
  const known = documents.get(version) ?? (rig.ask('GET', `/openapi/v3/${version}`).body as unknown as Document);
  documents.set(version, known);
  return known;
};
const index = rig.ask('GET', '/openapi/v3').body as unknown as { paths: Record<string, Json> };
const VERSIONS = Object.keys(index.paths).filter((path) => path.includes('/v'));
const methodsOf = (item: PathItem): [string, Operation][] =>
  Object.entries(item).filter(([key]) => key !== 'parameters') as [string, Operation][];
const namesOf = (parameters: Parameter[] | undefined): string => (parameters ?? []).map(({ name }) => name).join(' ');
const typeIn = (content: Record<string, { schema: JsonMap }> | undefined): string[] => [
  ...new Set(
    Object.values(content ?? {}).map(({ schema }) => String(schema['$ref'] ?? schema['type']).replace(/.*\./, '')),
  ),
];

describe.each(VERSIONS)('%s', (version) => {
  it('refers only to what it holds', () => {
    const document = documentOf(version);
    const used = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name!);
    expect(used.filter((name) => !Object.hasOwn(document.components.schemas, name))).toEqual([]);
  });

  it('has an operation of each verb of each resource, and none besides that is not served', () => {
    const list = rig.ask('GET', `/${version}`).body as unknown as { resources: { name: string; verbs: string[] }[] };
    const told = Object.keys(documentOf(version).paths).map((path) =>
      path.replace(/.*\/namespaces\/\{namespace\}(?=\/)/, ''),
    );
    for (const { name } of list.resources) {
      const [resource, sub] = name.split('/');
      const end = sub === undefined ? `/${resource}` : `/${resource}/{name}/${sub}`;
      expect(
        told.some((path) => path.endsWith(end)),
        name,
      ).toBe(true);
    }
  });

  it('names each operation once, and each parameter once in a place', () => {
    const items = Object.values(documentOf(version).paths);
    const ids = items.flatMap((item) => methodsOf(item).map(([, { operationId }]) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
    for (const item of items)
      for (const [, { parameters = [] }] of methodsOf(item)) {
        const all = [...(item.parameters ?? []), ...parameters].map((one) => `${one.in} ${one.name}`);
        expect(new Set(all).size).toBe(all.length);
      }
  });
});

/** Facts of the documents that kube-apiserver publishes. */
describe.each<
  [version: string, path: string, shared: string, rows: [method: string, id: string, parameters: string][]]
>([
  [
    'apis/scheduling.k8s.io/v1',
    '/apis/scheduling.k8s.io/v1/priorityclasses',
    'pretty',
    [
      [
        'get',
        'listSchedulingV1PriorityClass',
        'allowWatchBookmarks continue fieldSelector labelSelector limit resourceVersion resourceVersionMatch sendInitialEvents timeoutSeconds watch',
      ],
      ['post', 'createSchedulingV1PriorityClass', 'dryRun fieldManager fieldValidation'],
      [
        'delete',
        'deleteSchedulingV1CollectionPriorityClass',
        'continue dryRun fieldSelector gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential labelSelector limit orphanDependents propagationPolicy resourceVersion resourceVersionMatch sendInitialEvents timeoutSeconds',
      ],
    ],
  ],
  [
    'apis/scheduling.k8s.io/v1',
    '/apis/scheduling.k8s.io/v1/priorityclasses/{name}',
    'name pretty',
    [
      ['get', 'readSchedulingV1PriorityClass', ''],
      ['put', 'replaceSchedulingV1PriorityClass', 'dryRun fieldManager fieldValidation'],
      ['patch', 'patchSchedulingV1PriorityClass', 'dryRun fieldManager fieldValidation force'],
      [
        'delete',
        'deleteSchedulingV1PriorityClass',
        'dryRun gracePeriodSeconds ignoreStoreReadErrorWithClusterBreakingPotential orphanDependents propagationPolicy',
      ],
    ],
  ],
  [
    'api/v1',
    '/api/v1/pods',
    'allowWatchBookmarks continue fieldSelector labelSelector limit pretty resourceVersion resourceVersionMatch sendInitialEvents timeoutSeconds watch',
    [['get', 'listCoreV1PodForAllNamespaces', '']],
  ],
  [
    'api/v1',
    '/api/v1/namespaces/{namespace}/pods/{name}/log',
    'container follow insecureSkipTLSVerifyBackend limitBytes name namespace pretty previous sinceSeconds sinceTime stream tailLines timestamps',
    [['get', 'readCoreV1NamespacedPodLog', '']],
  ],
  [
    'api/v1',
    '/api/v1/namespaces/{namespace}/pods/{name}/exec',
    'command container name namespace stderr stdin stdout tty',
    [
      ['get', 'connectCoreV1GetNamespacedPodExec', ''],
      ['post', 'connectCoreV1PostNamespacedPodExec', ''],
    ],
  ],
  [
    'api/v1',
    '/api/v1/namespaces/{namespace}/pods/{name}/eviction',
    'dryRun fieldManager fieldValidation name namespace pretty',
    [['post', 'createCoreV1NamespacedPodEviction', '']],
  ],
  [
    'apis/rbac.authorization.k8s.io/v1',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}',
    'name pretty',
    [['get', 'readRbacAuthorizationV1ClusterRole', '']],
  ],
])('%s: %s', (version, path, shared, rows) => {
  const item = documentOf(version).paths[path]!;
  it('takes for all of its operations', () => expect(namesOf(item.parameters)).toBe(shared));
  it.each(rows)('%s is %s', (method, id, parameters) => {
    expect([item[method]?.operationId, namesOf(item[method]?.parameters)]).toEqual([id, parameters]);
  });
});

test.each<[id: string, takes: string[], gives: string]>([
  ['listAppsV1NamespacedDeployment', [], '200 DeploymentList'],
  ['createAppsV1NamespacedDeployment', ['Deployment'], '200 Deployment, 201 Deployment, 202 Deployment'],
  ['replaceAppsV1NamespacedDeployment', ['Deployment'], '200 Deployment, 201 Deployment'],
  ['patchAppsV1NamespacedDeployment', ['Patch'], '200 Deployment, 201 Deployment'],
  ['deleteAppsV1NamespacedDeployment', ['DeleteOptions'], '200 Status, 202 Status'],
  ['deleteAppsV1CollectionNamespacedDeployment', ['DeleteOptions'], '200 Status'],
  ['replaceAppsV1NamespacedDeploymentScale', ['Scale'], '200 Scale, 201 Scale'],
  ['getAppsV1APIResources', [], '200 APIResourceList'],
  ['deleteCoreV1NamespacedPod', ['DeleteOptions'], '200 Pod, 202 Pod'],
  ['createCoreV1NamespacedPodEviction', ['Eviction'], '200 Eviction, 201 Eviction, 202 Eviction'],
  [
    'createCoreV1NamespacedServiceAccountToken',
    ['TokenRequest'],
    '200 TokenRequest, 201 TokenRequest, 202 TokenRequest',
  ],
  ['readCoreV1NamespacedPodLog', [], '200 string'],
  ['connectCoreV1PostNamespacedPodAttach', [], '200 string'],
  [
    'createAuthorizationV1SelfSubjectAccessReview',
    ['SelfSubjectAccessReview'],
    '200 SelfSubjectAccessReview, 201 SelfSubjectAccessReview, 202 SelfSubjectAccessReview',
  ],
])('%s takes %j and gives %s', (id, takes, gives) => {
  const all = VERSIONS.flatMap((version) => Object.values(documentOf(version).paths).flatMap(methodsOf));
  const { requestBody, responses } = all.find(([, { operationId }]) => operationId === id)![1];
  expect(typeIn(requestBody?.content)).toEqual(takes);
  const given = Object.entries(responses).filter(([code]) => code !== '401');
  expect(given.map(([code, { content }]) => `${code} ${typeIn(content).join()}`).join(', ')).toBe(gives);
  expect(responses).toHaveProperty('401');
});

test('a patch names each way to patch that is served; a watch names its stream', () => {
  const { paths } = documentOf('apis/apps/v1');
  const one = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!;
  for (const media of Object.keys(one['patch']!.requestBody!.content)) {
    const said = rig.say('PATCH', '/apis/apps/v1/namespaces/lab/deployments/none?fieldManager=t', {}, media);
    expect(said, media).not.toMatch(/^415/);
  }
  const list = paths['/apis/apps/v1/namespaces/{namespace}/deployments']!['get']!;
  expect(Object.keys(list.responses['200']!.content!)).toContain('application/json;stream=watch');
});

test.each<[type: string, field: string | undefined, schema: JsonMap]>([
  [
    'pkg.util.intstr.IntOrString',
    undefined,
    { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  ],
  ['pkg.api.resource.Quantity', undefined, { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  ['pkg.apis.meta.v1.Time', undefined, { type: 'string', format: 'date-time' }],
  ['pkg.apis.meta.v1.LabelSelector', undefined, { 'x-kubernetes-map-type': 'atomic' }],
  [
    'core.v1.PodSpec',
    'containers',
    {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    },
  ],
  [
    'core.v1.PodSpec',
    'nodeSelector',
    { additionalProperties: { type: 'string', default: '' }, 'x-kubernetes-map-type': 'atomic' },
  ],
  ['core.v1.Pod', 'spec', { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodSpec' }], default: {} }],
  ['core.v1.PodSpec', 'affinity', { $ref: '#/components/schemas/io.k8s.api.core.v1.Affinity' }],
  ['core.v1.ContainerPort', 'protocol', { type: 'string', default: 'TCP' }],
])('%s %s is told in full', (type, field, schema) => {
  const { schemas } = documentOf('api/v1').components;
  const name = Object.keys(schemas).find((one) => one.endsWith(`.${type}`))!;
  expect(field === undefined ? schemas[name] : schemas[name]!.properties![field]).toMatchObject(schema);
});
