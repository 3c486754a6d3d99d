import { expect, test } from 'vitest';
import { observeKubectl } from './observe-kubectl';

async function ask(...lines: object[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  async function* texts(): AsyncIterable<string> {
    for (const line of lines) yield JSON.stringify(line);
  }
  await observeKubectl(texts(), (line) => answers.push(JSON.parse(line)));
  return answers;
}

const RESTORE = {
  now: '2026-06-15T12:00:00Z',
  restore: [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default', uid: 'a', resourceVersion: '1' },
      spec: {},
      status: { phase: 'Active' },
    },
  ],
};
const MANIFEST = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n';
const said = (id: string, stdout: string): object => ({ id, actual: { stdout, stderr: '', code: 0 } });

test('answers every command in order and goes back to a state that is restored', async () => {
  const apply = { id: 'a', args: ['apply', '-f', 'c.yaml'], files: { 'c.yaml': MANIFEST } };
  const get = { id: 'g', args: ['get', 'cm', '-o', 'name'] };
  expect(await ask(RESTORE, apply, get, { ...apply, id: 'b' }, RESTORE, { ...apply, id: 'c' })).toEqual([
    said('a', 'configmap/c created\n'),
    said('g', 'configmap/c\n'),
    said('b', 'configmap/c unchanged\n'),
    said('c', 'configmap/c created\n'),
  ]);
});

test('reads standard input', async () => {
  expect(await ask(RESTORE, { id: 's', args: ['create', '-f', '-'], stdin: MANIFEST })).toEqual([
    said('s', 'configmap/c created\n'),
  ]);
});
