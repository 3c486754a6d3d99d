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

test("takes over on the server's side what client-side apply has left", async () => {
  const manifest = (data: string): string => `${MANIFEST}data:\n  ${data}\n`;
  const apply = (data: string, ...flags: string[]): object => ({
    id: 'a',
    args: ['apply', '-f', 'c.yaml', ...flags],
    files: { 'c.yaml': manifest(data) },
  });
  const get = (path: string): object => ({
    id: 'g',
    args: ['get', 'cm', 'c', '--show-managed-fields', '-o', `jsonpath=${path}`],
  });
  const owners = '{range .metadata.managedFields[*]}{.manager} {.operation} {.fieldsV1.f:data}\n{end}';
  expect(
    await ask(
      RESTORE,
      apply('a: "1"'),
      get(owners),
      apply('b: "1"', '--server-side'),
      get(owners),
      get('{.data}'),
      apply('b: "2"', '--server-side', '--field-manager', 'other', '--force-conflicts'),
      get(owners),
    ),
  ).toEqual([
    said('a', 'configmap/c created\n'),
    said('g', 'kubectl-client-side-apply Update {".":{},"f:a":{}}\n'),
    said('a', 'configmap/c serverside-applied\n'),
    said('g', 'kubectl-last-applied Apply \nkubectl Apply {"f:b":{}}\n'),
    said('g', '{"b":"1"}'),
    said('a', 'configmap/c serverside-applied\n'),
    said('g', 'kubectl-last-applied Apply \nother Apply {"f:b":{}}\n'),
  ]);
});
