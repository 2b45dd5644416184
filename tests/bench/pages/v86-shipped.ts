import { V86 as V86Constructor } from 'v86';
import wasmUrl from 'v86/build/v86.wasm?url';
import type { GuestParts } from '../sides/guest.ts';

const MIB = 1024 * 1024;

/**
 * v86 as its package ships it, by its public interface and, where that has nothing, by names that
 * the package keeps. Not `src/emulator`, which changes v86.
 */
export interface ShippedV86 {
  readonly bus: { send(event: 'virtio-console0-input-bytes', bytes: Uint8Array): void };
  readonly v86: { cpu: { instruction_counter: Uint32Array } };
  add_listener(event: 'virtio-console0-output-bytes', take: (bytes: Uint8Array) => void): void;
  add_listener(event: 'emulator-loaded', call: () => void): void;
  run(): Promise<void>;
  stop(): Promise<void>;
}

export interface ShippedV86Options {
  /** Bytes. */
  memory_size: number;
  bios: { url: string } | { buffer: ArrayBuffer };
  bzimage: { url: string } | { buffer: ArrayBuffer };
  cmdline: string;
  /** A whole image in memory is what v86 serves fastest. */
  hda: { buffer: ArrayBuffer };
  hdb?: { buffer: ArrayBuffer };
  virtio_console:
    | true
    | { type: 'xtermjs'; container: HTMLElement; xterm_lib: new (options: object) => unknown };
  /** Makes the emulator's core, instead of v86 fetching it. */
  wasm_fn?: (imports: WebAssembly.Imports) => Promise<WebAssembly.Exports>;
}

/** The guest for v86: it needs firmware to start a kernel, and its disks are IDE disks. */
export function shippedOptions(parts: GuestParts) {
  return {
    memory_size: parts.memory * MIB,
    bios: { url: parts.firmwareUrl },
    bzimage: { url: parts.kernelUrl },
    cmdline: parts.commandLine.replace('/dev/vda', '/dev/sda'),
  };
}

/** Begins to fetch the emulator's core. @returns what makes it, for `wasm_fn` */
export function prefetchCore(): (imports: WebAssembly.Imports) => Promise<WebAssembly.Exports> {
  const bytes = fetchBytes(wasmUrl);
  return async (imports) => (await WebAssembly.instantiate(await bytes, imports)).instance.exports;
}

/** What is at a URL. */
export async function fetchBytes(url: string): Promise<ArrayBuffer> {
  return (await fetch(url)).arrayBuffer();
}

/** Makes a machine without a screen, keyboard or network: what Ringbox's does not have either. */
export async function makeShippedV86(options: ShippedV86Options): Promise<ShippedV86> {
  const Constructor = V86Constructor as unknown as new (options: object) => ShippedV86;
  const emulator = new Constructor({
    ...options,
    wasm_path: wasmUrl,
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    net_device: { type: 'none' },
  });
  await new Promise<void>((resolve) => emulator.add_listener('emulator-loaded', resolve));
  return emulator;
}
