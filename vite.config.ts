import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { guestFiles } from './guest/build/vite-plugin.ts';
import { ISOLATION_HEADERS, PAGE_HEADERS } from './src/hosting/headers.ts';
import { packedEmulator } from './src/hosting/packed-emulator.ts';
import { serviceWorker } from './src/hosting/service-worker-plugin.ts';

/** Vite makes a new tag of the entry's, without what keeps the browser from painting before it has run. */
const paintAfterEntry: Plugin = {
  name: 'ringbox-paint-after-entry',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html.replace('<script type="module" c', '<script type="module" blocking="render" c'),
  },
};

export default defineConfig({
  // The built page works below any path.
  base: './',
  plugins: [packedEmulator(), guestFiles(), paintAfterEntry, serviceWorker()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // The page's policy allows no data: URLs but for images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        // GitHub Pages leaves out what begins with an underscore, unless it is told otherwise.
        chunkFileNames: ({ name }) => `assets/${name.replace(/^_+/, '')}-[hash].js`,
      },
      onLog(level, log, handle) {
        // v86 looks for Node's modules, which it does without in a browser.
        const isKnown = /externalized for browser .*\/v86\/build\/libv86\.mjs/.test(log.message);
        if (!isKnown) handle(level, log);
      },
    },
  },
  test: {
    include: ['tests/unit/**/*.test.ts', 'tests/property/**/*.test.ts'],
    // Tests check behaviour, not time: a machine may be busy with something else.
    testTimeout: 60_000,
  },
  // Imported by a worker alone, where Vite would find it late and reload the page.
  // Examples are projects of their own.
  optimizeDeps: { include: ['fzstd'], entries: ['index.html', '{src,tests}/**/*.html'] },
  server: { headers: ISOLATION_HEADERS },
  preview: { headers: PAGE_HEADERS },
});
