import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadPackage } from './apt.ts';
import { provideArtifact } from './cache.ts';
import { keyOf } from './hash.ts';

/** A source package kept in the cache. */
export interface Source {
  /** Path of the .deb file. */
  path: string;
}

/** Where a kept package lies inside its folder. */
const PACKAGE_FILE = 'package.deb';

/**
 * A Debian package for i386, downloaded once and kept. A recipe that needs a newer one asks with
 * a higher `generation`.
 */
export async function provideSource(name: string, generation: number): Promise<Source> {
  const folder = await provideArtifact({
    name: `source-${name}`,
    key: keyOf(name, String(generation)),
    async build(target) {
      const scratch = mkdtempSync(join(tmpdir(), 'ringbox-download-'));
      try {
        const { path, version } = await downloadPackage(name, scratch);
        copyFileSync(path, join(target, PACKAGE_FILE));
        return { package: name, version };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  });
  return { path: join(folder, PACKAGE_FILE) };
}
