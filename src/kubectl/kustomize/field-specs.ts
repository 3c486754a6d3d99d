import type { Gvk } from './identity';

/** A field of some kinds. Its path goes through lists by itself. Models types.FieldSpec. */
export interface FieldSpec extends Gvk {
  path: string;
  /** Whether the field is made where it is missing. */
  create?: boolean;
}

/** The fields that name objects of a kind. */
export interface NameReference extends Gvk {
  fieldSpecs: FieldSpec[];
}

/** Which fields each transformer changes. Models builtinconfig.TransformerConfig. */
export interface TransformerConfig {
  namePrefix: FieldSpec[];
  nameSuffix: FieldSpec[];
  namespace: FieldSpec[];
  commonLabels: FieldSpec[];
  templateLabels: FieldSpec[];
  labels: FieldSpec[];
  commonAnnotations: FieldSpec[];
  images: FieldSpec[];
  replicas: FieldSpec[];
  nameReference: NameReference[];
}

const made = (path: string, gvk: Gvk = {}): FieldSpec => ({ path, create: true, ...gvk });
const found = (path: string, gvk: Gvk = {}): FieldSpec => ({ path, ...gvk });

const APPS = 'apps';
const BATCH = 'batch';

/** Where the metadata of what a workload makes stand. */
const TEMPLATES: FieldSpec[] = [
  { path: 'spec/template/metadata', version: 'v1', kind: 'ReplicationController' },
  { path: 'spec/template/metadata', kind: 'Deployment' },
  { path: 'spec/template/metadata', kind: 'ReplicaSet' },
  { path: 'spec/template/metadata', kind: 'DaemonSet' },
  { path: 'spec/template/metadata', group: APPS, kind: 'StatefulSet' },
  { path: 'spec/template/metadata', group: BATCH, kind: 'Job' },
  { path: 'spec/jobTemplate/metadata', group: BATCH, kind: 'CronJob' },
  { path: 'spec/jobTemplate/spec/template/metadata', group: BATCH, kind: 'CronJob' },
];

const templatesWith = (field: string): FieldSpec[] =>
  TEMPLATES.map((spec) => ({ ...spec, path: `${spec.path}/${field}`, create: true }));

const templateLabels: FieldSpec[] = [
  made('metadata/labels'),
  ...templatesWith('labels'),
  made('spec/volumeClaimTemplates[]/metadata/labels', { group: APPS, kind: 'StatefulSet' }),
];

const TERMS = [
  'podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm',
  'podAffinity/requiredDuringSchedulingIgnoredDuringExecution',
  'podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm',
  'podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution',
].map((term) => `affinity/${term}`);

/** Selectors inside a Pod template that speak of the template's own labels. */
const selfSelectors = (kind: string): FieldSpec[] =>
  [...TERMS, 'topologySpreadConstraints'].map((term) =>
    found(`spec/template/spec/${term}/labelSelector/matchLabels`, { group: APPS, kind }),
  );

const POLICY = { group: 'networking.k8s.io', kind: 'NetworkPolicy' };

const commonLabels: FieldSpec[] = [
  made('spec/selector', { version: 'v1', kind: 'Service' }),
  made('spec/selector', { version: 'v1', kind: 'ReplicationController' }),
  made('spec/selector/matchLabels', { kind: 'Deployment' }),
  ...selfSelectors('Deployment'),
  made('spec/selector/matchLabels', { kind: 'ReplicaSet' }),
  made('spec/selector/matchLabels', { kind: 'DaemonSet' }),
  made('spec/selector/matchLabels', { group: APPS, kind: 'StatefulSet' }),
  ...selfSelectors('StatefulSet'),
  found('spec/selector/matchLabels', { group: BATCH, kind: 'Job' }),
  found('spec/jobTemplate/spec/selector/matchLabels', { group: BATCH, kind: 'CronJob' }),
  found('spec/selector/matchLabels', { group: 'policy', kind: 'PodDisruptionBudget' }),
  found('spec/podSelector/matchLabels', POLICY),
  found('spec/ingress/from/podSelector/matchLabels', POLICY),
  found('spec/egress/to/podSelector/matchLabels', POLICY),
  ...templateLabels,
];

const PLACES_OF_IMAGES = ['containers[]/image', 'initContainers[]/image', 'volumes[]/image/reference'];

