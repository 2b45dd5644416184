import { BusMap } from '../bus/bus-map.ts';
import { GuestMemory } from '../ring/guest-memory.ts';
import { type CpuState, leaveOthersOut, restoreCpu, saveCpu } from './cpu-state.ts';
import { type RamPiece, restoreRam, saveRam } from './ram-pages.ts';
import { shareImportedMemory } from './shared-wasm.ts';
import { V86, type V86Cpu, type V86Imports, type V86Runner } from './v86.ts';

/** EFLAGS.IF: the CPU takes interrupts. */
const INTERRUPT_FLAG = 0x200;
/** v86 keeps the entries of JIT code at the end of its function table, from this index on. */
const JIT_TABLE_OFFSET = 1024;
/** The number of v86's setting that switches its JIT off. */
const JIT_DISABLED = 0;
const MIB = 1024 * 1024;
const PORT_BLOCK_SHIFT = 9;
const MEMORY_BLOCK_SHIFT = 12;

/** Thrown when the browser does not give the memory that the machine was to have. */
export class OutOfMemoryError extends Error {}

/** What the machine hears from the CPU; each is called on the CPU thread. */
export interface EmulatorHooks {
  /**
   * A sync point: the guest stands still, and interrupts may be raised.
   * @param halted the CPU waits for an interrupt
   */
  syncPoint(halted: boolean): void;
  /** The guest has asked for a reset of the machine, or its CPU could not go on. */
  rebootRequested(): void;
  /** Something outside has an interrupt for a CPU that may be asleep. */
  wake(): void;
  /** The guest has sent a byte over the first serial port. */
  serialOutput(byte: number): void;
}

export interface EmulatorParts {
  /** v86's module on shared memory, from `compileEmulator`. */
  module: WebAssembly.Module;
  /** MiB of guest RAM. */
  memory: number;
  hooks: EmulatorHooks;
}

/** The emulator in a snapshot. */
export interface EmulatorState {
  cpu: CpuState;
  ram: RamPiece[];
}

/** The registers with which a guest begins that is started without firmware. */
export interface ProtectedModeStart {
  instructionPointer: number;
  esi: number;
  esp: number;
  /** A flat GDT in guest memory and the selectors of its code and data segments. */
  gdtAddress: number;
  gdtLength: number;
  codeSelector: number;
  dataSelector: number;
}

/** How far a slice is that is to end early, which v86 takes for one whose CPU has halted. */
interface EarlyEnd {
  wanted: boolean;
  /** Its sync point has come. */
  seen: boolean;
}

/**
 * v86 on shared RAM: the only file that touches the emulator's inside. Everything here belongs to
 * the CPU thread.
 */
export class Emulator {
  readonly memory: GuestMemory;
  /** The buffer that holds the RAM, among other things; workers get it with the RAM's range. */
  readonly buffer: SharedArrayBuffer;
  readonly ramOffset: number;
  /** Windows that are looked at before v86's own devices. */
  readonly ports: BusMap;
  readonly mappedMemory: BusMap;
  readonly #v86: V86;
  readonly #cpu: V86Cpu;
  #instructions = 0;
  #lastCounter = 0;
  /** From how many `#instructions` on the guest's code is compiled. */
  #compileFrom = 0;
  /** What is known of a slice that is to end early. */
  readonly #early: EarlyEnd;
  #endedEarly = false;
  /** The RAM may hold something: until the first reset it is as the browser gave it, all zero. */
  #ramUsed = false;

