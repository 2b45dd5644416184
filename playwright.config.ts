import { defineConfig } from '@playwright/test';
import { findChromium } from './guest/build/index.ts';

/** The two servers listen here and on the next port; clones that test side by side need their own. */
const PORT = Number(process.env.RINGBOX_TEST_PORT ?? 5281);

/** The page as it is built and served, and the sources as Vite serves them to a developer. */
export const BUILT_PAGE = `http://localhost:${PORT}/`;
export const SOURCES = `http://localhost:${PORT + 1}/`;

const executablePath = findChromium();

export default defineConfig({
  testDir: 'tests/e2e',
  // A machine keeps a core busy, but not all of the time; and no test measures how fast anything is.
  workers: 2,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  // A test that passes at the second try has found a race: it fails.
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-gpu',
        '--disable-sync',
        '--no-first-run',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
  webServer: [
    {
      command: `npx vite build --logLevel warn && npx vite preview --port ${PORT} --strictPort`,
      url: BUILT_PAGE,
      reuseExistingServer: false,
    },
    {
      command: `npx vite --port ${PORT + 1} --strictPort`,
      url: `${SOURCES}tests/support/blank.html`,
      reuseExistingServer: false,
    },
  ],
});
