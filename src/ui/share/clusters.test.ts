// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { PRESET_NAMES, presetOf } from '../../kernel/presets';
import { CLUSTERS, DEVICES, sizeWords } from './clusters';

/* What a person chooses from is what the kernel then starts. */

const found = CLUSTERS.map((cluster) => {
  const preset = presetOf(cluster.preset);
  if ('problem' in preset) throw new Error(preset.problem);
  return { ...cluster, nodes: preset.nodes };
});

it('has every preset of the kernel that has a name', () => {
  expect(CLUSTERS.map(({ preset }) => preset)).toEqual(expect.arrayContaining([...PRESET_NAMES]));
});

describe.each(found)('$preset', ({ rows, crowd, nodes }) => {
  it('is drawn with the machines that it has', () => {
    if (crowd !== undefined) {
      expect(nodes).toHaveLength(crowd);
      expect(new Set(nodes.map(({ metadata }) => metadata.labels?.['node.kubernetes.io/instance-type'])).size).toBe(1);
      return;
    }
    const machines = nodes.map(({ metadata, spec, status }) => {
      const devices = Object.keys(DEVICES).flatMap((resource) => {
        const count = status?.allocatable?.[resource];
        return count === undefined ? [] : [[Number(count), resource]];
      });
      const taints = (spec?.taints ?? []).map(({ key }) => key);
      return {
        name: metadata.name,
        ...(devices.length > 0 ? { devices: devices[0] } : {}),
        ...(taints.length > 0 ? { taints } : {}),
      };
    });
    expect(rows.flat()).toEqual(machines);
  });
});

it.each([
  ['ml', '6 nodes, 10 GPUs'],
  ['tpu', '7 nodes, 10 GPUs, 4 TPUs'],
  ['laptop', '1 node'],
  ['empty', 'no nodes'],
  ['pool:5000xlarge', '5,000 nodes'],
])('says how large %s is', (preset, words) => {
  expect(sizeWords(CLUSTERS.find((one) => one.preset === preset)!)).toBe(words);
});
