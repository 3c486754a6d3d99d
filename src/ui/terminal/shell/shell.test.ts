import { describe, expect, it } from 'vitest';
import { Shell } from './shell';
import type { ShellHost } from './builtin';
import { isIncomplete } from './syntax';

const PODS =
  'NAME    READY   STATUS    RESTARTS   AGE\nweb-b   1/1     Running   10         3m\nweb-a   0/1     Pending   9          5m\n';
const LIST = JSON.stringify({
  items: [
    { metadata: { name: 'web-a', labels: { app: 'web' } }, spec: { nodeName: 'cpu-1' }, status: { phase: 'Running' } },
    { metadata: { name: 'web-b' }, spec: {}, status: { phase: 'Pending' } },
  ],
});

interface Rig {
  shell: Shell;
  files: Map<string, string>;
  opened: string[];
  asked: string[][];
  run(script: string, signal?: AbortSignal): Promise<{ out: string; err: string; code: number; screens: string[] }>;
}

/** A shell around a kubectl that prints what is written here, and its standard input for `apply`. */
function rig(files: Record<string, string> = {}): Rig {
  const kept = new Map(Object.entries(files));
  const opened: string[] = [];
  const asked: string[][] = [];
  const host: ShellHost = {
    kubectl: async (args, { stdin, stdout, stderr, signal }) => {
      asked.push([...args]);
      if (args[0] === 'apply') stdout(`read ${JSON.stringify(stdin)}\n`);
      else if (args.includes('json')) stdout(LIST);
      else if (args.includes('-w')) {
        for (let number = 1; !signal.aborted && number < 1_000; number++) {
          stdout(`line ${number}\n`);
          await Promise.resolve();
        }
        return 130;
      } else if (args.includes('name')) stdout('pod/web-a\npod/web-b\n');
      else if (args[0] === 'fail') {
        stderr('error: no\n');
        return 1;
      } else stdout(PODS);
      return 0;
    },
    readFile: (name) => kept.get(name),
    fileNames: () => [...kept.keys()],
    writeFile: (name, text) => {
      if (name.includes('/')) return 'A name has no slash.';
      kept.set(name, text);
      return undefined;
    },
    openFile: (name) => opened.push(name),
    clear: () => opened.push('clear'),
    history: () => ['one', 'two'],
    announce: (on) => on ?? false,
  };
  const shell = new Shell(host);
  const run: Rig['run'] = async (script, signal = new AbortController().signal) => {
    const printed = { out: '', err: '', code: 0, screens: [] as string[] };
    printed.code = await shell.run(
      script,
      {
        stdout: (text) => (printed.out += text),
        stderr: (text) => (printed.err += text),
        screen: (text) => printed.screens.push(text),
      },
      signal,
    );
    return printed;
  };
  return { shell, files: kept, opened, asked, run };
}

interface Case {
  line: string;
  out?: string;
  err?: string;
  code?: number;
}

const FILES = { 'a.yaml': 'one\ntwo\nthree\n', 'b.yaml': 'TWO\nfour' };

