import { defineConfig } from '@playwright/test';

const long = process.env['PODIUM_LONG'] === '1';
const bench = process.env['PODIUM_BENCH'] === '1';

/* What only repeats a check in another state, width or theme is tagged @long. */
const LONG = [
  { name: 'long', testMatch: '**/*.long.ts' },
  { name: 'every state', testMatch: '**/*.spec.ts', grep: /@long/ },
];
const SHORT = [{ name: 'short', testMatch: '**/*.spec.ts', grepInvert: /@long/ }];
const BENCH = [{ name: 'bench', testMatch: '**/*.bench.ts' }];

export default defineConfig({
  testDir: 'e2e',
  timeout: process.env['CI'] ? 180_000 : 60_000,
  expect: { timeout: process.env['CI'] ? 45_000 : 15_000 },
  fullyParallel: true,
  workers: bench ? 1 : 2,
  // A busy machine may starve a page for a second; a fault shows again.
  retries: process.env['CI'] ? 2 : 0,
  reporter: bench ? './e2e/figures-reporter.ts' : 'list',
  projects: bench ? BENCH : long ? LONG : SHORT,
  use: {
    launchOptions: {
      executablePath: process.env['PODIUM_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
    viewport: { width: 1440, height: 900 },
  },
});
