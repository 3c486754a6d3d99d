import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { NodeClient } from '../bridge/node-client';
import { defaultKubeconfig } from '../kubectl/io';
import type { Kubeconfig } from '../kubectl/io';
import { kubeconfigText, mergeKubeconfigs, parseKubeconfig } from '../kubectl/kubeconfig-file';
import { runKubectl } from '../kubectl/run';

/**
 * `npm run kubectl -- ARGS`: Podium's kubectl against the bridge, the server of `--server` or PODIUM_SERVER, or what
 * `--kubeconfig` or KUBECONFIG name. A kubeconfig that nobody named is left alone: it may be of a cluster that counts.
 */
const BRIDGE = 'http://127.0.0.1:8001';
const FILES_LIMIT = 10_000;

const args = process.argv.slice(2);
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());

/** The value of a global flag, before the flags proper are read. */
function flagValue(name: string): string | undefined {
  const end = args.indexOf('--');
  const words = end < 0 ? args : args.slice(0, end);
  const joined = words.find((word) => word.startsWith(`--${name}=`));
  if (joined !== undefined) return joined.slice(name.length + 3);
  const index = words.indexOf(`--${name}`);
  return index < 0 ? undefined : words[index + 1];
}

/** The files of the kubeconfig; the first one that is there, else the first, is written to. */
function kubeconfigFiles(): string[] {
  const given = flagValue('kubeconfig');
  return given ? [given] : (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((name) => name !== '');
}

function loadKubeconfig(files: readonly string[]): Kubeconfig {
  if (files.length === 0) return defaultKubeconfig(process.env['PODIUM_SERVER'] ?? BRIDGE);
  const present = files.filter((name) => existsSync(name));
  return mergeKubeconfigs(present.map((name) => parseKubeconfig(readFileSync(name, 'utf8'), name)));
}

/** Every file of the current folder and below, but for hidden ones and packages. */
function fileNames(): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || found.length >= FILES_LIMIT) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else found.push(relative('.', path));
    }
  };
  walk('.');
  return found;
}

/** Opens a text in the person's editor. Models pkg/cmd/util/editor. */
async function edit(text: string, suffix: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-edit-'));
  const file = join(folder, `object${suffix}`);
  const editor = process.env['KUBE_EDITOR'] ?? process.env['EDITOR'] ?? 'vi';
  try {
    writeFileSync(file, text);
    const { status, error } = spawnSync(editor, [file], { stdio: 'inherit', shell: true });
    if (error || status !== 0) throw new Error(`there was a problem with the editor "${editor}"`);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The bridge's clock, from which ages are counted; a real cluster's is this machine's. */
async function clusterNowMs(server: string): Promise<number> {
  if (!/^http:/.test(server)) return Date.now();
  const client = new NodeClient({ server, insecure: false, timeoutMs: 2_000 });
  const answer = await client.request({ method: 'GET', path: '/podium/v1/time' }).catch(() => undefined);
  const nowMs = answer?.code === 200 ? (answer.body as { nowMs?: number }).nowMs : undefined;
  return nowMs ?? Date.now();
}

function serverOf(kubeconfig: Kubeconfig): string {
  const name = flagValue('context') ?? kubeconfig.currentContext;
  const cluster = kubeconfig.contexts.find((one) => one.name === name)?.cluster;
  const server = kubeconfig.clusters.find((one) => one.name === cluster)?.cluster['server'];
  return flagValue('server') ?? (typeof server === 'string' ? server : '');
}

const files = kubeconfigFiles();
const kubeconfig = loadKubeconfig(files);
const before = kubeconfigText(kubeconfig);
const startMs = Date.now();
const nowMs = await clusterNowMs(serverOf(kubeconfig));
const client = new NodeClient({ server: BRIDGE, insecure: false, timeoutMs: 0 });
const usesStdin = args.includes('-') || args.some((word) => word.endsWith('=-')) || args.includes('-i');

process.exitCode = await runKubectl(args, client, {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  readFile: (name) => (existsSync(name) && statSync(name).isFile() ? readFileSync(name, 'utf8') : undefined),
  folder: process.cwd(),
  writeFile: (name, text) => writeFileSync(name, text),
  fileNames,
  edit,
  ...(process.stdin.isTTY || !usesStdin ? {} : { stdin: readFileSync(0, 'utf8') }),
  nowMs: () => nowMs + Date.now() - startMs,
  signal: abort.signal,
  kubeconfig,
  ...(files[0] === undefined ? {} : { kubeconfigFile: files.find((name) => existsSync(name)) ?? files[0] }),
  connect: (access) => new NodeClient(access),
});
const [file] = [...files.filter((name) => existsSync(name)), ...files];
if (file !== undefined && kubeconfigText(kubeconfig) !== before) writeFileSync(file, kubeconfigText(kubeconfig));
