import type { DaemonSet, Draft } from '../../api/objects';
import { account, NAMESPACE, type AddOn } from './add-on';

/** What runs on each node, or on each that has devices of a kind. */

interface Daemon {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: object;
}

function daemonSet({ name, labels, spec }: Daemon): AddOn['workload'] {
  const draft = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: 'RollingUpdate' },
      template: { metadata: { labels }, spec: { priorityClassName: 'system-node-critical', ...spec } },
    },
  };
  return { resource: 'daemonsets', draft: draft as unknown as Draft<DaemonSet> };
}

/** Models cmd/kubeadm/app/phases/addons/proxy; it is told by flags what kubeadm writes into a file. */
export const KUBE_PROXY: AddOn = {
  objects: [account('kube-proxy')],
  workload: daemonSet({
    name: 'kube-proxy',
    labels: { 'k8s-app': 'kube-proxy' },
    spec: {
      hostNetwork: true,
      serviceAccountName: 'kube-proxy',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }],
      containers: [
        {
          name: 'kube-proxy',
          image: 'registry.k8s.io/kube-proxy:v1.36.3',
          imagePullPolicy: 'IfNotPresent',
          command: ['/usr/local/bin/kube-proxy', '--proxy-mode=iptables', '--hostname-override=$(NODE_NAME)'],
          env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
          securityContext: { privileged: true },
          volumeMounts: [
            { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
            { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
        { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
      ],
    },
  }),
};

interface DevicePlugin {
  readonly name: string;
  readonly label: string;
  readonly container: string;
  readonly image: string;
  readonly resource: string;
  /** Labels of the nodes that have such devices: one of them is enough. */
  readonly nodes: readonly string[];
}

function devicePlugin({ name, label, container, image, resource, nodes }: DevicePlugin): AddOn {
  const nodeSelectorTerms = nodes.map((key) => ({ matchExpressions: [{ key, operator: 'Exists' }] }));
  const spec = {
    serviceAccountName: label,
    /* A node keeps strangers away by other taints besides: its devices are there nevertheless. */
    tolerations: [
      { operator: 'Exists', effect: 'NoExecute' },
      { operator: 'Exists', effect: 'NoSchedule' },
    ],
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    containers: [
      {
        name: container,
        image,
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'device-plugin', mountPath: '/var/lib/kubelet/device-plugins' }],
      },
    ],
    volumes: [{ name: 'device-plugin', hostPath: { path: '/var/lib/kubelet/device-plugins' } }],
  };
  return { objects: [account(label)], workload: daemonSet({ name, labels: { name: label }, spec }), resource };
}

export const NVIDIA_DEVICE_PLUGIN = devicePlugin({
  name: 'nvidia-device-plugin-daemonset',
  label: 'nvidia-device-plugin-ds',
  container: 'nvidia-device-plugin-ctr',
  image: 'nvcr.io/nvidia/k8s-device-plugin:v0.17.1',
  resource: 'nvidia.com/gpu',
  nodes: ['nvidia.com/gpu.product', 'cloud.google.com/gke-accelerator'],
});

export const TPU_DEVICE_PLUGIN = devicePlugin({
  name: 'tpu-device-plugin',
  label: 'tpu-device-plugin',
  container: 'tpu-device-plugin',
  image: 'gke.gcr.io/tpu-device-plugin:v1.36.3',
  resource: 'google.com/tpu',
  nodes: ['cloud.google.com/gke-tpu-accelerator'],
});
