// Finds a Chromium for the tests, and installs one where there is none.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './prepare.mjs';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function playwrightsOwn() {
  const require = createRequire(join(root, 'package.json'));
  const path = require('@playwright/test').chromium.executablePath();
  return path && existsSync(path) ? path : undefined;
}

const found = () => [process.env.PODIUM_CHROMIUM, playwrightsOwn(), ...SYSTEM].find((path) => path && existsSync(path));

/** The path of a Chromium: PODIUM_CHROMIUM, Playwright's own, the system's, or one installed now. */
export function browser() {
  const there = found();
  if (there) return there;
  const attempts = [
    [process.execPath, [join(root, 'node_modules', '@playwright', 'test', 'cli.js'), 'install', 'chromium']],
    ['sh', ['-c', 'apt-get update && apt-get install -y chromium']],
    ['sh', ['-c', 'sudo -n apt-get update && sudo -n apt-get install -y chromium']],
  ];
  for (const [command, args] of attempts) {
    spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
    const installed = found();
    if (installed) return installed;
  }
  process.stderr.write('No Chromium was found and none could be installed. Set PODIUM_CHROMIUM to the path of one.\n');
  process.exit(1);
}
