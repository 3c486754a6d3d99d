// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readManifest } from './manifest';

const starter = (name: string): string => readFileSync(new URL(`../starters/${name}`, import.meta.url), 'utf8');

describe('readManifest', () => {
  it.each([
    ['train-job.yaml', ['PersistentVolumeClaim ckpt', 'Job train-sgd']],
    ['train-local-disk.yaml', ['PersistentVolumeClaim ckpt-disk', 'Job train-disk']],
    ['infer.yaml', ['Deployment infer', 'Service infer', 'Deployment load']],
  ])('reads the starter %s', (name, objects) => {
    const { documents, problems } = readManifest(starter(name));
    expect(problems).toEqual([]);
    expect(documents.map((document) => `${document.kind} ${document.name}`)).toEqual(objects);
  });

  it('knows the line of each field of the file', () => {
    const text = starter('train-job.yaml');
    const [claim, job] = readManifest(text).documents;
    const lines = text.split('\n');
    expect(
      lines[job!.lineOf(['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'nvidia.com/gpu']) - 1],
    ).toContain('nvidia.com/gpu: 1');
    expect(lines[claim!.lineOf(['spec', 'accessModes']) - 1]).toContain('accessModes');
    expect(lines[job!.lineOf(['spec', 'template', 'spec', 'tolerations', 0, 'key']) - 1]).toContain('spec:');
    expect(lines[job!.fromLine - 1]).toBe('apiVersion: batch/v1');
    expect(claim!.fromLine).toBe(3);
  });

  it.each<[string, string, number, RegExp]>([
    ['a tab', 'kind: A\n\tb: 1\n', 2, /yaml/],
    ['an open quote', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "x\n', 4, /yaml/],
    ['a scalar', 'only text', 1, /begins with apiVersion/],
    ['a missing kind', 'apiVersion: v1\nmetadata: {name: x}\n', 1, /kind not set/],
    ['the second document', 'apiVersion: v1\nkind: Pod\n---\nkind: [\n', 4, /yaml/],
    ['a key that is there twice', 'apiVersion: v1\nkind: Pod\nkind: Job\n', 3, /twice/],
  ])('points at %s', (_what, text, line, words) => {
    const [problem] = readManifest(text).problems;
    expect(problem?.message).toMatch(words);
    expect(problem?.line).toBe(line);
  });

  it('survives what is made to break readers', () => {
    const deep = `${'a: {'.repeat(1)}${'b: {'.repeat(2000)}${'}'.repeat(2001)}`;
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((key, index) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}\n`;
    for (const text of [
      deep,
      bomb,
      '__proto__: {polluted: 1}\napiVersion: v1\nkind: Pod\n',
      '\u0000',
      'a: !!js/function x',
    ]) {
      readManifest(text);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(readManifest('x'.repeat(5_000_000)).problems[0]?.message).toMatch(/too long/);
  });

  it('sees nothing in what holds nothing', () => {
    for (const text of ['', '\n\n', '# a remark\n', '---\n---\n'])
      expect(readManifest(text)).toEqual({ documents: [], problems: [] });
  });
});
