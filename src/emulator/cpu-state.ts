import type { V86Bytes, V86Cpu } from './v86.ts';

/** The CPU and v86's own devices in a snapshot: all but the RAM. Plain data. */
export interface CpuState {
  /** What v86 makes of itself, with copies of its views and its devices' own arrays in it. */
  v86: unknown[];
  /** The performance clock, in milliseconds, by which its timer counts. */
  time: number;
  /** What v86 leaves out: files and bytes on their way. */
  firmwarePointer: number;
  serialInput: number[];
  keyboard: { bytes: number[]; mouseBytes: number[]; isReady: boolean; isMouse: boolean };
}

/** Places in v86's state (cpu.js, `get_state`). */
const MEMORY_SIZE = 0;
const VGA = 52;
const BITMAP = 78;
/** A place in the state of its VGA (vga.js): 8 MiB, mostly never touched. */
const SVGA_MEMORY = 39;
/** v86's `set_state` puts an array in the place of each of these, where it should write through it. */
const REPLACED = ['last_result', 'fpu_status_word', 'mxcsr'] as const;

/**
 * Leaves out of v86's state the RAM, which may be large and is seen to by others, and its PCI bus, which no
 * guest reaches: another stands in its place.
 */
export function leaveOthersOut(cpu: V86Cpu): void {
  const bitmap = { get_buffer: () => new ArrayBuffer(0) };
  cpu.pack_memory = () => ({ packed_memory: new Uint8Array(0), bitmap });
  cpu.unpack_memory = () => {};
  cpu.devices.pci.get_state = () => [];
  cpu.devices.pci.set_state = () => {};
}

/** What the CPU is between two slices. */
export function saveCpu(cpu: V86Cpu): CpuState {
  const state = cpu.get_state();
  const vga = (state[VGA] as { get_state(): unknown[] }).get_state();
  vga[SVGA_MEMORY] = withoutZerosAtEnd(cpu.devices.vga.svga_memory);
  state[VGA] = vga;
  const { ps2, uart0 } = cpu.devices;
  return {
    v86: copied(state) as unknown[],
    time: performance.now(),
    firmwarePointer: cpu.fw_pointer,
    serialInput: [...uart0.input],
    keyboard: {
      bytes: contents(ps2.kbd_buffer),
      mouseBytes: contents(ps2.mouse_buffer),
      isReady: ps2.next_byte_is_ready,
      isMouse: ps2.next_byte_is_aux,
    },
  };
}

/**
 * Makes the CPU what it was, after a reset. Timers have as long to go as they had then, the CPU's own counter
 * of time goes on from where it was, and its battery-backed clock tells the time of now.
 */
export function restoreCpu(cpu: V86Cpu, state: CpuState): void {
  // It keeps some of the arrays that it gets.
  const v86 = structuredClone(state.v86);
  v86[MEMORY_SIZE] = cpu.memory_size[0];
  v86[BITMAP] = new Uint8Array(0);
  const svga = (v86[VGA] as unknown[])[SVGA_MEMORY] as Uint8Array;
  clearFrom(cpu.devices.vga.svga_memory, svga.length);
  const views = REPLACED.map((name) => cpu[name]);
  cpu.set_state(v86);
  REPLACED.forEach((name, index) => {
    views[index].set(cpu[name]);
    Object.assign(cpu, { [name]: views[index] });
  });
  const { pit, ps2, uart0 } = cpu.devices;
  const passed = performance.now() - state.time;
  pit.counter_start_time = pit.counter_start_time.map((start) => start + passed);
  cpu.fw_pointer = state.firmwarePointer;
  uart0.input.splice(0, uart0.input.length, ...state.serialInput);
  for (const byte of state.keyboard.bytes) ps2.kbd_buffer.push(byte);
  for (const byte of state.keyboard.mouseBytes) ps2.mouse_buffer.push(byte);
  ps2.next_byte_is_ready = state.keyboard.isReady;
  ps2.next_byte_is_aux = state.keyboard.isMouse;
}

/** A device of v86's, or an array that looks like one of its views: those are proxies. */
type Part = { get_state?(): unknown[]; BYTES_PER_ELEMENT?: number; slice(): unknown };

function copied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, copied);
  const part = value as Part;
  if (part.BYTES_PER_ELEMENT !== undefined) return part.slice();
  if (part.get_state !== undefined) return Array.from(part.get_state(), copied);
  throw new TypeError('v86 has something in its state that is no plain data');
}

function withoutZerosAtEnd(bytes: Uint8Array): Uint8Array {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let length = words.length;
  while (length > 0 && words[length - 1] === 0) length--;
  return bytes.subarray(0, 4 * length);
}

/** Clears what is behind the first `length` bytes, touching no memory that is zero. */
function clearFrom(bytes: Uint8Array, length: number): void {
  const used = withoutZerosAtEnd(bytes).length;
  if (used > length) bytes.fill(0, length, used);
}

/** The bytes of a queue, which stay there. */
function contents(queue: V86Bytes): number[] {
  const bytes = Array.from({ length: queue.length }, () => queue.shift());
  for (const byte of bytes) queue.push(byte);
  return bytes;
}
