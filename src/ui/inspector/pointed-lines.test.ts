import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../api/json';
import type { SchedulingRecord } from '../../api/scheduling';
import { readManifest } from '../editor/manifest';
import { pointedLines } from './pointed-lines';
import { fieldsBehind, type Spellings } from './responsible-fields';
import { at } from './reading';

const TEXT = `kind: Pod
spec:
  nodeSelector:
    zone: a
  tolerations:
  - key: x
  containers:
  - name: a
    ports:
    - containerPort: 80
      hostPort: 80
    resources:
      limits:
        cpu: 4
        nvidia.com/gpu: 8
  - name: b
    resources:
      requests:
        cpu: 1
  volumes:
  - name: data
    persistentVolumeClaim:
      claimName: ckpt
`;

const document = readManifest(TEXT).documents[0]!;

/** The Pod as the API server keeps it: what is limited is requested too. */
const pod: JsonMap = structuredClone(document.value);
((pod['spec'] as JsonMap)['containers'] as JsonMap[])[0]!['resources'] = {
  limits: { cpu: '4', 'nvidia.com/gpu': '8' },
  requests: { cpu: '4', 'nvidia.com/gpu': '8' },
};

function placeOf(spellings: Spellings): { file: string; line: number; held: boolean } {
  const written = spellings.find((path) => at(document.value, ...path) !== undefined);
  return { file: 'pod.yaml', line: document.lineOf(written ?? spellings[0]!), held: written !== undefined };
}

describe('the fields behind a refusal', () => {
  it.each<[string, string, string[]]>([
    ['NodeResourcesFit', 'Insufficient nvidia.com/gpu', ['nvidia.com/gpu: 8']],
    ['NodeResourcesFit', 'Insufficient cpu', ['cpu: 4', 'cpu: 1']],
    ['NodeResourcesFit', 'Too many pods', []],
    ['NodeResourcesFit', 'Insufficient __proto__', []],
    ['TaintToleration', 'node(s) had untolerated taint(s)', ['tolerations:']],
    ['NodeAffinity', "node(s) didn't match Pod's node affinity/selector", ['zone: a']],
    ['NodePorts', "node(s) didn't have free ports for the requested pod ports", ['hostPort: 80']],
    ['VolumeBinding', 'node(s) had volume node affinity conflict', ['claimName: ckpt']],
    ['NodeUnschedulable', 'node(s) were unschedulable', []],
  ])('%s, %s', (plugin, reason, lines) => {
    const all = TEXT.split('\n').map((line) => line.trim().replace(/^- /, ''));
    const found = fieldsBehind(pod, plugin, reason).map((field) => all[placeOf(field).line - 1]);
    expect(found).toEqual(lines);
  });
});

describe('the lines pointed at', () => {
  const refusal = (plugin: string, reason: string, count: number): SchedulingRecord['refusals'][number] => ({
    plugin,
    code: 'Unschedulable',
    reasons: [reason],
    count,
    nodes: [],
  });

  it('say how many nodes each of them rules out', () => {
    const refusals = [
      refusal('NodeResourcesFit', 'Insufficient nvidia.com/gpu', 3),
      refusal('NodeAffinity', "node(s) didn't match Pod's node affinity/selector", 1),
      refusal('NodeUnschedulable', 'node(s) were unschedulable', 2),
    ];
    const lines = pointedLines({ refusals, nodes: 6 } as unknown as SchedulingRecord, pod, placeOf);
    expect(lines).toEqual([
      { file: 'pod.yaml', line: 15, words: '3 nodes out' },
      { file: 'pod.yaml', line: 4, words: '1 node out' },
    ]);
  });
});
