// The order of these three imports matters: see hide-worker.ts.
import './hide-worker.ts';
import { V86 as V86Constructor } from 'v86';
import './restore-worker.ts';

/** A queue of bytes. */
export interface V86Bytes {
  readonly length: number;
  shift(): number;
  push(byte: number): void;
}

/** What Ringbox uses of v86's inside, by the names it has in the release build of 0.5.462. */
export interface V86Cpu {
  /** All of the CPU and its devices but the RAM: nested arrays, numbers, views, and devices. */
  get_state(): unknown[];
  /** The way back. It puts some arrays of the state in the place of its own, so it must own them. */
  set_state(state: unknown[]): void;
  /** Of `get_state`: all pages that are not zero. */
  pack_memory(): { packed_memory: Uint8Array; bitmap: { get_buffer(): ArrayBuffer } };
  /** Of `set_state`: clears the RAM, and puts the pages there. */
  unpack_memory(bitmap: unknown, packed: Uint8Array): void;
  /** Whether bytes of RAM are all zero; multiples of 8. */
  is_memory_zeroed(address: number, length: number): number | boolean;
  last_result: Int32Array;
  fpu_status_word: Uint16Array;
  mxcsr: Int32Array;
  fw_pointer: number;
  devices: {
    /** When each counter began, in milliseconds of the performance clock. */
    pit: { counter_start_time: Float64Array };
    /** `input`: what has arrived and was not read. */
    uart0: { input: number[] };
    vga: { svga_memory: Uint8Array };
    pci: { get_state(): unknown[]; set_state(state: unknown[]): void };
    ps2: {
      kbd_buffer: V86Bytes;
      mouse_buffer: V86Bytes;
      next_byte_is_ready: boolean;
      next_byte_is_aux: boolean;
    };
  };
  memory_size: Uint32Array;
  mem8: Uint8Array<SharedArrayBuffer>;
  wasm_memory: WebAssembly.Memory;
  wm: { exports: WebAssembly.Exports; wasm_table: WebAssembly.Table };
  jit_imports: WebAssembly.ModuleImports;
  instruction_counter: Uint32Array;
  in_hlt: Uint8Array;
  flags: Int32Array;
  cr: Int32Array;
  protected_mode: Int32Array;
  cpl: Uint8Array;
  is_32: Int32Array;
  stack_size_32: Int32Array;
  reg32: Int32Array;
  sreg: Uint16Array;
  segment_is_null: Uint8Array;
  segment_offsets: Int32Array;
  segment_limits: Uint32Array;
  segment_access_bytes: Uint8Array;
  gdtr_size: Int32Array;
  gdtr_offset: Int32Array;
  instruction_pointer: Int32Array;
  /** Files that firmware finds over the ports of QEMU's fw_cfg device. */
  option_roms: { name: string; data: Uint8Array }[];
  io: {
    port_read8(port: number): number;
    port_write8(port: number, value: number): void;
  };
  reset_cpu(): void;
  update_state_flags(): void;
  full_clear_tlb(): void;
  jit_clear_cache(): void;
  jit_dirty_cache(start: number, end: number): void;
  codegen_finalize_finished(index: number, start: number, stateFlags: number): void;
  device_raise_irq(line: number): void;
  device_lower_irq(line: number): void;
  reboot_internal(): void;
}

/** The part of v86 that runs the CPU in slices. */
export interface V86Runner {
  cpu: V86Cpu;
  /** Called when there may be work for a CPU that nothing runs. */
  yield(milliseconds: number, tick: number): void;
}

/** The functions that v86's WebAssembly imports, of those that Ringbox puts its own before. */
export interface V86Imports {
  env: {
    run_hardware_timers(acpiEnabled: number, now: number): number;
    codegen_finalize(
      index: number,
      start: number,
      stateFlags: number,
      pointer: number,
      length: number,
    ): void;
    io_port_read8(port: number): number;
    io_port_read16(port: number): number;
    io_port_read32(port: number): number;
    io_port_write8(port: number, value: number): void;
    io_port_write16(port: number, value: number): void;
    io_port_write32(port: number, value: number): void;
    mmap_read8(address: number): number;
    mmap_read32(address: number): number;
    mmap_write8(address: number, value: number): void;
    mmap_write16(address: number, value: number): void;
    mmap_write32(address: number, value: number): void;
  } & WebAssembly.ModuleImports;
}

export interface V86Options {
  wasm_fn(imports: V86Imports): Promise<WebAssembly.Exports>;
  memory_size: number;
  autostart: false;
  acpi: false;
  disable_keyboard: true;
  disable_mouse: true;
  disable_speaker: true;
  net_device: { type: 'none' };
}

export interface V86 {
  v86: V86Runner;
  add_listener(event: string, listener: (value: never) => void): void;
  serial_send_bytes(port: number, bytes: Uint8Array): void;
  destroy(): Promise<void>;
}

export const V86 = V86Constructor as unknown as new (options: V86Options) => V86;
