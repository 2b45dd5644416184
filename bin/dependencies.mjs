import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether what npm has installed is what package-lock.json asks for. npm writes the list of what
 * it has installed as its last act, so that an interrupted `npm ci` does not look complete.
 * Packages for other systems are optional and may be missing.
 * @param {string} wanted text of package-lock.json
 * @param {string} installed text of node_modules/.package-lock.json
 */
export function dependenciesMatch(wanted, installed) {
  const there = JSON.parse(installed).packages ?? {};
  return Object.entries(JSON.parse(wanted).packages ?? {})
    .filter(([path]) => path !== '')
    .every(([path, entry]) => {
      const found = there[path];
      if (!found) return entry.optional === true || entry.devOptional === true;
      return found.version === entry.version && found.integrity === entry.integrity;
    });
}

/** Runs `npm ci` when node_modules is missing or not what package-lock.json says. */
export function ensureDependencies(project) {
  if (haveDependencies(project)) return;
  process.stderr.write('Installing the dependencies with npm ci ...\n');
  const started = Date.now();
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'inherit'], // standard output belongs to the command itself
  });
  if (npm.status !== 0) {
    const error = new Error(
      `npm ci failed (${npm.error?.message ?? `exit code ${npm.status}`}):\n${npm.stdout ?? ''}`,
    );
    error.name = 'SetupError';
    throw error;
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stderr.write(`Installing the dependencies with npm ci: done (${seconds}s)\n`);
}

function haveDependencies(project) {
  try {
    const read = (path) => readFileSync(join(project, path), 'utf8');
    return dependenciesMatch(read('package-lock.json'), read('node_modules/.package-lock.json'));
  } catch {
    return false;
  }
}
