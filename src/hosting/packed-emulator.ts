import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const EMULATOR = /\/v86\.wasm\?url$/;

/**
 * Puts the emulator into the built page under gzip, since not every host compresses what it sends:
 * 2.1 MB become 0.4 MB. The file is not called .gz, which some hosts take for an encoding of theirs.
 */
export function packedEmulator(): Plugin {
  return {
    name: 'ringbox-packed-emulator',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      if (!EMULATOR.test(id)) return;
      const source = gzipSync(readFileSync(id.replace(/\?url$/, '')), { level: 9 });
      const reference = this.emitFile({ type: 'asset', name: 'v86.wasm.gzip', source });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}
