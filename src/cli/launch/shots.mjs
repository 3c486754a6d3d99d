// npm run shots -- [--out FOLDER] [--record [NAME]] [--only TEXT]: the design's pictures, made by the product from its journals.
import { resolve } from 'node:path';
import { browser } from './browser.mjs';
import { build, install, root, run, tool } from './prepare.mjs';

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? '') : undefined);

install();
if (args.includes('--record')) {
  build('cli');
  const name = option('--record');
  const only = name && !name.startsWith('--') ? ['--only', name] : [];
  run(process.execPath, ['.build/record-journals.js', 'e2e/journals', ...only], { cwd: root });
}
build('site');
const environment = {
  ...process.env,
  PODIUM_CHROMIUM: browser(),
  PODIUM_LONG: '1',
  PODIUM_SHOTS: resolve(option('--out') ?? 'shots'),
};
const only = option('--only');
tool('playwright', ['test', 'e2e/shots.long.ts', ...(only ? ['--grep', only] : [])], { env: environment });
