// npm test: installs what it needs, a browser included, and runs every check. `--long` runs the long ones instead.
import { browser } from './browser.mjs';
import { build, install, tool, tools } from './prepare.mjs';

const long = process.argv.includes('--long');

async function step(name, work) {
  const startMs = Date.now();
  console.log(`\n== ${name}`);
  await work();
  console.log(`-- ${name}: ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
}

install();
if (!long) {
  await step('types, components and lint', () =>
    tools([
      ['tsc', ['--noEmit', '-p', 'tsconfig.json']],
      ['svelte-check', ['--fail-on-warnings', '--threshold', 'warning']],
      ['eslint', ['.']],
    ]),
  );
  await step('unit and property tests', () => tool('vitest', ['run', '--project', 'node', '--project', 'page']));
}
await step('site', () => build('site'));
await step('command line', () => build('cli'));
const environment = { ...process.env, PODIUM_CHROMIUM: browser(), PODIUM_LONG: long ? '1' : '' };
await step('pages in Chromium', () => tool('playwright', ['test', '--pass-with-no-tests'], { env: environment }));
if (long) await step('storms', () => tool('vitest', ['run', '--project', 'long']));
