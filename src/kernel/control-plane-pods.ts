import { freezeDeep } from '../base/state';
import type { Pod } from '../api/objects';
import type { ControlPlaneComponent } from './control-plane';

/** The static Pods of a control-plane node, as kubeadm writes them to /etc/kubernetes/manifests. */

export const CONTROL_PLANE_LABEL = 'node-role.kubernetes.io/control-plane';

interface Program {
  image: string;
  requests: Record<string, string>;
  command: (node: string, nodes: readonly string[]) => string[];
  /** Name of a volume → its path on the machine. */
  volumes: Record<string, string>;
}

const VERSION = 'v1.36.3';
const client = (name: string): string[] =>
  ['authentication-', 'authorization-', ''].map((use) => `--${use}kubeconfig=/etc/kubernetes/${name}.conf`);
const urls = (nodes: readonly string[], port: number): string =>
  nodes.map((node) => `https://${node}:${port}`).join(',');

const PROGRAMS: Record<ControlPlaneComponent, Program> = {
  etcd: {
    image: 'registry.k8s.io/etcd:3.6.8-0',
    requests: { cpu: '100m', memory: '100Mi' },
    command: (node, nodes) => [
      'etcd',
      `--advertise-client-urls=${urls([node], 2379)}`,
      '--data-dir=/var/lib/etcd',
      `--initial-advertise-peer-urls=${urls([node], 2380)}`,
      `--initial-cluster=${nodes.map((one) => `${one}=https://${one}:2380`).join(',')}`,
      `--name=${node}`,
    ],
    volumes: { 'etcd-certs': '/etc/kubernetes/pki/etcd', 'etcd-data': '/var/lib/etcd' },
  },
  'kube-apiserver': {
    image: `registry.k8s.io/kube-apiserver:${VERSION}`,
    requests: { cpu: '250m' },
    /* All members, not only the machine's own: the loss of a member is nothing to any API server. */
    command: (_node, nodes) => [
      'kube-apiserver',
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      `--etcd-servers=${urls(nodes, 2379)}`,
      '--secure-port=6443',
      '--service-cluster-ip-range=10.96.0.0/12',
    ],
    volumes: { 'k8s-certs': '/etc/kubernetes/pki' },
  },
  'kube-controller-manager': {
    image: `registry.k8s.io/kube-controller-manager:${VERSION}`,
    requests: { cpu: '200m' },
    command: () => [
      'kube-controller-manager',
      '--allocate-node-cidrs=true',
      ...client('controller-manager'),
      '--leader-elect=true',
      '--use-service-account-credentials=true',
    ],
    volumes: { 'k8s-certs': '/etc/kubernetes/pki', kubeconfig: '/etc/kubernetes/controller-manager.conf' },
  },
  'kube-scheduler': {
    image: `registry.k8s.io/kube-scheduler:${VERSION}`,
    requests: { cpu: '100m' },
    command: () => ['kube-scheduler', ...client('scheduler'), '--leader-elect=true'],
    volumes: { kubeconfig: '/etc/kubernetes/scheduler.conf' },
  },
};

/** The images that a control-plane node has on its disk from the start. */
export const CONTROL_PLANE_IMAGES = Object.values(PROGRAMS).map(({ image }) => image);

/** The manifest of a component on a node. The kubelet adds the node to its name. */
export function manifestOf(component: ControlPlaneComponent, node: string, nodes: readonly string[]): Pod {
  const { image, requests, command, volumes } = PROGRAMS[component];
  const names = Object.keys(volumes);
  const container = {
    name: component,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: command(node, nodes),
    resources: { requests },
    volumeMounts: names.map((name) => ({
      name,
      mountPath: volumes[name]!,
      ...(name === 'etcd-data' ? {} : { readOnly: true }),
    })),
  };
  return freezeDeep({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: component, namespace: 'kube-system', labels: { component, tier: 'control-plane' } },
    spec: {
      containers: [container],
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      tolerations: [{ operator: 'Exists', effect: 'NoExecute' }],
      volumes: names.map((name) => ({
        name,
        hostPath: {
          path: volumes[name]!,
          type: volumes[name]!.endsWith('.conf') ? 'FileOrCreate' : 'DirectoryOrCreate',
        },
      })),
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
    },
  } as unknown as Pod);
}
