// npm run bench [-- --only NAME] [--json]: what the kernel costs in Node, and what the page costs in Chromium.
import { join } from 'node:path';
import { browser } from './browser.mjs';
import { build, install, root, run, tool } from './prepare.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--only');
const only = at < 0 ? undefined : args[at + 1];
const ofPage = only?.startsWith('page-');

install();
if (!ofPage) {
  build('cli');
  run(process.execPath, [join(root, '.build', 'bench.js'), ...args]);
}
if (ofPage || (only === undefined && !args.includes('--help'))) {
  build('site');
  const environment = {
    ...process.env,
    PODIUM_CHROMIUM: browser(),
    PODIUM_BENCH: '1',
    PODIUM_JSON: args.includes('--json') ? '1' : '',
  };
  tool('playwright', ['test', ...(only ? ['--grep', `${only}$`] : [])], { env: environment });
}
