import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Bridge } from '../../bridge/bridge';
import { kubeconfigFor } from '../../bridge/kubeconfig';
import { NodeClient } from '../../bridge/node-client';
import { parseKubeconfig } from '../../kubectl/kubeconfig-file';
import { runKubectl } from '../../kubectl/run';
import { realKubectl } from '../real-kubectl.rig';

/** Where a real kubectl is on the machine: as PODIUM_KUBECTL, or on the PATH. Another release words things otherwise. */
export const REAL = realKubectl((version) => version.startsWith('v1.36.'));

export const source = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

export interface Printed {
  out: string;
  err: string;
  code: number;
}

/** A command line: its words, what comes over standard input, and what an editor does to a file, as sed says it. */
export interface Line {
  args: string[];
  stdin?: string;
  sed?: string;
}

/** A blank parts words, but not within braces or single quotes, which go. */
export const wordsOf = (line: string): string[] =>
  (line.match(/(?:'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|\S)+/g) ?? []).map((word) => word.replaceAll("'", ''));

const PATIENCE_MS = 20_000;

/** A cluster behind HTTP, a folder of files, and a kubectl that is run in it. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'side-by-side-'));
  server = '';
  private readonly bridge = new Bridge();
  private config = '';

  async open(speed = 0): Promise<void> {
    const problem = await this.bridge.start({ preset: 'ml', seed: 1, speed: 0 });
    if (problem !== undefined) throw new Error(problem);
    this.server = `http://127.0.0.1:${await this.bridge.listen(0)}`;
    this.config = kubeconfigFor(this.server);
    writeFileSync(join(this.folder, '.config'), this.config);
    await this.ours({ args: ['apply', '-f', '-'], stdin: source('cluster.yaml') });
    await this.ours({ args: ['create', '-f', '-'], stdin: source('widget.yaml') });
    await this.advance(90_000);
    if (speed > 0) await this.control({ speed });
  }

  close(): void {
    this.bridge.close();
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  async advance(advanceMs: number): Promise<void> {
    await this.control({ advanceMs });
  }

  private async control(body: object): Promise<void> {
    await fetch(`${this.server}/podium/v1/time`, { method: 'POST', body: JSON.stringify(body) });
  }

  async ours({ args, stdin, sed }: Line): Promise<Printed> {
    const printed: Printed = { out: '', err: '', code: 0 };
    const client = new NodeClient({ server: this.server, insecure: false, timeoutMs: 0 });
    const time = await client.request({ method: 'GET', path: '/podium/v1/time' });
    const startMs = Date.now();
    const { nowMs, speed } = time.body as { nowMs: number; speed: number };
    const path = (name: string): string => join(this.folder, name);
    printed.code = await runKubectl(args, client, {
      stdout: (text) => (printed.out += text),
      stderr: (text) => (printed.err += text),
      readFile: (name) =>
        existsSync(path(name)) && statSync(path(name)).isFile() ? readFileSync(path(name), 'utf8') : undefined,
      fileNames: () => filesBelow(this.folder),
      folder: this.folder,
      writeFile: (name, text) => this.write(name, text),
      ...(stdin === undefined ? {} : { stdin }),
      edit: async (text, suffix) => this.edited(text, suffix, sed ?? ''),
      nowMs: () => nowMs + (Date.now() - startMs) * Math.max(speed, 1),
      signal: AbortSignal.timeout(PATIENCE_MS),
      kubeconfigFile: join(this.folder, '.config'),
      kubeconfig: parseKubeconfig(this.config, join(this.folder, '.config')),
      connect: (access) => new NodeClient(access),
    });
    return printed;
  }

  private edited(text: string, suffix: string, sed: string): string {
    const file = join(mkdtempSync(join(tmpdir(), 'edit-')), `object${suffix}`);
    writeFileSync(file, text);
    spawnSync('sed', ['-i', sed, file]);
    return readFileSync(file, 'utf8');
  }

  real({ args, stdin, sed }: Line): Promise<Printed> {
    const env = {
      ...process.env,
      HOME: this.folder,
      KUBECONFIG: join(this.folder, '.config'),
      KUBE_EDITOR: `sed -i '${sed ?? ''}'`,
    };
    return new Promise((resolve) => {
      const child = execFile(REAL ?? '', args, { env, cwd: this.folder, timeout: PATIENCE_MS }, (error, out, err) =>
        resolve({ out, err, code: error ? Number(error.code ?? 1) : 0 }),
      );
      child.stdin?.end(stdin ?? '');
    });
  }
}

function filesBelow(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && !relative(folder, join(entry.parentPath, entry.name)).startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Ages that kubectl counts itself are by this machine's clock, which is not the cluster's; widths follow them. */
export const alike = (text: string): string =>
  text
    .replace(/^[EIW]\d{4} .*\n/gm, '')
    .replace(/\S*(LIVE|MERGED)(-\d+)?(\/\S+)(\t.*)?/g, '$1$3')
    .replace(/\b(\d+[dhms])+\b|<unknown>/g, 'AGE')
    .replace(/ +/g, ' ')
    .replace(/-{2,}/g, '-');
