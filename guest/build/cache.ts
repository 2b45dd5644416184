import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { hashOfFile } from './hash.ts';
import { takeLock } from './lock.ts';
import { cacheDirectory } from './paths.ts';

/** What to build: a folder of files that follows from its inputs alone. */
export interface Artifact {
  /** A word for file names, e.g. `kernel`. */
  name: string;
  /** From `keyOf`: another key is another artifact. */
  key: string;
  /**
   * Fills the empty folder with the files to keep and answers facts for the manifest (versions of
   * source packages, for instance). Whatever it throws leaves nothing behind.
   */
  build(folder: string): Promise<Record<string, string>>;
}

/** `manifest.json`, written last into each artifact's folder. */
export interface Manifest {
  name: string;
  key: string;
  facts: Record<string, string>;
  files: Record<string, { size: number; sha256: string }>;
}

/** The folder of an artifact, there or not. */
function folderOf(artifact: Pick<Artifact, 'name' | 'key'>, cache: string): string {
  return join(cache, `${artifact.name}-${artifact.key}`);
}

/**
 * The folder of a finished artifact, or undefined if it is not built, or a file of it is missing
 * or has another size than when it was built.
 */
export function findArtifact(
  artifact: Pick<Artifact, 'name' | 'key'>,
  cache = cacheDirectory(),
): string | undefined {
  const folder = folderOf(artifact, cache);
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
    const files = Object.entries(manifest.files);
    return files.every(([name, { size }]) => statSync(join(folder, name)).size === size)
      ? folder
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The folder of an artifact, built first if need be. Several processes may ask at once: one
 * builds, the others say that they wait. The folder gets its name only when it is complete.
 */
export async function provideArtifact(
  artifact: Artifact,
  cache = cacheDirectory(),
  say: (message: string) => void = (message) => process.stderr.write(`${message}\n`),
): Promise<string> {
  const found = findArtifact(artifact, cache);
  if (found) return found;
  mkdirSync(cache, { recursive: true });
  const lock = await takeLock(join(cache, `${artifact.name}.lock`), () =>
    say(`Waiting for another ringbox that is building the ${artifact.name} ...`),
  );
  try {
    return findArtifact(artifact, cache) ?? (await buildArtifact(artifact, cache));
  } finally {
    await lock.release();
  }
}

async function buildArtifact(artifact: Artifact, cache: string): Promise<string> {
  const prefix = `building-${artifact.name}-`;
  // Under the lock nobody else builds this: what is left here is from a builder that was killed.
  for (const name of readdirSync(cache)) {
    if (name.startsWith(prefix)) removeFolder(join(cache, name));
  }
  const folder = mkdtempSync(join(cache, prefix));
  try {
    const facts = await artifact.build(folder);
    writeManifest(folder, artifact, facts);
    const target = folderOf(artifact, cache);
    removeFolder(target); // a damaged one; `findArtifact` has refused it
    renameSync(folder, target);
    return target;
  } finally {
    if (existsSync(folder)) removeFolder(folder);
  }
}

function writeManifest(folder: string, artifact: Artifact, facts: Record<string, string>): void {
  const files: Manifest['files'] = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    flushToDisk(path);
    files[name] = { size: statSync(path).size, sha256: hashOfFile(path) };
  }
  const manifest: Manifest = { name: artifact.name, key: artifact.key, facts, files };
  const path = join(folder, 'manifest.json');
  writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  flushToDisk(path);
}

/** A rename may reach the disk before the content does; after a power cut that would show. */
function flushToDisk(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
