import { parseArgs } from 'node:util';
import { build, type PreviewServer, preview } from 'vite';
import { SetupError } from '../guest/build/errors.ts';
import { prepareGuest } from '../guest/build/index.ts';
import { projectDirectory } from '../guest/build/paths.ts';

const DEFAULT_PORT = 5173;

interface StartOptions {
  port: number;
  /** Undefined: localhost only. */
  host: string | undefined;
}

/** Reads the options of `ringbox start`; throws a SetupError for a wrong one. */
export function parseStartOptions(parameters: string[]): StartOptions {
  let values: { port?: string; host?: string };
  try {
    const options = { port: { type: 'string' }, host: { type: 'string' } } as const;
    values = parseArgs({ args: parameters, options }).values;
  } catch (error) {
    throw new SetupError(`start: ${(error as Error).message}`);
  }
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new SetupError(`start: --port takes a number from 1 to 65535, not '${values.port}'`);
  }
  return { port, host: values.host };
}

/**
 * `ringbox start`: prepares the guest, builds the page and serves it until interrupted. A port
 * that is taken leads to the next free one.
 */
export async function start(parameters: string[]): Promise<number> {
  const options = parseStartOptions(parameters);
  await prepareGuest();
  await build({ root: projectDirectory, logLevel: 'warn' });
  const server = await preview({
    root: projectDirectory,
    logLevel: 'warn',
    preview: { port: options.port, strictPort: false, host: options.host ?? 'localhost' },
  });
  announce(server);
  await interrupted();
  await server.close();
  return 0;
}

function announce(server: PreviewServer): void {
  const addresses = server.resolvedUrls;
  const lines = [...(addresses?.local ?? []), ...(addresses?.network ?? [])].map(
    (address) => `  ${address}\n`,
  );
  process.stdout.write(`\nRingbox is ready. Open this page in a browser:\n\n${lines.join('')}\n`);
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