  private constructor(
    v86: V86,
    ports: BusMap,
    mappedMemory: BusMap,
    hooks: EmulatorHooks,
    early: EarlyEnd,
  ) {
    this.#early = early;
    this.#v86 = v86;
    this.#cpu = v86.v86.cpu;
    this.ports = ports;
    this.mappedMemory = mappedMemory;
    this.buffer = this.#cpu.wasm_memory.buffer as unknown as SharedArrayBuffer;
    this.ramOffset = this.#cpu.mem8.byteOffset;
    this.memory = new GuestMemory(this.buffer, this.ramOffset, this.#cpu.memory_size[0]);
    leaveOthersOut(this.#cpu);
    this.#cpu.reboot_internal = () => {
      this.stop();
      hooks.rebootRequested();
    };
    const runner: V86Runner = v86.v86;
    runner.yield = () => hooks.wake();
    v86.add_listener('serial0-output-byte', (byte: number) => hooks.serialOutput(byte));
  }

  /** @throws OutOfMemoryError when the RAM cannot be had */
  static async create(parts: EmulatorParts): Promise<Emulator> {
    const ports = new BusMap(PORT_BLOCK_SHIFT);
    const mappedMemory = new BusMap(MEMORY_BLOCK_SHIFT);
    const early: EarlyEnd = { wanted: false, seen: false };
    const v86 = await new Promise<V86>((resolve, reject) => {
      const made: V86 = new V86({
        memory_size: parts.memory * MIB,
        autostart: false,
        acpi: false,
        disable_keyboard: true,
        disable_mouse: true,
        disable_speaker: true,
        net_device: { type: 'none' },
        wasm_fn: async (imports) => {
          const cpu = () => made.v86.cpu;
          putHooksBefore(imports, ports, mappedMemory, cpu, parts.hooks, early);
          try {
            const instance = await WebAssembly.instantiate(
              parts.module,
              imports as unknown as WebAssembly.Imports,
            );
            return reportAllocationFailure(instance.exports, parts.memory, reject);
          } catch (cause) {
            reject(outOfMemory(parts.memory, cause));
            // v86 has no way to hear of a failure; it is simply never told to go on.
            return new Promise<WebAssembly.Exports>(() => {});
          }
        },
      });
      made.add_listener('emulator-loaded', () => resolve(made));
    });
    return new Emulator(v86, ports, mappedMemory, parts.hooks, early);
  }

  /** Runs the guest for about a millisecond. @returns milliseconds until it has work again */
  runSlice(): number {
    const milliseconds = (this.#cpu.wm.exports.main_loop as () => number)();
    this.#endedEarly = this.#early.wanted;
    if (this.#early.wanted) this.#cpu.in_hlt[0] = 0;
    this.#early.wanted = false;
    this.#countInstructions();
    if (this.#instructions >= this.#compileFrom) this.#setCompiler(true);
    return milliseconds;
  }

  /**
   * Compiles none of the guest's code during its next `instructions`. For a start, which runs most
   * code once: what a browser's compiler threads do about it takes the CPU from the guest.
   */
  interpretFirst(instructions: number): void {
    this.#compileFrom = this.#instructions + instructions;
    this.#setCompiler(false);
  }

  #setCompiler(enabled: boolean): void {
    if (enabled) this.#compileFrom = Number.POSITIVE_INFINITY;
    const configure = this.#cpu.wm.exports.set_jit_config as (index: number, value: number) => void;
    configure(JIT_DISABLED, enabled ? 0 : 1);
  }

  /**
   * Ends the slice after the present instruction, with a sync point, instead of up to 100,000
   * instructions later. In a port handler or at a sync point.
   */
  endSlice(): void {
    if (this.halted) return;
    // v86 leaves its loops for a CPU that is halted, and for nothing else.
    this.#cpu.in_hlt[0] = 1;
    this.#early.wanted = true;
    this.#early.seen = false;
  }

  /** The last slice was ended by `endSlice`. */
  get endedEarly(): boolean {
    return this.#endedEarly;
  }

  /** The CPU waits for an interrupt. */
  get halted(): boolean {
    return this.#cpu.in_hlt[0] !== 0;
  }

  /** The CPU takes no interrupts. */
  get interruptsOff(): boolean {
    return (this.#cpu.flags[0] & INTERRUPT_FLAG) === 0;
  }

  /** The CPU is halted with interrupts off: nothing can wake it, the guest has ended. */
  get stopped(): boolean {
    return this.halted && this.interruptsOff;
  }

  /** Halts the CPU for good, as the guest sees it: `runSlice` ends after this instruction. */
  stop(): void {
    this.#early.wanted = false;
    this.#cpu.flags[0] &= ~INTERRUPT_FLAG;
    this.#cpu.in_hlt[0] = 1;
  }

  /** Guest instructions that have run since the machine was made. */
  get instructions(): number {
    return this.#instructions;
  }

  /** v86 counts modulo 2^32, and from 0 again after a reset. */
  #countInstructions(): void {
    const counter = this.#cpu.instruction_counter[0];
    this.#instructions += (counter - this.#lastCounter) >>> 0;
    this.#lastCounter = counter;
  }

  /** Raises interrupt line `line` (0 to 15). Only at a sync point or in a port handler. */
  raiseInterrupt(line: number): void {
    this.#cpu.device_raise_irq(line);
  }

  /** Lowers interrupt line `line` (0 to 15). Only at a sync point or in a port handler. */
  lowerInterrupt(line: number): void {
    this.#cpu.device_lower_irq(line);
  }

  /** Forgets compiled code of [address, address + length), which somebody else has written. */
  dropCode(address: number, length: number): void {
    this.#cpu.jit_dirty_cache(address, address + length);
  }

  /** Reads a byte from a port of v86's own devices. */
  readPort(port: number): number {
    return this.#cpu.io.port_read8(port);
  }

  /** Writes a byte to a port of v86's own devices. */
  writePort(port: number, value: number): void {
    this.#cpu.io.port_write8(port, value);
  }

  /** Gives firmware a file, over the configuration ports that it knows from QEMU. */
  setFirmwareFile(name: string, data: Uint8Array): void {
    const files = this.#cpu.option_roms;
    const before = files.findIndex((file) => file.name === name);
    files.splice(before === -1 ? files.length : before, 1, { name, data });
  }

  /** Sends bytes to the guest over the first serial port. */
  serialInput(bytes: Uint8Array): void {
    this.#v86.serial_send_bytes(0, bytes);
  }

  /**
   * Puts CPU and RAM into their state at power-on; the CPU will begin in real mode, 16 bytes before
   * the end of the first MiB. Not from inside a slice.
   */
  reset(): void {
    this.#cpu.reset_cpu();
    this.#lastCounter = this.#cpu.instruction_counter[0];
    // To fill what is zero would make the browser find real memory for all of it, at once.
    if (this.#ramUsed) this.memory.fill(0, 0, this.memory.size);
    this.#ramUsed = true;
    this.#cpu.jit_clear_cache();
    this.#cpu.full_clear_tlb();
  }

  /** All that the CPU, v86's own devices and the RAM are. Not from inside a slice. */
  save(): EmulatorState {
    return { cpu: saveCpu(this.#cpu), ram: saveRam(this.memory, this.#isZero) };
  }

  /**
   * Becomes what `state`, of an emulator with as much memory, tells. Not from inside a slice.
   * @throws Error for a state that makes no sense; it cannot go on then
   */
  restore({ cpu, ram }: EmulatorState): void {
    this.#cpu.reset_cpu();
    this.#lastCounter = this.#cpu.instruction_counter[0];
    restoreRam(this.memory, this.#isZero, ram, !this.#ramUsed);
    this.#ramUsed = true;
    restoreCpu(this.#cpu, cpu);
    this.#setCompiler(true);
  }

  readonly #isZero = (address: number, length: number) =>
    Boolean(this.#cpu.is_memory_zeroed(address, length));

  /** Puts the CPU into 32-bit protected mode without paging, interrupts off. After `reset`. */
  startProtectedMode(start: ProtectedModeStart): void {
    const cpu = this.#cpu;
    cpu.cr[0] = 1;
    cpu.protected_mode[0] = 1;
    cpu.cpl[0] = 0;
    cpu.flags[0] = 2;
    cpu.is_32[0] = 1;
    cpu.stack_size_32[0] = 1;
    cpu.gdtr_offset[0] = start.gdtAddress;
    cpu.gdtr_size[0] = start.gdtLength - 1;
    for (let segment = 0; segment < 6; segment++) {
      const isCode = segment === CODE_SEGMENT;
      cpu.segment_is_null[segment] = 0;
      cpu.segment_offsets[segment] = 0;
      cpu.segment_limits[segment] = 0xffffffff;
      cpu.segment_access_bytes[segment] = isCode ? FLAT_CODE_ACCESS : FLAT_DATA_ACCESS;
      cpu.sreg[segment] = isCode ? start.codeSelector : start.dataSelector;
    }
    cpu.reg32.fill(0);
    cpu.reg32[ESI] = start.esi;
    cpu.reg32[ESP] = start.esp;
    cpu.instruction_pointer[0] = start.instructionPointer;
    cpu.update_state_flags();
  }

  /** Lets go of the emulator; nothing may be called afterwards. */
  async dispose(): Promise<void> {
    await this.#v86.destroy();
  }
}

const CODE_SEGMENT = 1;
/** Present, ring 0, code, readable, accessed; and the same for data, writable. */
const FLAT_CODE_ACCESS = 0x9b;
const FLAT_DATA_ACCESS = 0x93;
const ESP = 4;
const ESI = 6;

/** Puts our windows, our JIT finalizer and our sync point before what v86 does by itself. */
function putHooksBefore(
  { env }: V86Imports,
  ports: BusMap,
  mappedMemory: BusMap,
  cpu: () => V86Cpu,
  hooks: EmulatorHooks,
  early: EarlyEnd,
): void {
  putWindowsBefore(env, 'io_port', ports, [8, 16, 32], [8, 16, 32]);
  putWindowsBefore(env, 'mmap', mappedMemory, [8, 32], [8, 16, 32]);
  const runHardwareTimers = env.run_hardware_timers;
  env.run_hardware_timers = (acpiEnabled, now) => {
    // Here again: an interrupt came, and the guest goes on. If it is halted now, it is by itself.
    if (early.seen) early.wanted = false;
    early.seen = early.wanted;
    const milliseconds = runHardwareTimers(acpiEnabled, now);
    hooks.syncPoint(cpu().in_hlt[0] !== 0 && !early.wanted);
    return milliseconds;
  };
  env.codegen_finalize = (index, start, stateFlags, pointer, length) => {
    void finalizeCode(cpu(), index, start, stateFlags, pointer >>> 0, length >>> 0);
  };
}

function putWindowsBefore(
  env: V86Imports['env'],
  space: 'io_port' | 'mmap',
  map: BusMap,
  readBits: number[],
  writeBits: number[],
): void {
  for (const bits of readBits) {
    const original = env[`${space}_read${bits}`] as (address: number) => number;
    env[`${space}_read${bits}`] = (address: number) => {
      if (map.isFree(address)) return original(address);
      return map.read(address >>> 0, bits / 8) ?? original(address);
    };
  }
  for (const bits of writeBits) {
    const original = env[`${space}_write${bits}`] as (address: number, value: number) => void;
    env[`${space}_write${bits}`] = (address: number, value: number) => {
      if (map.isFree(address) || !map.write(address >>> 0, bits / 8, value)) {
        original(address, value);
      }
    };
  }
}

/** Compiles a module that the JIT has made, with the memory import changed to the shared kind. */
async function finalizeCode(
  cpu: V86Cpu,
  index: number,
  start: number,
  stateFlags: number,
  pointer: number,
  length: number,
): Promise<void> {
  const code = shareImportedMemory(new Uint8Array(cpu.wasm_memory.buffer, pointer, length));
  const { instance } = await WebAssembly.instantiate(code, { e: cpu.jit_imports });
  cpu.wm.wasm_table.set(index + JIT_TABLE_OFFSET, instance.exports.f as CallableFunction);
  cpu.codegen_finalize_finished(index, start, stateFlags);
}

/** v86 calls `allocate_memory` where nobody would hear of its failure; here somebody does. */
function reportAllocationFailure(
  exports: WebAssembly.Exports,
  memory: number,
  report: (error: Error) => void,
): WebAssembly.Exports {
  const allocate = exports.allocate_memory as (size: number) => number;
  return {
    ...exports,
    allocate_memory: (size: number) => {
      try {
        return allocate(size);
      } catch (cause) {
        const error = outOfMemory(memory, cause);
        report(error);
        throw error;
      }
    },
  };
}

function outOfMemory(memory: number, cause: unknown): OutOfMemoryError {
  return new OutOfMemoryError(`the browser gave no ${memory} MiB of shared memory`, { cause });
}
