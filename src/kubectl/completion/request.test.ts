import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FakeCluster } from '../fake-cluster.rig';
import { runKubectl } from '../run';

const cluster = new FakeCluster([
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'trainer-0', namespace: 'default' },
    spec: { initContainers: [{ name: 'fetch' }], containers: [{ name: 'main', ports: [{ containerPort: 8080 }] }] },
  },
]);

async function asked(...words: string[]): Promise<{ out: string; err: string; code: number }> {
  const printed = { out: '', err: '', code: 0 };
  printed.code = await runKubectl(words, cluster, {
    stdout: (text) => (printed.out += text),
    stderr: (text) => (printed.err += text),
    readFile: () => undefined,
    nowMs: () => 0,
  });
  return printed;
}

describe('what a shell is answered', () => {
  it.each([
    [['rollout', 'pa'], 'pause\tMark the provided resource as paused\n:4\n'],
    [['get', 'pods', ''], 'trainer-0\n:4\n'],
    [['logs', 'trainer-0', ''], 'fetch\nmain\n:4\n'],
    [['port-forward', 'trainer-0', '9:'], '9:8080\n:4\n'],
    [['logs', 'jo'], 'jobs/\n:6\n'],
    [['apply', '-f', ''], 'json\nyaml\nyml\n:8\n'],
    [['get', 'pods', '--nosuch', ''], ':0\n'],
  ])('%j', async (line, out) => {
    expect(await asked('__complete', ...line)).toMatchObject({ out, code: 0 });
  });

  it('leaves meanings out where none are wanted', async () => {
    expect((await asked('__completeNoDesc', 'rollout', 'pa')).out).toBe('pause\n:4\n');
  });

  it('wants a word', async () => {
    expect(await asked('__complete')).toEqual({
      out: '',
      err: 'error: requires at least 1 arg(s), only received 0\n',
      code: 1,
    });
  });
});

/** Bash with the script, a kubectl that answers the same to everything, and what readline would hand over. */
function inBash(parts: string[], answer: string): string[] {
  const line = parts.join('');
  const words = parts.filter((part) => part !== ' ');
  const script = fileURLToPath(new URL('./scripts/kubectl.bash', import.meta.url));
  const { stdout } = spawnSync('bash', ['--noprofile', '--norc', '-s'], {
    encoding: 'utf8',
    input: `
kubectl() { printf '%s,' "$@" >&3; printf '%s\\n' ${answer}; }
exec 3>&1
source ${script}
COMP_LINE='${line}' COMP_POINT=${line.length} COMP_TYPE=9 COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
__kubectl_complete 2>/dev/null
printf '\\n'
printf '%s\\n' "\${COMPREPLY[@]}"
`,
  });
  return stdout.trimEnd().split('\n');
}

describe.skipIf(process.platform === 'win32' || spawnSync('bash', ['--version']).status !== 0)('in bash', () => {
  it.each([
    [['kubectl', ' ', 'get', ' ', 'po'], "pods ':4'", ['__complete,get,po,', 'pods']],
    [['kubectl', ' ', 'get', ' ', ''], "pods ':4'", ['__complete,get,,', 'pods']],
    [['kubectl', ' ', 'get', ' ', '--output', '=', 'j'], "json ':4'", ['__complete,get,--output=j,', 'json']],
    [['kubectl', ' ', 'port-forward', ' ', 'a', ' ', '9', ':'], "9:80 ':4'", ['__complete,port-forward,a,9:,', '80']],
    [['kubectl', ' ', 'r'], "$'run\\tA' $'rollout\\tB' ':4'", ['__complete,r,', 'run      (A)', 'rollout  (B)']],
    [['kubectl', ' ', 'x'], "':0'", ['__complete,x,']],
    [['kubectl', ' ', 'x'], "y ':1'", ['__complete,x,']],
  ])('%j', (parts, answer, said) => {
    expect(inBash(parts, answer)).toEqual(said);
  });
});
