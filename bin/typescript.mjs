import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Loads a TypeScript module of the project and all it imports, in any Node that we support: Vite does
 * it, so that no other runner is needed. The dependencies must be there.
 * @param {string} file below the project
 */
export async function loadTypeScript(file) {
  const { runnerImport } = await import('vite');
  const { NODE_ENV: environment } = process.env;
  const { module } = await runnerImport(join(project, file), {
    root: project,
    configFile: false,
    envFile: false,
    logLevel: 'error',
  });
  // The runner has declared this process one for development; what is built from here on is not.
  if (environment === undefined) delete process.env.NODE_ENV;
  return module;
}
