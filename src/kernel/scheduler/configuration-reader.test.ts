import { describe, expect, test } from 'vitest';
import { readConfiguration } from './configuration-reader';
import { parseYaml } from '../apiserver/decode/body';
import { CONFIGURATION, CONFIGURATION_READ, SCHEDULER_CONFIGURATION } from './preset-configuration';
import { PLUGIN_NAMES } from './registry';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const read = (text: string): ReturnType<typeof readConfiguration> => readConfiguration(HEAD + text, PLUGIN_NAMES);
const strategy = (text: string): string =>
  `profiles:\n- pluginConfig:\n  - name: NodeResourcesFit\n    args: {scoringStrategy: ${text}}\n`;

describe('a KubeSchedulerConfiguration', () => {
  test('without anything is the default', () => {
    expect(read('')).toEqual({
      percentageOfNodesToScore: 0,
      podInitialBackoffSeconds: 1,
      podMaxBackoffSeconds: 10,
      profiles: [{ schedulerName: 'default-scheduler' }],
    });
  });

  test('of the presets is known without parsing it', () => {
    expect(CONFIGURATION_READ).toEqual(parseYaml(CONFIGURATION));
  });

  test('of the presets has a profile that packs GPUs', () => {
    const text = SCHEDULER_CONFIGURATION.data!['config.yaml']!;
    expect(readConfiguration(text, PLUGIN_NAMES).profiles[1]).toMatchObject({
      schedulerName: 'bin-packing',
      pluginArgs: {
        NodeResourcesFit: {
          scoringStrategy: {
            type: 'RequestedToCapacityRatio',
            resources: [{ name: 'nvidia.com/gpu', weight: 5 }, {}, {}],
          },
        },
      },
    });
  });

  test.each([
    ['percentageOfNodesToScore: 101', 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
    ['podInitialBackoffSeconds: 0', 'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0'],
    [
      'podInitialBackoffSeconds: 20',
      'podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds',
    ],
    ['profiles: [{}, {}]', 'profiles[1].schedulerName: Duplicate value: "default-scheduler"'],
    ['profiles: [{schedulername: x}]', 'strict decoding error: unknown field "profiles[0].schedulername"'],
    [
      'profiles: [{plugins: {score: {enabled: [{name: Nope}]}}}]',
      'profiles[0].plugins.score.enabled[0].name: Invalid value: "Nope": there is no such plugin',
    ],
    [
      strategy('{type: Best}'),
      'profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    ],
    [
      strategy('{type: RequestedToCapacityRatio}'),
      'profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape: Required value: at least one point must be specified',
    ],
    ['profiles: 7', 'profiles: must be a list'],
    ['profiles: [7]', 'profiles[0]: must be a map'],
    ['__proto__: {a: 1}', 'strict decoding error: unknown field "__proto__"'],
  ])('%s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test.each(['', '- a', 'a: [', 'a: &x [*x]'])('what is none: %j', (text) => {
    expect(() => readConfiguration(text, PLUGIN_NAMES)).toThrow();
  });
});
