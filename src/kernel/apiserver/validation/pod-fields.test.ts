import { expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

/** What is wrong with a Pod's spec, one row a fault, in the words of pkg/apis/core/validation. */

type Row = [spec: object, ...why: string[]];

const containers = [{ name: 'a', image: 'b' }];

test.each<Row>([
  [
    {
      containers: [
        {
          name: 'a',
          image: 'b',
          env: [{ name: 'E', valueFrom: { fieldRef: { apiVersion: 'v2', fieldPath: 'metadata.name' } } }],
        },
      ],
    },
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: unsupported pod version: v2',
  ],
  [
    {
      containers: [
        {
          name: 'a',
          image: 'b',
          env: [{ name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '3' } } }],
        },
      ],
    },
    'spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor\'s values 1m and 1 are supported with the cpu r',
  ],
  [
    {
      containers: [
        { name: 'a', image: 'b', volumeMounts: [{ name: 'v', mountPath: '/a', recursiveReadOnly: 'Enabled' }] },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    },
    'spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true',
  ],
  [
    {
      containers: [{ name: 'a', image: 'b', volumeDevices: [{ name: 'v', devicePath: '/a' }] }],
      volumes: [{ name: 'v', emptyDir: {} }],
    },
    'spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
  ],
  [
    { containers: [{ name: 'a', image: 'b', volumeDevices: [{ name: '', devicePath: '' }] }] },
    'spec.containers[0].volumeDevices[0].name: Required value',
    'spec.containers[0].volumeDevices[0].name: Not found: ""',
    'spec.containers[0].volumeDevices[0].devicePath: Required value',
  ],
  [
    { containers: [{ name: 'a', image: 'b', resources: { claims: [{ name: 'x' }] } }] },
    'spec.containers[0].resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty',
  ],
  [
    { containers: [{ name: 'a', image: 'b', lifecycle: { preStop: {} } }] },
    'spec.containers[0].lifecycle.preStop: Required value: must specify a handler type',
  ],
  [
    { containers: [{ name: 'a', image: 'b', lifecycle: { postStart: { exec: {} } } }] },
    'spec.containers[0].lifecycle.postStart.exec.command: Required value',
  ],
  [
    { containers: [{ name: 'a', image: 'b', lifecycle: { preStop: { sleep: { seconds: -1 } } } }] },
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: -1: must be non-negative and less than terminationGracePeriodSeconds (30)',
  ],
  [
    { containers: [{ name: 'a', image: 'b', lifecycle: { preStop: { sleep: { seconds: 100 } } } }] },
    'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 100: must be non-negative and less than terminationGracePeriodSeconds (30)',
  ],
  [
    { containers: [{ name: 'a', image: 'b', restartPolicy: 'Nope' }] },
    'spec.containers[0].restartPolicy: Unsupported value: "Nope": supported values: "Always", "Never", "OnFailure"',
  ],
  [
    { containers: [{ name: 'a', image: 'b', resizePolicy: [{ resourceName: 'gpu', restartPolicy: 'x' }] }] },
    'spec.containers[0].resizePolicy: Unsupported value: "gpu": supported values: "cpu", "memory"',
    'spec.containers[0].resizePolicy: Unsupported value: "x": supported values: "NotRequired", "RestartContainer"',
  ],
  [
    { initContainers: [{ name: 'i', image: 'b', restartPolicy: 'X' }] },
    'spec.initContainers[0].restartPolicy: Unsupported value: "X": supported values: "Always", "Never", "OnFailure"',
  ],
  [
    { initContainers: [{ name: 'i', image: 'b', lifecycle: { preStop: { exec: { command: ['a'] } } } }] },
    'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { privileged: true, allowPrivilegeEscalation: false } }] },
    'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { runAsUser: -1, runAsGroup: -1 } }] },
    'spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    'spec.containers[0].securityContext.runAsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { procMount: 'X' } }] },
    'spec.containers[0].securityContext.procMount: Unsupported value: "X": supported values: "Default", "Unmasked"',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { procMount: 'Unmasked' } }] },
    'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false to use `Unmasked`',
  ],
  [
    {
      containers: [
        {
          name: 'a',
          image: 'b',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } },
        },
      ],
    },
    'spec.containers[0].securityContext: Invalid value: {"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},"Privileged":null,"SELinuxOptions":null,"Wind',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { seccompProfile: {} } }] },
    'spec.containers[0].securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { seccompProfile: { type: 'Localhost' } } }] },
    'spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
  ],
  [
    {
      containers: [
        {
          name: 'a',
          image: 'b',
          securityContext: { seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' } },
        },
      ],
    },
    'spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set w',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { seccompProfile: { type: 'X' } } }] },
    'spec.containers[0].securityContext.seccompProfile.type: Unsupported value: "X": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
  ],
  [
    {
      containers: [
        { name: 'a', image: 'b', securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: '/a' } } },
      ],
    },
    'spec.containers[0].securityContext.seccompProfile.localhostProfile: Invalid value: "/a": must be a relative path',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { appArmorProfile: { type: 'X' } } }] },
    'spec.containers[0].securityContext.appArmorProfile.type: Unsupported value: "X": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
  ],
  [
    { containers: [{ name: 'a', image: 'b', securityContext: { appArmorProfile: { type: 'Localhost' } } }] },
    'spec.containers[0].securityContext.appArmorProfile.localhostProfile: Required value: must be set when AppArmor type is Localhost',
  ],
  [
    {
      containers: [
        { name: 'a', image: 'b', securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: ' a' } } },
      ],
    },
    'spec.containers[0].securityContext.appArmorProfile.localhostProfile: Invalid value: " a": must not be padded with whitespace',
  ],
  [
    { securityContext: { runAsUser: -1, runAsGroup: -1, fsGroup: -1, supplementalGroups: [-1] } },
    'spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    'spec.securityContext.runAsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    'spec.securityContext.supplementalGroups[0]: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ],
  [
    { securityContext: { fsGroupChangePolicy: 'X' } },
    'spec.securityContext.fsGroupChangePolicy: Unsupported value: "X": supported values: "Always", "OnRootMismatch"',
  ],
  [
    { securityContext: { supplementalGroupsPolicy: 'X' } },
    'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "X": supported values: "Merge", "Strict"',
  ],
  [
    {
      securityContext: {
        sysctls: [
          { name: '', value: '' },
          { name: 'A B', value: '' },
        ],
      },
    },
    'spec.securityContext.sysctls[0].name: Required value',
    'spec.securityContext.sysctls[1].name: Invalid value: "A B": must have at most 253 characters and match',
  ],
  [
    {
      securityContext: {
        sysctls: [
          { name: 'a', value: '' },
          { name: 'a', value: '' },
        ],
      },
    },
    'spec.securityContext.sysctls[1].name: Duplicate value: "a"',
  ],
  [
    { securityContext: { seccompProfile: { type: 'X' } } },
    'spec.securityContext.seccompProfile.type: Unsupported value: "X": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
  ],
  [
    { securityContext: { seLinuxChangePolicy: 'X' } },
    'spec.securityContext.seLinuxChangePolicy: Unsupported value: "X": supported values: "Recursive"',
  ],
  [
    { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.a', value: '' }] } },
    'spec.securityContext.sysctls[0].name: Invalid value: "net.a": may not be specified when \'hostNetwork\' is true',
  ],
  [
    { shareProcessNamespace: true, hostPID: true },
    'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
  ],
  [{ hostUsers: false, hostNetwork: true }, 'spec.hostNetwork: Forbidden: when `hostUsers` is false'],
  [
    { restartPolicy: 'X' },
    'spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    { dnsPolicy: 'X' },
    'spec.dnsPolicy: Unsupported value: "X": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
  ],
  [{ dnsPolicy: 'None' }, 'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
  [
    { dnsConfig: { nameservers: ['x', '1.1.1.1', '1.1.1.2', '1.1.1.3'] } },
    'spec.dnsConfig.nameservers: Invalid value: ["x","1.1.1.1","1.1.1.2","1.1.1.3"]: must not have more than 3 nameservers',
    'spec.dnsConfig.nameservers[0]: Invalid value: "x": must be a valid IP address,',
  ],
  [
    { dnsConfig: { searches: ['-'], options: [{ name: '' }] } },
    'spec.dnsConfig.searches[0]: Invalid value: "-": a lowercase RFC 1123 subdomain',
    'spec.dnsConfig.options[0]: Required value: must not be empty',
  ],
  [{ os: { name: 'mac' } }, 'spec.os: Unsupported value: "mac": supported values: "linux", "windows"'],
  [{ os: {} }, 'spec.os.name: Required value'],
  [
    { resourceClaims: [{ name: 'A' }] },
    'spec.resourceClaims[0].name: Invalid value: "A": a lowercase RFC 1123 label',
    'spec.resourceClaims[0]: Invalid value: {"Name":"A","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName',
  ],
  [
    { resourceClaims: [{ name: 'a', resourceClaimName: 'x', resourceClaimTemplateName: 'y' }] },
    'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":"x","ResourceClaimTemplateName":"y"}: at most one of `resourceClaimName` or `re',
  ],
  [
    { volumes: [{ name: 'v', nfs: { server: '', path: '' } }] },
    'spec.volumes[0].nfs.server: Required value',
    'spec.volumes[0].nfs.path: Required value',
    'spec.volumes[0].nfs.path: Invalid value: "": must be an absolute path',
  ],
  [
    { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'a' }, configMap: { name: 'b' } }] } }] },
    'spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type',
  ],
  [
    {
      volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: '', expirationSeconds: 10 } }] } }],
    },
    'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
    'spec.volumes[0].projected.path: Required value',
  ],
  [
    {
      volumes: [
        {
          name: 'v',
          projected: {
            sources: [{ secret: { name: '' } }, { configMap: { name: '', items: [{ key: 'a', path: 'x' }] } }],
          },
        },
      ],
    },
    'spec.volumes[0].projected.sources[0].secret.name: Required value',
    'spec.volumes[0].projected.sources[1].configMap.name: Required value',
  ],
  [
    { volumes: [{ name: 'v', iscsi: {} }] },
    'spec.volumes[0].iscsi.targetPortal: Required value',
    'spec.volumes[0].iscsi.iqn: Required value',
  ],
  [
    { volumes: [{ name: 'v', rbd: {} }] },
    'spec.volumes[0].rbd.monitors: Required value',
    'spec.volumes[0].rbd.image: Required value',
  ],
  [{ volumes: [{ name: 'v', image: {} }] }, 'spec.volumes[0].image.reference: Required value'],
  [
    { volumes: [{ name: 'v', image: { reference: 'a', pullPolicy: 'x' } }] },
    'spec.volumes[0].image.pullPolicy: Unsupported value: "x": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [{ volumes: [{ name: 'v', gcePersistentDisk: {} }] }, 'spec.volumes[0].persistentDisk.pdName: Required value'],
  [
    { volumes: [{ name: 'v', awsElasticBlockStore: {} }] },
    'spec.volumes[0].awsElasticBlockStore.volumeID: Required value',
  ],
  [
    { volumes: [{ name: 'v', azureDisk: {} }] },
    'spec.volumes[0].azureDisk.diskName: Required value',
    'spec.volumes[0].azureDisk.diskURI: Required value',
  ],
  [
    { volumes: [{ name: 'v', azureFile: {} }] },
    'spec.volumes[0].azureFile.secretName: Required value',
    'spec.volumes[0].azureFile.shareName: Required value',
  ],
  [
    { volumes: [{ name: 'v', fc: {} }] },
    'spec.volumes[0].fc.targetWWNs: Required value: must specify either targetWWNs or wwids, but not both',
  ],
  [{ volumes: [{ name: 'v', flexVolume: {} }] }, 'spec.volumes[0].flexVolume.driver: Required value'],
  [{ volumes: [{ name: 'v', cephfs: {} }] }, 'spec.volumes[0].cephfs.monitors: Required value'],
  [{ volumes: [{ name: 'v', gitRepo: {} }] }, 'spec.volumes[0].gitRepo.repository: Required value'],
  [
    { volumes: [{ name: 'v', glusterfs: {} }] },
    'spec.volumes[0].glusterfs.endpoints: Required value',
    'spec.volumes[0].glusterfs.path: Required value',
  ],
  [{ volumes: [{ name: 'v', cinder: {} }] }, 'spec.volumes[0].cinder.volumeID: Required value'],
  [{ volumes: [{ name: 'v', portworxVolume: {} }] }, 'spec.volumes[0].portworxVolume.volumeID: Required value'],
  [{ volumes: [{ name: 'v', vsphereVolume: {} }] }, 'spec.volumes[0].vsphereVolume.volumePath: Required value'],
])('%j', (spec, ...why) => {
  const pod = { metadata: { name: 'x' }, spec: { containers, ...spec } } as Json;
  const said = new Rig().say('POST', '/api/v1/namespaces/lab/pods', pod);
  expect(said).toMatch(/^422 /);
  for (const words of why) expect(said).toContain(words);
});
