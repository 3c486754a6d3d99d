import type { Event, Node, Pod } from '../../api/objects';
import { SchedulerAlone } from './scheduler-alone';

/** A second profile, that fills one node after another. */
export const PACKER = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: default-scheduler
- schedulerName: packer
  plugins:
    score:
      disabled:
      - name: NodeResourcesBalancedAllocation
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy:
        type: MostAllocated
        resources:
        - name: cpu
          weight: 1
`;

/** A scheduler alone, with what tests say to it. */
export class Rig extends SchedulerAlone {
  constructor() {
    super(7);
  }

  /** What the cluster holds as the scheduler's configuration. */
  configure(text: string): void {
    const metadata = { name: 'kube-scheduler', namespace: 'kube-system' };
    const data = { 'config.yaml': text };
    if (this.admin.get('configmaps', 'kube-system', 'kube-scheduler')) {
      this.admin.patch('configmaps', 'kube-system', 'kube-scheduler', (one) => ({ ...one, data }));
    } else this.create('configmaps', { kind: 'ConfigMap', metadata, data });
  }

  node(
    name: string,
    allocatable: Record<string, string>,
    taints: object[] = [],
    labels: Record<string, string> = {},
  ): void {
    const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
    this.create('nodes', { kind: 'Node', metadata, spec: { taints } });
    const sizes = { cpu: '4', memory: '16Gi', pods: '110', ...allocatable };
    this.admin.patch('nodes', '', name, (node) => ({ ...node, spec: { ...node.spec, taints } }) as Node);
    const status = { capacity: sizes, allocatable: sizes };
    this.admin.patch('nodes', '', name, (node) => ({ ...node, status: { ...node.status, ...status } }), 'status');
  }

  pod(name: string, requests: Record<string, string>, spec: object = {}, labels: Record<string, string> = {}): void {
    const resources = { requests, limits: requests };
    const containers = [{ name: 'main', image: 'busybox:1.36', resources }];
    this.create('pods', {
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels },
      spec: { containers, ...spec },
    });
  }

  get(name: string): Pod {
    return this.admin.get('pods', 'default', name)!;
  }

  nodeOf(name: string): string | undefined {
    return this.get(name).spec.nodeName;
  }

  condition(name: string): { status?: string; reason?: string; message?: string } | undefined {
    return this.get(name).status.conditions?.find(({ type }) => type === 'PodScheduled');
  }

  events(reason: string): Event[] {
    return this.admin.list('events').filter((event) => event.reason === reason);
  }

  run(ms: number): void {
    const untilMs = this.clock.nowMs + ms;
    for (let timer = this.clock.take(untilMs); timer; timer = this.clock.take(untilMs)) {
      this.handle(timer);
    }
    this.clock.moveTo(untilMs);
  }
}
