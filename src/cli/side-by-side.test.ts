import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bridge } from '../bridge/bridge';
import { kubeconfigFor } from '../bridge/kubeconfig';
import { NodeClient } from '../bridge/node-client';
import { parseKubeconfig } from '../kubectl/kubeconfig-file';
import { runKubectl } from '../kubectl/run';

/**
 * Where a real kubectl is on the machine, as PODIUM_KUBECTL or on the PATH, it and ours run the same commands against the
 * same bridge and must print the same. Only what writes nothing is asked, so that both find the same cluster.
 */
const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'));
/** Another release words things otherwise. */
const RELEASE = 'v1.36.';
const REAL = [process.env['PODIUM_KUBECTL'] ?? '', ...onPath].find((path) => path !== '' && isOfRelease(path));

function isOfRelease(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return execFileSync(path, ['version', '--client'], { encoding: 'utf8' }).includes(`Client Version: ${RELEASE}`);
  } catch {
    return false;
  }
}

const source = (name: string): string => readFileSync(new URL(`./side-by-side/${name}`, import.meta.url), 'utf8');
const COMMANDS = source('commands.txt')
  .split('\n')
  .filter((line) => line !== '');

interface Printed {
  out: string;
  err: string;
  code: number;
}

const bridge = new Bridge();
const folder = mkdtempSync(join(tmpdir(), 'side-by-side-'));
const kubeconfig = join(folder, 'config');
let config = '';
let server = '';

/** A blank parts words, but not within braces or single quotes, which go. */
const wordsOf = (line: string): string[] =>
  (line.match(/(?:'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|\S)+/g) ?? []).map((word) => word.replaceAll("'", ''));

async function ours(args: string[], stdin?: string): Promise<Printed> {
  const printed: Printed = { out: '', err: '', code: 0 };
  const client = new NodeClient({ server, insecure: false, timeoutMs: 0 });
  const time = await client.request({ method: 'GET', path: '/podium/v1/time' });
  printed.code = await runKubectl(args, client, {
    stdout: (text) => (printed.out += text),
    stderr: (text) => (printed.err += text),
    readFile: () => undefined,
    fileNames: () => [],
    ...(stdin === undefined ? {} : { stdin }),
    nowMs: () => (time.body as { nowMs: number }).nowMs,
    kubeconfig: parseKubeconfig(config, kubeconfig),
    connect: (access) => new NodeClient(access),
  });
  return printed;
}

function real(args: string[]): Promise<Printed> {
  const env = { ...process.env, HOME: folder, KUBECONFIG: kubeconfig };
  return new Promise((resolve) => {
    execFile(REAL ?? '', args, { env, cwd: folder, timeout: 20_000 }, (error, out, err) =>
      resolve({ out, err, code: error ? Number(error.code ?? 1) : 0 }),
    );
  });
}

/** Ages that kubectl counts itself are by this machine's clock, which is not the cluster's; widths follow them. */
const alike = (text: string): string =>
  text
    .replace(/^[EIW]\d{4} .*\n/gm, '')
    .replace(/\b(\d+[dhms])+\b|<unknown>/g, 'AGE')
    .replace(/ +/g, ' ')
    .replace(/-{2,}/g, '-');

describe.skipIf(REAL === undefined)(`beside the real kubectl (${REAL ?? 'there is none: set PODIUM_KUBECTL'})`, () => {
  beforeAll(async () => {
    expect(await bridge.start({ preset: 'ml', seed: 1, speed: 0 })).toBeUndefined();
    server = `http://127.0.0.1:${await bridge.listen(0)}`;
    config = kubeconfigFor(server);
    writeFileSync(kubeconfig, config);
    const applied = await ours(['apply', '-f', '-'], source('cluster.yaml'));
    expect(applied.err).toBe('');
    expect((await ours(['create', '-f', '-'], source('widget.yaml'))).err).toBe('');
    await fetch(`${server}/podium/v1/time`, { method: 'POST', body: JSON.stringify({ advanceMs: 90_000 }) });
  });
  afterAll(() => bridge.close());

  it('is asked at least a hundred commands', () => {
    expect(COMMANDS.length).toBeGreaterThanOrEqual(100);
  });

  it.each(COMMANDS)('%s', async (line) => {
    const args = wordsOf(line);
    const [theirs, own] = await Promise.all([real(args), ours(args)]);
    const shown = ({ out, err, code }: Printed): Printed => ({ out: alike(out), err: alike(err), code });
    expect(shown(own)).toEqual(shown(theirs));
  });
});
