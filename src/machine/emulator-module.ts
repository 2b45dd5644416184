import emulatorUrl from 'v86/build/v86.wasm?url';
import { compileEmulator } from '../emulator/compile.ts';
import { MachineError } from './errors.ts';

let compiled: Promise<WebAssembly.Module> | null = null;

/**
 * The emulator's module, loaded and compiled once for all machines of the page.
 * @throws MachineError 'guest-file-missing'; UnknownEmulatorError
 */
export function emulatorModule(): Promise<WebAssembly.Module> {
  compiled ??= fetchEmulator().then(compileEmulator);
  // A failure is not kept: the next machine tries again.
  compiled.catch(() => {
    compiled = null;
  });
  return compiled;
}

async function fetchEmulator(): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(emulatorUrl);
  if (!response.ok) {
    const message = `The emulator, ${emulatorUrl}, could not be loaded (HTTP ${response.status}).`;
    throw new MachineError('guest-file-missing', message, 'Build the page again: `npm start`.');
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  return isGzip(bytes) ? gunzip(bytes) : bytes;
}

/** The built page has the emulator under gzip. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
