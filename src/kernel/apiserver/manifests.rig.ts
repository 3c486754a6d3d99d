import type { JsonMap } from '../../api/json';
import { NODE } from '../../api/x509/requests.rig';

/** Valid manifests of every kind that is served, for tests. */

export const CONTAINER = {
  name: 'main',
  image: 'nginx:1.27',
  resources: { requests: { cpu: '100m', memory: '64Mi' } },
};
const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { containers: [CONTAINER] } };
const BACKEND = { service: { name: 'web', port: { number: 80 } } };
const SELECTOR = { matchLabels: { app: 'web' } };

const manifest = (apiVersion: string, kind: string, rest: JsonMap): JsonMap => ({
  apiVersion,
  kind,
  metadata: { name: 'x', labels: { team: 'ml' } },
  ...rest,
});

const REGISTRATION = '/apis/admissionregistration.k8s.io/v1';
/** Of a resource that no test writes. */
const OPENINGS = { apiGroups: ['x.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['openings'] };

/** By the path to which they are posted. */
export const MANIFESTS: Readonly<Record<string, JsonMap>> = {
  '/api/v1/namespaces': manifest('v1', 'Namespace', {}),
  '/api/v1/nodes': manifest('v1', 'Node', {
    spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
    status: { capacity: { cpu: '4' } },
  }),
  '/api/v1/namespaces/lab/pods': manifest('v1', 'Pod', {
    spec: {
      containers: [
        {
          ...CONTAINER,
          env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          ports: [{ containerPort: 80, name: 'http' }],
          livenessProbe: { httpGet: { port: 'http' } },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
      tolerations: [{ key: 'gpu', operator: 'Exists' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
          },
        },
      },
    },
  }),
  '/api/v1/namespaces/lab/services': manifest('v1', 'Service', {
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  }),
  '/api/v1/namespaces/lab/configmaps': manifest('v1', 'ConfigMap', { data: { rate: '0.1' } }),
  '/api/v1/namespaces/lab/secrets': manifest('v1', 'Secret', { stringData: { token: 'secret' } }),
  '/api/v1/namespaces/lab/serviceaccounts': manifest('v1', 'ServiceAccount', {}),
  '/api/v1/namespaces/lab/events': manifest('v1', 'Event', {
    involvedObject: { kind: 'Pod', name: 'x', namespace: 'lab' },
    reason: 'Started',
    message: 'Container started',
    type: 'Normal',
  }),
  '/api/v1/persistentvolumes': manifest('v1', 'PersistentVolume', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  }),
  '/api/v1/namespaces/lab/persistentvolumeclaims': manifest('v1', 'PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  '/apis/apps/v1/namespaces/lab/deployments': manifest('apps/v1', 'Deployment', {
    spec: { selector: SELECTOR, template: TEMPLATE },
  }),
  '/apis/apps/v1/namespaces/lab/replicasets': manifest('apps/v1', 'ReplicaSet', {
    spec: { selector: SELECTOR, template: TEMPLATE },
  }),
  '/apis/apps/v1/namespaces/lab/statefulsets': manifest('apps/v1', 'StatefulSet', {
    spec: { serviceName: 's', selector: SELECTOR, template: TEMPLATE },
  }),
  '/apis/apps/v1/namespaces/lab/daemonsets': manifest('apps/v1', 'DaemonSet', {
    spec: { selector: SELECTOR, template: TEMPLATE },
  }),
  '/apis/apps/v1/namespaces/lab/controllerrevisions': manifest('apps/v1', 'ControllerRevision', {
    revision: 1,
    data: { a: 1 },
  }),
  '/apis/storage.k8s.io/v1/csinodes': manifest('storage.k8s.io/v1', 'CSINode', {
    spec: { drivers: [{ name: 'd.example.com', nodeID: 'x', topologyKeys: ['zone'], allocatable: { count: 2 } }] },
  }),
  '/apis/policy/v1/namespaces/lab/poddisruptionbudgets': manifest('policy/v1', 'PodDisruptionBudget', {
    spec: { minAvailable: 1, selector: SELECTOR },
  }),
  '/apis/networking.k8s.io/v1/namespaces/lab/networkpolicies': manifest('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: {
      podSelector: { matchLabels: { app: 'web' } },
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 80 }] }],
      egress: [{ to: [{ namespaceSelector: {}, podSelector: {} }], ports: [{ port: 8000, endPort: 9000 }] }],
    },
  }),
  '/apis/autoscaling/v2/namespaces/lab/horizontalpodautoscalers': manifest(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      },
    },
  ),
  '/api/v1/namespaces/lab/resourcequotas': manifest('v1', 'ResourceQuota', {
    spec: { hard: { pods: '20', 'requests.cpu': '8', 'requests.nvidia.com/gpu': '2' } },
  }),
  '/api/v1/namespaces/lab/limitranges': manifest('v1', 'LimitRange', {
    spec: { limits: [{ type: 'Container', max: { cpu: '4' }, default: { memory: '128Mi' } }] },
  }),
  '/apis/batch/v1/namespaces/lab/jobs': manifest('batch/v1', 'Job', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } },
  }),
  '/apis/batch/v1/namespaces/lab/cronjobs': manifest('batch/v1', 'CronJob', {
    spec: {
      schedule: '*/5 * * * *',
      timeZone: 'Europe/Berlin',
      jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [CONTAINER] } } } },
    },
  }),
  '/apis/storage.k8s.io/v1/storageclasses': manifest('storage.k8s.io/v1', 'StorageClass', {
    provisioner: 'podium.dev/disk',
  }),
  '/apis/storage.k8s.io/v1/volumeattachments': manifest('storage.k8s.io/v1', 'VolumeAttachment', {
    spec: { attacher: 'podium.dev', nodeName: 'n1', source: { persistentVolumeName: 'v1' } },
  }),
  '/apis/scheduling.k8s.io/v1/priorityclasses': manifest('scheduling.k8s.io/v1', 'PriorityClass', { value: 1000 }),
  '/apis/coordination.k8s.io/v1/namespaces/lab/leases': manifest('coordination.k8s.io/v1', 'Lease', {
    spec: { holderIdentity: 'me', leaseDurationSeconds: 40 },
  }),
  '/apis/discovery.k8s.io/v1/namespaces/lab/endpointslices': manifest('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.0.1'] }],
    ports: [{ port: 80 }],
  }),
  '/api/v1/namespaces/lab/endpoints': manifest('v1', 'Endpoints', {
    subsets: [{ addresses: [{ ip: '10.1.0.1', nodeName: 'n1' }], ports: [{ name: 'http', port: 80 }] }],
  }),
  '/api/v1/namespaces/lab/replicationcontrollers': manifest('v1', 'ReplicationController', {
    spec: { selector: { app: 'web' }, template: TEMPLATE },
  }),
  '/api/v1/namespaces/lab/podtemplates': manifest('v1', 'PodTemplate', { template: TEMPLATE }),
  '/apis/networking.k8s.io/v1/namespaces/lab/ingresses': manifest('networking.k8s.io/v1', 'Ingress', {
    spec: {
      ingressClassName: 'web',
      rules: [{ host: 'a.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND }] } }],
      tls: [{ hosts: ['*.example.com'], secretName: 's' }],
    },
  }),
  '/apis/networking.k8s.io/v1/ingressclasses': manifest('networking.k8s.io/v1', 'IngressClass', {
    spec: { controller: 'example.com/web', parameters: { kind: 'Web', name: 'w' } },
  }),
  '/apis/networking.k8s.io/v1/servicecidrs': manifest('networking.k8s.io/v1', 'ServiceCIDR', {
    spec: { cidrs: ['10.0.0.0/16', '2001:db8::/64'] },
  }),
  '/apis/node.k8s.io/v1/runtimeclasses': manifest('node.k8s.io/v1', 'RuntimeClass', {
    handler: 'runsc',
    overhead: { podFixed: { cpu: '100m' } },
    scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
  }),
  '/apis/rbac.authorization.k8s.io/v1/namespaces/lab/roles': manifest('rbac.authorization.k8s.io/v1', 'Role', {
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['x'] }],
  }),
  '/apis/rbac.authorization.k8s.io/v1/clusterroles': manifest('rbac.authorization.k8s.io/v1', 'ClusterRole', {
    rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }],
    aggregationRule: { clusterRoleSelectors: [SELECTOR] },
  }),
  '/apis/rbac.authorization.k8s.io/v1/namespaces/lab/rolebindings': manifest(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    {
      roleRef: { kind: 'Role', name: 'x' },
      subjects: [
        { kind: 'ServiceAccount', name: 'default', namespace: 'lab' },
        { kind: 'User', name: 'u' },
      ],
    },
  ),
  '/apis/storage.k8s.io/v1/csidrivers': manifest('storage.k8s.io/v1', 'CSIDriver', {
    spec: { attachRequired: true, tokenRequests: [{ audience: 'a', expirationSeconds: 600 }] },
  }),
  '/apis/storage.k8s.io/v1/namespaces/lab/csistoragecapacities': manifest('storage.k8s.io/v1', 'CSIStorageCapacity', {
    storageClassName: 'fast',
    capacity: '1Gi',
    nodeTopology: SELECTOR,
  }),
  '/apis/storage.k8s.io/v1/volumeattributesclasses': manifest('storage.k8s.io/v1', 'VolumeAttributesClass', {
    driverName: 'disk.example.com',
    parameters: { iops: '1000' },
  }),
  '/apis/dig.example.com/v1/namespaces/lab/mines': manifest('dig.example.com/v1', 'Mine', {
    spec: { depth: 4, ore: 'gold', shafts: [{ name: 'north', size: 2 }], port: 'http' },
  }),
  '/apis/certificates.k8s.io/v1/certificatesigningrequests': manifest(
    'certificates.k8s.io/v1',
    'CertificateSigningRequest',
    {
      spec: {
        request: btoa(NODE),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    },
  ),
  [`${REGISTRATION}/validatingadmissionpolicies`]: manifest(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicy',
    {
      spec: {
        matchConstraints: { resourceRules: [OPENINGS] },
        validations: [{ expression: 'object.spec.depth > 1' }],
      },
    },
  ),
  [`${REGISTRATION}/validatingadmissionpolicybindings`]: manifest(
    'admissionregistration.k8s.io/v1',
    'ValidatingAdmissionPolicyBinding',
    { spec: { policyName: 'x', validationActions: ['Deny'] } },
  ),
  [`${REGISTRATION}/validatingwebhookconfigurations`]: manifest(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    {
      webhooks: [
        {
          name: 'a.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          rules: [OPENINGS],
          clientConfig: { service: { name: 'web', namespace: 'lab' } },
        },
      ],
    },
  ),
  '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas': manifest('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', {
    spec: { priorityLevelConfiguration: { name: 'exempt' }, rules: [] },
  }),
  '/apis/resource.k8s.io/v1/deviceclasses': manifest('resource.k8s.io/v1', 'DeviceClass', { spec: {} }),
  '/apis/resource.k8s.io/v1/namespaces/lab/resourceclaims': manifest('resource.k8s.io/v1', 'ResourceClaim', {
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'x' } }] } },
  }),
};

const MINE = {
  type: 'object',
  required: ['depth'],
  properties: {
    depth: { type: 'integer', minimum: 1 },
    ore: { type: 'string', enum: ['iron', 'gold'], default: 'iron' },
    shafts: {
      type: 'array',
      items: { type: 'object', properties: { name: { type: 'string' }, size: { type: 'integer', default: 1 } } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    port: { 'x-kubernetes-int-or-string': true },
  },
  'x-kubernetes-validations': [
    { rule: "self.ore != 'gold' || self.depth > 3" },
    { rule: 'self.depth >= oldSelf.depth' },
  ],
};

/** What has to be there before some of the manifests can be posted, by path. */
export const DEFINITIONS: Readonly<Record<string, JsonMap>> = {
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions': {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'mines.dig.example.com' },
    spec: {
      group: 'dig.example.com',
      scope: 'Namespaced',
      names: { plural: 'mines', kind: 'Mine' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: MINE } } },
          additionalPrinterColumns: [{ name: 'Depth', type: 'integer', jsonPath: '.spec.depth' }],
        },
      ],
    },
  },
};
