import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone that this code belongs to. */
export const projectDirectory = fileURLToPath(new URL('../..', import.meta.url));

/** Recipes, overlay tree and programs of the guest. */
export const guestDirectory = join(projectDirectory, 'guest');

/**
 * Where everything that was built is kept, shared by all clones: `$XDG_CACHE_HOME/ringbox`, by
 * default `~/.cache/ringbox`. Like the XDG specification says, a relative path is ignored.
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  return base?.startsWith('/')
    ? resolve(base, 'ringbox')
    : join(environment.HOME ?? homedir(), '.cache', 'ringbox');
}
