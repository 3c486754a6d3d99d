import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeCluster } from '../fake-cluster.rig';
import { runKubectl } from '../run';

/**
 * Each file of `cases` holds files and command lines; beside it stands what kubectl v1.36.3 printed for them. With
 * PODIUM_KUBECTL that kubectl is asked again, and writes what it printed where nothing has been recorded.
 */
const CASES = new URL('./cases/', import.meta.url);
const REAL = process.env['PODIUM_KUBECTL'] ?? '';

interface Case {
  files: Map<string, string>;
  lines: string[];
}

function readCase(text: string): Case {
  const found: Case = { files: new Map(), lines: [] };
  let name = '';
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('== ')) found.files.set((name = line.slice(3)), '');
    else if (line.startsWith('$ ')) found.lines.push(line.slice(2));
    else found.files.set(name, `${found.files.get(name)}${line}\n`);
  }
  return found;
}

const marked = (mark: string, text: string): string =>
  text === ''
    ? ''
    : `${text
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => (mark + line).trimEnd())
        .join('\n')}\n`;

function shown(line: string, out: string, err: string, code: number): string {
  return `$ ${line}\nexit ${code}\n${marked('| ', out)}${marked('! ', err)}`;
}

async function ours(line: string, files: Map<string, string>): Promise<string> {
  let [out, err] = ['', ''];
  const code = await runKubectl(line.split(' '), new FakeCluster(), {
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
    readFile: (name) => files.get(name.replace(/^(\.\/)+/, '')),
    fileNames: () => [...files.keys()],
    folder: '/',
    nowMs: () => 0,
  });
  return shown(line, out, err, code);
}

function real(line: string, files: Map<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const plain = (text: string): string => text.replaceAll(`${folder}/`, '/').replaceAll(folder, '/');
  return new Promise((resolve) => {
    execFile(REAL, line.split(' '), { cwd: folder }, (error, out, err) =>
      resolve(shown(line, plain(out), plain(err), error ? Number(error.code ?? 1) : 0)),
    );
  });
}

const names = readdirSync(CASES).filter((name) => name.endsWith('.txt'));
const table = names.flatMap((name) => {
  const { files, lines } = readCase(readFileSync(new URL(name, CASES), 'utf8'));
  return lines.map((line) => ({ name, line, files }));
});

function recorded(name: string): Map<string, string> {
  const file = new URL(name.replace(/txt$/, 'recorded'), CASES);
  if (!existsSync(file)) return new Map();
  const parts = readFileSync(file, 'utf8').split(/^(?=\$ )/m);
  return new Map(parts.map((part) => [/^\$ (.*)\n/.exec(part)?.[1] ?? '', part]));
}

describe('kustomize', () => {
  it.each(table)('$name: $line', async ({ name, line, files }) => {
    expect(await ours(line, files)).toBe(recorded(name).get(line));
  });

  it.skipIf(REAL === '')('was recorded from the kubectl that is on the machine', async () => {
    for (const name of names) {
      const said: string[] = [];
      for (const { line, files } of table.filter((one) => one.name === name)) said.push(await real(line, files));
      const known = recorded(name);
      if (known.size === 0) writeFileSync(new URL(name.replace(/txt$/, 'recorded'), CASES), said.join(''));
      else expect([...known.values()].join('')).toBe(said.join(''));
    }
  });
});