/** Where each workload keeps the spec of its Pods. */
const POD_SPECS: Record<string, string> = {
  Pod: 'spec',
  PodTemplate: 'template/spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  ReplicationController: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
};
const WITH_DATA = ['Pod', 'PodTemplate', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob'];
const WITH_CLAIMS = ['Pod', 'StatefulSet', 'Deployment', 'ReplicationController', 'CronJob', 'Job', 'DaemonSet'];

const inPods = (kinds: readonly string[], ...paths: string[]): FieldSpec[] =>
  kinds.flatMap((kind) => paths.map((path) => found(`${POD_SPECS[kind]}/${path}`, { kind })));

/** The places of a Pod's spec where variables and volumes come from a ConfigMap or a Secret. */
const dataPaths = (source: 'configMap' | 'secret'): string[] => [
  ...['containers', 'initContainers'].flatMap((list) => [
    `${list}/env/valueFrom/${source}KeyRef/name`,
    `${list}/envFrom/${source}Ref/name`,
  ]),
  `volumes/projected/sources/${source}/name`,
];

const inRoles: FieldSpec[] = ['Role', 'ClusterRole'].map((kind) => found('rules/resourceNames', { kind }));
const RBAC = 'rbac.authorization.k8s.io';
const BINDINGS = ['RoleBinding', 'ClusterRoleBinding'];
const SCALED = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'];
const ingress = (path: string): FieldSpec => found(path, { kind: 'Ingress' });

const nameReference: NameReference[] = [
  ...SCALED.map((kind) => ({
    kind,
    fieldSpecs: [found('spec/scaleTargetRef/name', { kind: 'HorizontalPodAutoscaler' })],
  })),
  {
    kind: 'ConfigMap',
    version: 'v1',
    fieldSpecs: [
      ...inPods(WITH_DATA, 'volumes/configMap/name', ...dataPaths('configMap')),
      found('spec/configSource/configMap', { kind: 'Node' }),
      ...inRoles,
      ingress('metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap'),
    ],
  },
  {
    kind: 'Secret',
    version: 'v1',
    fieldSpecs: [
      ...inPods(WITH_DATA, 'volumes/secret/secretName', ...dataPaths('secret'), 'imagePullSecrets/name'),
      ingress('spec/tls/secretName'),
      ingress('metadata/annotations/ingress.kubernetes.io\\/auth-secret'),
      ingress('metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret'),
      ingress('metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret'),
      found('imagePullSecrets/name', { kind: 'ServiceAccount' }),
      ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) =>
        found(`parameters/${name}`, { kind: 'StorageClass' }),
      ),
      ...inRoles,
      found('spec/azureFile/secretName', { kind: 'PersistentVolume' }),
    ],
  },
  {
    kind: 'Service',
    version: 'v1',
    fieldSpecs: [
      found('spec/serviceName', { kind: 'StatefulSet', group: APPS }),
      ingress('spec/rules/http/paths/backend/serviceName'),
      ingress('spec/backend/serviceName'),
      ingress('spec/rules/http/paths/backend/service/name'),
      ingress('spec/defaultBackend/service/name'),
      found('spec/service/name', { kind: 'APIService', group: 'apiregistration.k8s.io' }),
      ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map((kind) =>
        found('webhooks/clientConfig/service', { kind, group: 'admissionregistration.k8s.io' }),
      ),
    ],
  },
  { kind: 'Role', group: RBAC, fieldSpecs: [found('roleRef/name', { kind: 'RoleBinding', group: RBAC })] },
  {
    kind: 'ClusterRole',
    group: RBAC,
    fieldSpecs: BINDINGS.map((kind) => found('roleRef/name', { kind, group: RBAC })),
  },
  {
    kind: 'ServiceAccount',
    version: 'v1',
    fieldSpecs: [
      ...BINDINGS.map((kind) => found('subjects', { kind, group: RBAC })),
      ...inPods(WITH_CLAIMS, 'serviceAccountName'),
    ],
  },
  {
    kind: 'PersistentVolumeClaim',
    version: 'v1',
    fieldSpecs: inPods(WITH_CLAIMS, 'volumes/persistentVolumeClaim/claimName'),
  },
  {
    kind: 'PersistentVolume',
    version: 'v1',
    fieldSpecs: [
      found('spec/volumeName', { kind: 'PersistentVolumeClaim' }),
      found('rules/resourceNames', { kind: 'ClusterRole' }),
    ],
  },
  {
    kind: 'StorageClass',
    version: 'v1',
    group: 'storage.k8s.io',
    fieldSpecs: [
      found('spec/storageClassName', { kind: 'PersistentVolume' }),
      found('spec/storageClassName', { kind: 'PersistentVolumeClaim' }),
      found('spec/volumeClaimTemplates/spec/storageClassName', { kind: 'StatefulSet' }),
    ],
  },
  {
    kind: 'PriorityClass',
    version: 'v1',
    group: 'scheduling.k8s.io',
    fieldSpecs: inPods(WITH_CLAIMS, 'priorityClassName'),
  },
  {
    kind: 'ValidatingAdmissionPolicy',
    group: 'admissionregistration.k8s.io',
    fieldSpecs: [
      found('spec/policyName', { kind: 'ValidatingAdmissionPolicyBinding', group: 'admissionregistration.k8s.io' }),
    ],
  },
];

/** What kustomize changes without being told. Models builtinpluginconsts. */
export const DEFAULT_CONFIG: TransformerConfig = {
  namePrefix: [found('metadata/name')],
  nameSuffix: [found('metadata/name')],
  namespace: [
    made('metadata/name', { kind: 'Namespace' }),
    made('spec/service/namespace', { group: 'apiregistration.k8s.io', kind: 'APIService' }),
    found('spec/conversion/webhook/clientConfig/service/namespace', {
      group: 'apiextensions.k8s.io',
      kind: 'CustomResourceDefinition',
    }),
  ],
  commonLabels,
  templateLabels,
  labels: [],
  commonAnnotations: [made('metadata/annotations'), ...templatesWith('annotations')],
  images: ['spec', 'spec/template/spec'].flatMap((spec) => PLACES_OF_IMAGES.map((place) => made(`${spec}/${place}`))),
  replicas: ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'].map((kind) =>
    made('spec/replicas', { kind }),
  ),
  nameReference,
};
