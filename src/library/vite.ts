/**
 * For pages that are built with Vite.
 * @module ringbox/vite
 */
import type { Plugin } from 'vite';
import { ISOLATION_HEADERS } from '../hosting/headers.ts';

/**
 * Lets a page that is built with Vite use Ringbox: the development server and the preview send the headers
 * that shared memory needs (what hosts the built page has to send them too), and the package's files stay
 * where its scripts look for them.
 */
export function ringbox(): Plugin {
  return {
    name: 'ringbox',
    config: () => ({
      // Bundled in advance, its scripts would be elsewhere than the files that they load.
      optimizeDeps: { exclude: ['ringbox'] },
      server: { headers: ISOLATION_HEADERS },
      preview: { headers: ISOLATION_HEADERS },
    }),
  };
}
