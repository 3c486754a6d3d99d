import type { FailureKind, RequestFailure } from '../../../api/requests';
import { describe, expect, it } from 'vitest';
import { ProgramRig, type RigOptions } from '../program.rig';

interface Options {
  /** Signals by second. */
  term?: number[];
  files?: Record<string, string>;
  env?: Record<string, string>;
  dialect?: 'tiny' | 'busybox';
  /** Seconds after which the test looks. */
  limit?: number;
  /** Answers to requests by URL. */
  answers?: NonNullable<RigOptions['answers']>;
}

function run(
  command: string[],
  { term = [], files = {}, env = {}, dialect = 'tiny', limit = 100, answers = {} }: Options = {},
) {
  const rig = new ProgramRig(dialect === 'tiny' ? 'tiny-shell' : 'busybox-shell', {
    setup: { command, env },
    files,
    answers,
  });
  for (const second of term) rig.termAt(second);
  const { log, code, seconds, reason } = rig.run(limit);
  return { log, code, seconds, reason, files: Object.fromEntries(rig.files) };
}

const sh = (script: string, options?: Options) => run(['sh', '-c', script], options);

type Row = [script: string, log: string[], code: number | null, seconds: number, options?: Options];

describe('the tiny shell', () => {
  const rows: Row[] = [
    ['echo hi; sleep 5; exit 1', ['hi'], 1, 5],
    ['echo a\necho b', ['a', 'b'], 0, 0],
    ['true && echo yes || echo no', ['yes'], 0, 0],
    ['false && echo yes || echo no', ['no'], 0, 0],
    ['if [ -f /x ]; then echo there; else echo absent; fi', ['absent'], 0, 0],
    ['if test 3 -eq 3; then echo equal; fi', ['equal'], 0, 0],
    ['if false; then echo a; elif true; then echo b; else echo c; fi', ['b'], 0, 0],
    ['echo "$NAME and ${NAME}" \'$NAME\'', ['x y and x y $NAME'], 0, 0, { env: { NAME: 'x y' } }],
    ['while [ ! -f /go ]; do sleep 1; touch /go; done; echo out', ['out'], 0, 1],
    ['touch /a; [ -e /a ] && rm /a; [ -e /a ] || echo gone', ['gone'], 0, 0],
    ['rm -f /none; echo $NOTHING; cat /f', ['', 'one', 'two'], 0, 0, { files: { '/f': 'one\ntwo\n' } }],
    ['nope --flag; echo goes on', ['sh: nope: not found', 'goes on'], 0, 0],
    ['nope', ['sh: nope: not found'], 127, 0],
    ['cat /missing', ['cat: /missing: No such file or directory'], 1, 0],
    ['exit 3; echo never', [], 3, 0],
    ['mkdir -p /d; cd /d; chmod 1 x; set -e; exec x; wait; false', [], 1, 0],
    ['sleep 0.5m', [], 0, 30],
    ['sleep infinity', [], null, 0],
    ['sleep soon', ["sleep: invalid number 'soon'"], 1, 0],
    ['exit 300', [], 44, 0],
    ['if true; then', ['sh: syntax error: unexpected end of file (expecting "fi")'], 2, 0],
    ['echo "open', ['sh: syntax error: unterminated quoted string'], 2, 0],
    ['fi', ['sh: syntax error: unexpected "fi"'], 2, 0],
    ['[ a -eq b ]', ['sh: a: bad number'], 2, 0],
    ['! false && echo not', ['not'], 0, 0],
    ['date', ['sh: date: not found'], 127, 0],
    ['while true; do sleep 1; done', [], null, 20, { limit: 20 }],
    ['while :; do :; done', [], null, 1, { limit: 1 }],
  ];
  it.each(rows)('%s', (script, log, code, seconds, options) => {
    const result = sh(script, options);
    expect(result).toMatchObject({ log, code, seconds });
  });

  it('writes and adds to files', () => {
    expect(sh('echo one > /d/f; echo two >> /d/f; echo three > /e').files).toEqual({
      '/d/f': 'one\ntwo\n',
      '/e': 'three\n',
    });
  });

  it('dies of want of memory', () => {
    expect(sh('echo big; sleep 3; oom')).toMatchObject({ log: ['big'], code: 137, reason: 'OOMKilled', seconds: 3 });
  });

  const signals: Row[] = [
    ['sleep 60; echo slept', ['slept'], 0, 60, { term: [5] }],
    ['trap "echo bye; exit 0" TERM; sleep 60; echo slept', ['bye'], 0, 60, { term: [5] }],
    ['trap "echo bye" TERM; sleep 10; echo slept', ['bye', 'slept'], 0, 10, { term: [5] }],
    ['trap "exit 0" TERM; while true; do sleep 1; done', [], 0, 5, { term: [4.5] }],
    ['trap "sleep 4; exit 7" SIGTERM; while true; do sleep 1; done', [], 7, 9, { term: [4.5] }],
    ['trap "echo cut; exit 0" TERM; sleep 60 & wait; echo never', ['cut'], 0, 5, { term: [5] }],
    ['sleep 3 & sleep 1; echo one; wait; echo three', ['one', 'three'], 0, 3],
  ];
  it.each(signals)('on SIGTERM: %s', (script, log, code, seconds, options) => {
    expect(sh(script, options)).toMatchObject({ log, code, seconds });
  });

  it('runs a command without a shell', () => {
    expect(run(['sleep', '4'])).toMatchObject({ code: 0, seconds: 4 });
    expect(run(['echo', '$HOME', 'a;b'])).toMatchObject({ log: ['$HOME a;b'], code: 0 });
    expect(run(['sleep', '30'], { term: [1] })).toMatchObject({ code: 0, seconds: 30 });
    expect(run(['oom'])).toMatchObject({ code: 137, reason: 'OOMKilled' });
  });
});

