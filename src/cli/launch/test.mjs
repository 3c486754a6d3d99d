// npm test: installs what it needs, a browser included, and runs every check. `--long` runs the long ones instead.
import { browser } from './browser.mjs';
import { build, install, tool } from './prepare.mjs';

const long = process.argv.includes('--long');

function step(name, work) {
  const startMs = Date.now();
  console.log(`\n== ${name}`);
  work();
  console.log(`-- ${name}: ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
}

install();
if (!long) {
  step('types', () => tool('tsc', ['--noEmit', '-p', 'tsconfig.json']));
  step('components', () => tool('svelte-check', ['--fail-on-warnings', '--threshold', 'warning']));
  step('lint', () => tool('eslint', ['.']));
  step('unit and property tests', () => tool('vitest', ['run', '--project', 'node', '--project', 'page']));
}
step('site', () => build('site'));
step('command line', () => build('cli'));
const environment = { ...process.env, PODIUM_CHROMIUM: browser(), PODIUM_LONG: long ? '1' : '' };
step('pages in Chromium', () => tool('playwright', ['test', '--pass-with-no-tests'], { env: environment }));
if (long) step('storms', () => tool('vitest', ['run', '--project', 'long']));