const CASES: Case[] = [
  { line: 'k get pods | grep web | head -1', out: 'web-b   1/1     Running   10         3m\n' },
  {
    line: 'kubectl get pods | tail -n +2 | sort',
    out: 'web-a   0/1     Pending   9          5m\nweb-b   1/1     Running   10         3m\n',
  },
  {
    line: 'kubectl get pods | tail -n +2 | sort -k4 -n -r | head -n 1',
    out: 'web-b   1/1     Running   10         3m\n',
  },
  { line: 'kubectl get pods | sort -k 5,5 | tail -2 | head -1', out: 'web-b   1/1     Running   10         3m\n' },
  { line: 'kubectl get pods --no-headers | wc -l', out: '3\n' },
  { line: 'kubectl get pods | grep -v -c Running', out: '2\n' },
  { line: 'kubectl get pods | grep -in PENDING', out: '3:web-a   0/1     Pending   9          5m\n' },
  { line: 'kubectl get pods | grep -E "web-(a|c)" | wc -l', out: '1\n' },
  { line: "kubectl get pods | grep 'web-a\\|nothing' | wc -l", out: '1\n' },
  { line: 'kubectl get pods | grep web+', code: 1 },
  { line: 'kubectl get pods | grep -o "web-."', out: 'web-b\nweb-a\n' },
  { line: 'grep -i two a.yaml b.yaml', out: 'a.yaml:two\nb.yaml:TWO\n' },
  { line: 'grep -A1 one a.yaml', out: 'one\ntwo\n' },
  { line: 'grep -F . a.yaml', code: 1 },
  { line: 'grep x none.yaml', err: 'grep: none.yaml: No such file or directory\n', code: 2 },
  { line: "grep '[' a.yaml", err: 'grep: invalid regular expression: [\n', code: 2 },
  { line: 'cat a.yaml | tail -1', out: 'three\n' },
  { line: 'cat none', err: 'cat: none: No such file or directory\n', code: 1 },
  { line: 'head -n -1 a.yaml', out: 'one\ntwo\n' },
  { line: 'head -2 < a.yaml', out: 'one\ntwo\n' },
  { line: 'wc a.yaml b.yaml', out: ' 3  3 14 a.yaml\n 2  2  9 b.yaml\n 5  5 23 total\n' },
  { line: 'sort -u < a.yaml', out: 'one\nthree\ntwo\n' },
  { line: 'echo b a b | xargs -n1 | sort | uniq -c', out: '      1 a\n      2 b\n' },
  { line: 'ls', out: 'a.yaml\nb.yaml\n' },
  { line: "kubectl get pods -o json | jq '.items | length'", out: '2\n' },
  { line: "kubectl get pods -o json | jq -r '.items[].metadata.name'", out: 'web-a\nweb-b\n' },
  {
    line: 'kubectl get pods -o json | jq -r \'.items[] | select(.status.phase == "Pending") | .metadata.name\'',
    out: 'web-b\n',
  },
  {
    line: "kubectl get pods -o json | jq -c '[.items[] | {name: .metadata.name, node: .spec.nodeName}]'",
    out: '[{"name":"web-a","node":"cpu-1"},{"name":"web-b","node":null}]\n',
  },
  { line: "kubectl get pods -o json | jq -c '.items | map(.metadata.name)'", out: '["web-a","web-b"]\n' },
  {
    line: 'kubectl get pods | jq .',
    err: 'jq: parse error: what comes in is no JSON; ask kubectl for -o json\n',
    code: 2,
  },
  {
    line: "echo '{}' | jq '.a['",
    err: 'jq: error: syntax error, unexpected end of the filter\njq: 1 compile error\n',
    code: 3,
  },
  { line: 'kubectl fail || echo "failed with $?"', out: 'failed with 1\n', err: 'error: no\n' },
  { line: 'kubectl fail && echo never', err: 'error: no\n', code: 1 },
  { line: 'kubectl fail 2>&1 | grep -c error', out: '1\n' },
  { line: 'kubectl fail 2>/dev/null; echo on', out: 'on\n' },
  { line: 'NAME=$(kubectl get pods -o name | head -1); echo "first: $NAME"', out: 'first: pod/web-a\n' },
  { line: 'echo $(kubectl get pods -o name)', out: 'pod/web-a pod/web-b\n' },
  { line: 'echo \'$HOME\' "${NONE}x" `echo y`', out: '$HOME x y\n' },
  {
    line: 'cat <<EOF | kubectl apply -f -\nkind: Pod\nname: $(echo web)\nEOF',
    out: 'read "kind: Pod\\nname: web\\n"\n',
  },
  { line: "kubectl apply -f - <<'EOF'\nname: $X\nEOF\necho done", out: 'read "name: $X\\n"\ndone\n' },
  { line: 'echo a \\\n  b # a comment', out: 'a b\n' },
  { line: 'frobnicate', err: 'frobnicate: command not found. Type help for what this terminal knows.\n', code: 127 },
  { line: 'echo a | | echo b', err: 'syntax error near unexpected |\n', code: 2 },
  { line: 'sleepy &', err: 'nothing runs in the background here: leave the & out\n', code: 2 },
  { line: 'for x in 1 2; do echo $x; done', err: 'for: this terminal has no loops and no conditions\n', code: 2 },
  { line: 'alias kgp="kubectl get pods" && kgp | head -1', out: 'NAME    READY   STATUS    RESTARTS   AGE\n' },
  { line: 'alias', out: 'alias k=kubectl\n' },
  { line: 'history 1', out: '    2  two\n' },
  { line: 'screenreader on', out: 'Output is read out as it comes.\n' },
  { line: 'head -n x a.yaml', err: "head: invalid number of lines: 'x'\n", code: 1 },
  { line: 'sort --frob a.yaml', err: "sort: unrecognized option '--frob'\n", code: 2 },
];

describe('the shell', () => {
  it.each(CASES)('$line', async ({ line, out = '', err = '', code = 0 }) => {
    const { out: stdout, err: stderr, code: ended } = await rig(FILES).run(line);
    expect({ out: stdout, err: stderr, code: ended }).toEqual({ out, err, code });
  });

  it('writes what is redirected into files, and says which names it cannot take', async () => {
    const { files, run } = rig();
    await run('kubectl get pods -o name > pods.txt; echo more >> pods.txt');
    expect(files.get('pods.txt')).toBe('pod/web-a\npod/web-b\nmore\n');
    expect(await run('echo x > /tmp/x')).toMatchObject({ err: '/tmp/x: A name has no slash.\n', code: 1 });
  });

  it('ends a command that goes on once nobody reads it', async () => {
    const { out, code } = await rig().run('kubectl get pods -w | head -2');
    expect({ out, code }).toEqual({ out: 'line 1\nline 2\n', code: 0 });
  });

  it('hands words on to a command by xargs', async () => {
    const { asked, run } = rig();
    await run('kubectl get pods -o name | xargs kubectl delete');
    expect(asked.at(-1)).toEqual(['delete', 'pod/web-a', 'pod/web-b']);
    await run('kubectl get pods -o name | xargs -I{} kubectl label {} a=b');
    expect(asked.slice(-2)).toEqual([
      ['label', 'pod/web-a', 'a=b'],
      ['label', 'pod/web-b', 'a=b'],
    ]);
  });

  it('watches a command until it is ended', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 350);
    const { screens, code } = await rig().run('watch -n 0.1 kubectl get pods', abort.signal);
    expect(screens.length).toBeGreaterThan(1);
    expect(screens[0]).toBe(`Every 0.1s: kubectl get pods\n\n${PODS}`);
    expect(code).toBe(130);
  });

  it('opens files in the editor, and makes them', async () => {
    const { files, opened, run } = rig();
    await run('vi new.yaml');
    expect([files.get('new.yaml'), opened]).toEqual(['', ['new.yaml']]);
  });
});

describe('a line that goes on', () => {
  it.each<[string, boolean]>([
    ['kubectl get pods', false],
    ['kubectl get pods |', true],
    ["echo 'a", true],
    ['echo a \\', true],
    ['cat <<EOF\na', true],
    ['cat <<EOF\na\nEOF', false],
    ['a &&', true],
    ['echo $(kubectl get pods', true],
    ['echo a | | b', false],
  ])('%j: %s', (line, expected) => {
    expect(isIncomplete(line)).toBe(expected);
  });
});