const refusal = (kind: FailureKind, afterMs: number): { failure: RequestFailure } => ({
  failure: { kind, host: 'x', address: '10.96.1.2', port: 80, afterMs },
});

/** What wget and curl say of a failed request, and the status they leave. */
const FAILURES: Row[] = (
  [
    ['wget -qO- x', 'ConnectionRefused', 1, "wget: can't connect to remote host (10.96.1.2): Connection refused", 1],
    ['wget -q -O - x', 'NoRouteToHost', 1, "wget: can't connect to remote host (10.96.1.2): No route to host", 1],
    ['wget -O - x', 'ConnectTimeout', 127e3, "wget: can't connect to remote host (10.96.1.2): Connection timed out", 1],
    ['wget -T 2 -qO- x', 'Timeout', 2000, 'wget: download timed out', 1],
    ['wget -qO- x', 'ConnectionReset', 1, 'wget: error getting response: Connection reset by peer', 1],
    ['wget -qO- x', 'NoNameServer', 10e3, "wget: bad address 'x'", 1],
    ['curl x', 'UnknownHost', 1, 'curl: (6) Could not resolve host: x', 6],
    [
      'curl --connect-timeout 2 x',
      'ConnectTimeout',
      2000,
      'curl: (28) Connection timed out after 2000 milliseconds',
      28,
    ],
    [
      'curl -m 3 x',
      'Timeout',
      3000,
      'curl: (28) Operation timed out after 3000 milliseconds with 0 bytes received',
      28,
    ],
    ['curl x', 'ConnectionReset', 1, 'curl: (56) Recv failure: Connection reset by peer', 56],
    ['nslookup x', 'UnknownHost', 1, "** server can't find x: NXDOMAIN", 1],
    ['nslookup x', 'NoNameServer', 10e3, ';; connection timed out; no servers could be reached', 1],
  ] as const
).map(([script, kind, afterMs, text, code]) => [
  script,
  [text],
  code,
  0,
  { answers: { 'http://x': refusal(kind, afterMs), x: refusal(kind, afterMs) } },
]);

describe('the shell of busybox', () => {
  const rows: Row[] = [
    ['date', ['2026-01-05T09:00:00Z'], 0, 0],
    ['i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done', ['0', '1', '2'], 0, 0],
    ['for x in a "b c" $LIST; do echo "<$x>"; done', ['<a>', '<b c>', '<d>', '<e>'], 0, 0, { env: { LIST: 'd e' } }],
    ['echo "at $(date +%s | head -n 1)"', ['at 1767603600'], 0, 0],
    ['for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done', ['1', '3'], 0, 0],
    ['while true; do echo once; break; done', ['once'], 0, 0],
    ['echo one two | grep two | wc -l', ['1'], 0, 0],
    ['printf "a\\nb\\n" | tail -n 1', ['b'], 0, 0],
    ['cat < /f; cp /f /g; mv /g /h; cat /h', ['x', 'x'], 0, 0, { files: { '/f': 'x\n' } }],
    ['ls /d', ['a', 'b'], 0, 0, { files: { '/d/a': '', '/d/b/c': '' } }],
    [
      'wget -qO- http://infer/healthz',
      ['ok'],
      0,
      0,
      { answers: { 'http://infer/healthz': { code: 200, body: 'ok' } } },
    ],
    ['wget -qO- http://nowhere', ["wget: bad address 'nowhere'"], 1, 0],
    ['R=$(wget -qO- a/b); echo "got $R"', ['got 42'], 0, 0, { answers: { 'http://a/b': { code: 200, body: '42\n' } } }],
    [
      'curl -sS http://x/ || echo failed',
      ['curl: (7) Failed to connect to x port 80 after 3 ms: Could not connect to server', 'failed'],
      0,
      0,
      { answers: { 'http://x/': refusal('ConnectionRefused', 3) } },
    ],
    ['curl -s http://x/ || echo $?', ['7'], 0, 0, { answers: { 'http://x/': refusal('ConnectionRefused', 3) } }],
    ...FAILURES,
    [
      'python train.py',
      [
        'Podium runs no Python: train.py is not executed.',
        'For a training program that really trains, use the image podium/sgd-regressor.',
      ],
      0,
      0,
    ],
    ['exec sleep 5; echo never', [], 0, 5],
    ['export A=1 B="2 3"; echo $A $B; unset A; echo "<$A>"', ['1 2 3', '<>'], 0, 0],
    ['echo ${NONE:-other} $((7 / 2 * (1 + 1)))', ['other 6'], 0, 0],
    ['false; echo $?', ['1'], 0, 0],
  ];
  it.each(rows)('%s', (script, log, code, seconds, options) => {
    expect(sh(script, { dialect: 'busybox', ...options })).toMatchObject({ log, code, seconds });
  });
});
