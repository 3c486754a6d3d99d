import { describe, expect, it } from 'vitest';
import type { Frame, NodeDetail, PodDetail } from '../../protocol/frame';
import { findRows, paletteRows } from './palette-rows';

const pod = (id: number, name: string, ownerName: string): PodDetail =>
  ({
    id,
    name,
    namespace: 'default',
    ownerKind: 'Job',
    ownerName,
    claims: [],
    containerNames: [],
  }) as unknown as PodDetail;

const frame = {
  pods: { count: 2, id: Uint32Array.of(1, 2), node: Int32Array.of(0, -1), phase: Uint8Array.of(2, 0) },
  nodes: { count: 1, id: Uint32Array.of(9), flags: Uint8Array.of(1) },
  volumes: [{ key: 'default/ckpt', claim: 'ckpt', size: '10Gi' }],
  services: [{ key: 'default/infer', name: 'infer' }],
  branches: [
    { id: 'main', name: 'main' },
    { id: 'branch-1', name: 'tolerations added' },
  ],
  branch: 'main',
} as unknown as Frame;

const pods = new Map([
  [1, pod(1, 'train-sgd-x7k2p', 'train-sgd')],
  [2, pod(2, 'train-wide-9hq4m', 'train-wide')],
]);
const nodes = new Map([[9, { id: 9, name: 'gpu-a100-1' } as NodeDetail]]);
const rows = paletteRows(frame, pods, nodes);
const texts = (text: string): string[] => findRows(rows, text).map((row) => row.text);

describe('the palette', () => {
  it('finds a Pod by a piece of its name, with questions and actions about it', () => {
    expect(texts('x7k2p')).toEqual([
      'Why does train-sgd-x7k2p run on gpu-a100-1?',
      'train-sgd-x7k2p',
      'Delete train-sgd-x7k2p',
      'kubectl logs -f train-sgd-x7k2p',
      'kubectl describe pod train-sgd-x7k2p',
    ]);
  });

  it.each([
    ['why wide', 'Why is train-wide-9hq4m Pending?'],
    ['ckpt', 'ckpt'],
    ['infer', 'infer'],
    ['power', 'Power gpu-a100-1 on'],
    ['gpa1', 'gpu-a100-1'],
    ['dark', 'Change between light and dark'],
    ['2:14', 'Go to 2:14'],
    ['k get nodes', 'kubectl get nodes'],
  ])('%s', (text, first) => {
    expect(texts(text)).toContain(first);
  });

  it('finds nothing where nothing is', () => {
    expect(texts('zzzz')).toEqual([]);
  });

  it('leads to other branches and compares with them', () => {
    expect(texts('tolerations')).toEqual(['Go to branch tolerations added', 'Compare with tolerations added']);
    expect(texts('compare with main')).not.toContain('Compare with main');
  });
});
