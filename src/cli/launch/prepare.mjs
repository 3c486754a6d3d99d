// What every command needs before it can begin, on a machine that has Node and nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

const bin = (name) => join(root, 'node_modules', '.bin', name);

/** Runs a command in the root with this process's streams; stops this process where the command fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs a tool that the project has installed. */
export function tool(name, args, options = {}) {
  run(process.execPath, [join(root, 'node_modules', ...toolPaths[name])].concat(args), options);
}

/** Runs several tools at the same time, says what each said once it has ended, and stops this process where one fails. */
export async function tools(commands) {
  const results = await Promise.all(
    commands.map(
      ([name, args]) =>
        new Promise((resolve, reject) => {
          const said = [];
          const child = spawn(process.execPath, [join(root, 'node_modules', ...toolPaths[name]), ...args], {
            cwd: root,
          });
          child.stdout.on('data', (chunk) => said.push(chunk));
          child.stderr.on('data', (chunk) => said.push(chunk));
          child.on('error', reject);
          child.on('close', (code) => {
            process.stdout.write(Buffer.concat(said));
            resolve(code ?? 1);
          });
        }),
    ),
  );
  const failure = results.find((code) => code !== 0);
  if (failure !== undefined) process.exit(failure);
}

const toolPaths = {
  vite: ['vite', 'bin', 'vite.js'],
  tsc: ['typescript', 'bin', 'tsc'],
  eslint: ['eslint', 'bin', 'eslint.js'],
  vitest: ['vitest', 'vitest.mjs'],
  playwright: ['@playwright', 'test', 'cli.js'],
  'svelte-check': ['svelte-check', 'bin', 'svelte-check'],
};

/** Installs the packages of the lock file, unless they are those that are there. */
export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`Podium needs Node 20.19 or later; this is ${process.versions.node}.\n`);
    process.exit(1);
  }
  const lock = join(root, 'package-lock.json');
  const stamp = join(root, 'node_modules', '.podium-installed');
  if (existsSync(stamp) && existsSync(bin('vite')) && statSync(stamp).mtimeMs >= statSync(lock).mtimeMs) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, '');
}

/** The newest change in these files and folders, in ms. */
function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    const stat = statSync(full);
    latest = Math.max(
      latest,
      stat.isDirectory() ? newest(readdirSync(full).map((name) => join(path, name))) : stat.mtimeMs,
    );
  }
  return latest;
}

const SOURCES = [
  'src',
  'lessons',
  'public',
  'index.html',
  'embed.html',
  'package-lock.json',
  'vite.config.ts',
  'tsconfig.json',
  'svelte.config.js',
];

/** Builds a target (`site` into dist, `cli` into .build) when a source is newer than what was built last. */
export function build(target) {
  const folder = target === 'site' ? 'dist' : '.build';
  const stamp = join(root, 'node_modules', `.podium-${target}-built`);
  const sources = newest(SOURCES);
  if (existsSync(stamp) && existsSync(join(root, folder)) && statSync(stamp).mtimeMs >= sources) return;
  const args = target === 'site' ? ['build', '--logLevel', 'warn'] : ['build', '--mode', 'cli', '--logLevel', 'error'];
  tool('vite', args, { stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, '');
  utimesSync(stamp, sources / 1000 + 0.001, sources / 1000 + 0.001);
}
