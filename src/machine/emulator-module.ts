import emulatorUrl from 'v86/build/v86.wasm?url';
import { compileEmulator } from '../emulator/compile.ts';
import { MachineError } from './errors.ts';
import { gunzip, isGzip } from './gzip.ts';

let compiled: Promise<WebAssembly.Module> | null = null;
let caching: RequestCache = 'default';

/**
 * The emulator's module, loaded and compiled once for all machines of the page.
 * @throws MachineError 'download-failed'; UnknownEmulatorError
 */
export function emulatorModule(): Promise<WebAssembly.Module> {
  compiled ??= fetchEmulator().then(compileEmulator);
  // A failure is not kept: the next machine tries again, past a cache that may have what is damaged.
  compiled.catch(() => {
    compiled = null;
    caching = 'reload';
  });
  return compiled;
}

async function fetchEmulator(): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(emulatorUrl, { cache: caching });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // The built page has it under gzip.
    return isGzip(bytes) ? await gunzipWhole(bytes) : bytes;
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    throw new MachineError(
      'download-failed',
      `The emulator, ${emulatorUrl}, could not be loaded: ${why}.`,
      'Check the connection, and that the host has all files of the page; then try again.',
      reason,
    );
  }
}

async function gunzipWhole(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(gunzip(new Blob([bytes]).stream())).arrayBuffer());
}
