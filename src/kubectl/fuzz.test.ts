import { expect, it } from 'vitest';
import { nextFraction, seedRandom } from '../base/random';
import { COMMANDS } from './commands/registry';
import type { Command } from './command';
import { FakeCluster } from './fake-cluster.rig';
import { GLOBAL_FLAGS } from './flags/standard';

const RUNS = 1500;
const JAVASCRIPT = /Cannot read|is not a function|is not iterable|undefined|\[object Object\]|Maximum call|NaN/;
const WORDS = [
  'pod',
  'pods',
  'pod/a',
  'po,svc',
  'deploy/web',
  'deploy',
  'web',
  'a',
  'ghost',
  'node',
  'node/n',
  'n',
  'x=1',
  'x-',
  'x=1:NoSchedule',
  '--',
  '-',
  'podz',
  'pod/',
  '/x',
  'a/b/c',
  '',
  '=',
  '{',
  '80',
  '[::1]',
  'job.batch',
  'all',
  'pod.spec.containers',
  '/healthz',
  'get',
  '__proto__',
  'constructor',
];
const VALUES = [
  '',
  'x',
  '1',
  '-1',
  'yaml',
  'json',
  'name',
  'wide',
  'jsonpath={.items[*].metadata.name}',
  'jsonpath={',
  'go-template={{.}}',
  'go-template={{',
  'custom-columns=A:.b',
  'f.yaml',
  '-',
  'a=b',
  'a in (b',
  'client',
  'server',
  'none',
  '5s',
  'condition=Ready',
  'delete',
  'jsonpath={.a}=b',
  '{"spec":{}}',
  '[',
  'true',
];
const FILES = [
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
  'apiVersion: v1\nkind: List\nitems: [{}, null, 1]\n',
  'kind: Pod\n',
  '[1, 2]',
  '"text"',
  '{"apiVersion": "v1", "kind": "Pod", "metadata": null}',
  'apiVersion: v1\nkind: Pod\nmetadata: {name: [1]}\nspec: {containers: {a: b}}\n',
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, __proto__: {x: 1}}\nspec: {template: 1, selector: []}\n',
  '\u0000\u0001',
];

it('answers any command line with words of its own', { timeout: 120_000 }, async () => {
  const state = seedRandom(20260615, 'kubectl');
  const pick = <T>(list: readonly T[]): T => list[Math.floor(nextFraction(state) * list.length)]!;
  const wrong: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const cluster = new FakeCluster([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a' },
        spec: { containers: [{ name: 'main', image: 'x' }] },
        status: {},
      },
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: {} },
    ]);
    const { args, command } = line(pick, () => nextFraction(state));
    const file = pick(FILES);
    const signal = AbortSignal.timeout(400);
    const io = {
      readFile: (name: string) => (name === 'f.yaml' ? file : undefined),
      fileNames: () => ['f.yaml'],
      stdin: file,
      signal,
    };
    const { out, err, code } = await cluster.kubectl(args, io);
    expect(Number.isInteger(code)).toBe(true);
    if (JAVASCRIPT.test(err) || (JAVASCRIPT.test(out) && command.run))
      wrong.push(`${JSON.stringify(args)} ${JSON.stringify(file)}: ${err || out}`);
  }
  expect(wrong).toEqual([]);
});

type Pick = <T>(list: readonly T[]) => T;

function line(pick: Pick, chance: () => number): { args: string[]; command: Command } {
  let command = pick(COMMANDS);
  const args = [command.name];
  while (command.commands && chance() < 0.8) {
    command = pick(command.commands);
    args.push(command.name);
  }
  const flags = [...(command.flags ?? []), ...(command.flags ?? []), ...GLOBAL_FLAGS].filter(
    ({ name }) => name !== 'help',
  );
  while (chance() < 0.75) args.push(pick(WORDS));
  while (flags.length > 0 && chance() < 0.7) {
    const flag = pick(flags);
    args.push(flag.bare === undefined ? `--${flag.name}=${pick(VALUES)}` : `--${flag.name}`);
  }
  for (const flag of flags) if (flag.required && chance() < 0.8) args.push(`--${flag.name}=${pick(VALUES)}`);
  return { args, command };
}
