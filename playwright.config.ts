import { defineConfig } from '@playwright/test';

const long = process.env['PODIUM_LONG'] === '1';

export default defineConfig({
  testDir: 'e2e',
  testMatch: long ? '**/*.long.ts' : '**/*.spec.ts',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  workers: 2,
  retries: 0,
  reporter: [['list']],
  use: {
    launchOptions: {
      executablePath: process.env['PODIUM_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
    },
    viewport: { width: 1440, height: 900 },
  },
});
