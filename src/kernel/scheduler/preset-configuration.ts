import type { ConfigMap, Draft } from '../../api/objects';

/** Where the cluster holds the scheduler's configuration; the scheduler reads it anew when it changes. */
export const CONFIGURATION_KEY = 'kube-system/kube-scheduler';
export const CONFIGURATION_FIELD = 'config.yaml';

/** Beside the default a profile that fills GPU nodes before it begins another one: `schedulerName: bin-packing`. */
export const CONFIGURATION = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: default-scheduler
- schedulerName: bin-packing
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy:
        type: RequestedToCapacityRatio
        resources:
        - name: nvidia.com/gpu
          weight: 5
        - name: cpu
          weight: 1
        - name: memory
          weight: 1
        requestedToCapacityRatio:
          shape:
          - utilization: 0
            score: 0
          - utilization: 100
            score: 10
`;

/** What the text parses to. */
export const CONFIGURATION_READ = {
  apiVersion: 'kubescheduler.config.k8s.io/v1',
  kind: 'KubeSchedulerConfiguration',
  profiles: [
    { schedulerName: 'default-scheduler' },
    {
      schedulerName: 'bin-packing',
      pluginConfig: [
        {
          name: 'NodeResourcesFit',
          args: {
            scoringStrategy: {
              type: 'RequestedToCapacityRatio',
              resources: [
                { name: 'nvidia.com/gpu', weight: 5 },
                { name: 'cpu', weight: 1 },
                { name: 'memory', weight: 1 },
              ],
              requestedToCapacityRatio: {
                shape: [
                  { utilization: 0, score: 0 },
                  { utilization: 100, score: 10 },
                ],
              },
            },
          },
        },
      ],
    },
  ],
};

export const SCHEDULER_CONFIGURATION: Draft<ConfigMap> = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'kube-system', name: 'kube-scheduler' },
  data: { [CONFIGURATION_FIELD]: CONFIGURATION },
};
