import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { guestFiles } from './guest/build/vite-plugin.ts';
import { ISOLATION_HEADERS } from './src/cli/isolation-headers.ts';

/** The policy of index.html, which says why each word is in it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

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
  plugins: [guestFiles(), paintAfterEntry],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // The page's policy allows no data: URLs but for images.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
  },
  test: {
    include: ['tests/unit/**/*.test.ts', 'tests/property/**/*.test.ts'],
    // Tests check behaviour, not time: a machine may be busy with something else.
    testTimeout: 60_000,
  },
  // Imported by a worker alone, where Vite would find it late and reload the page.
  optimizeDeps: { include: ['fzstd'] },
  server: { headers: ISOLATION_HEADERS },
  preview: {
    headers: { ...ISOLATION_HEADERS, 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
  },
});
