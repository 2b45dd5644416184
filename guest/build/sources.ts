import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { downloadPackage, type PackageFile } from './apt.ts';
import { provideArtifact } from './cache.ts';
import { runCommand } from './command.ts';
import { SetupError } from './errors.ts';
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
export function provideSource(name: string, generation: number): Promise<Source> {
  return keepPackage(name, generation, (scratch) => downloadPackage(name, scratch));
}

/**
 * The package that the metapackage `name` stands for, the one of its dependencies that `pattern`
 * matches: for instance today's linux-image-6.1.0-50-686 for linux-image-686. Kept likewise.
 */
export function provideTarget(name: string, pattern: RegExp, generation: number): Promise<Source> {
  return keepPackage(name, generation, async (scratch) => {
    const { path } = await downloadPackage(name, join(scratch, 'metapackage'));
    const dependencies = await runCommand('dpkg-deb', ['-f', path, 'Depends']);
    const target = pattern.exec(dependencies)?.[0];
    if (target === undefined) throw new SetupError(`${name} depends on "${dependencies}".`);
    return downloadPackage(target, join(scratch, 'target'));
  });
}

async function keepPackage(
  name: string,
  generation: number,
  download: (scratch: string) => Promise<PackageFile>,
): Promise<Source> {
  const folder = await provideArtifact({
    name: `source-${name}`,
    key: keyOf(name, String(generation)),
    async build(target) {
      const scratch = mkdtempSync(join(tmpdir(), 'ringbox-download-'));
      try {
        const { path, version } = await download(scratch);
        copyFileSync(path, join(target, PACKAGE_FILE));
        return { package: basename(path).split('_')[0], version };
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  });
  return { path: join(folder, PACKAGE_FILE) };
}
