import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests',
  timeout: 60_000,
  // Each machine keeps a core busy, and its devices another.
  workers: 2,
  reporter: [['list'], ['html', { open: 'never' }]],
});
