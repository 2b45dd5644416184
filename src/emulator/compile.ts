import { shareEmulatorMemory } from './shared-wasm.ts';

/**
 * Compiles v86.wasm, as the package ships it, with its memory changed to the shared kind. One
 * module serves any number of emulators.
 * @throws UnknownEmulatorError for another v86.wasm than the known one
 */
export async function compileEmulator(wasm: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await shareEmulatorMemory(wasm));
}
