import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Guest } from './guest.ts';
import { type MeasuredResult, MeasuredShell, PRINT_MARK } from './measured-shell.ts';
import { processorTime } from './processes.ts';

/** What the guest calls its second console. */
const SINK = '/dev/hvc1';

/** The Debian package of `qemu-system-i386`. */
export const QEMU_PACKAGE = 'qemu-system-x86';

export interface QemuOptions {
  /** Path of qemu-system-i386. */
  program: string;
  kernel: string;
  commandLine: string;
  /** Its own, in memory (tmpfs); it is deleted in the end. */
  folder: string;
  /** Raw images of its disks, the root disk first. */
  disks: string[];
  /** MiB. */
  memory: number;
}

/**
 * QEMU as a native program with its just-in-time compiler (TCG): what a machine costs without a
 * browser. Disks are virtio-blk on files in memory through the host's page cache, and so as much
 * memory as Ringbox's; they are left to QEMU's own threads. The shell's console, hvc0, is on a pipe
 * that this process reads. What a pipe does not take at once QEMU drops, so that floods go to a second
 * console, hvc1, which writes to a file in memory.
 */
export class QemuSide implements Guest {
  readonly disk = '/dev/vdb';
  readonly #process: ChildProcess;
  readonly #shell: MeasuredShell;
  readonly #folder: string;
  /** Takes what the guest writes to its second console. */
  readonly #sink: string;
  /** From its start to the shell's prompt, in milliseconds. */
  untilPrompt = Number.NaN;

  private constructor(options: QemuOptions) {
    this.#folder = options.folder;
    this.#sink = join(options.folder, 'sink');
    this.#process = spawn(options.program, qemuArguments(options, this.#sink), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    process.once('exit', () => this.#process.kill('SIGKILL'));
    const { stdin, stdout } = this.#process;
    this.#shell = new MeasuredShell(
      (text) => void stdin?.write(text),
      () => null,
    );
    stdout?.on('data', (bytes: Buffer) => this.#shell.receive(bytes));
  }

  static async boot(options: QemuOptions): Promise<QemuSide> {
    const begin = performance.now();
    const side = new QemuSide(options);
    const failed = once(side.#process, 'exit').then(([code]) => {
      throw new Error(`qemu-system-i386 has ended with status ${code}`);
    });
    failed.catch(() => undefined);
    await Promise.race([side.#shell.untilPrompt(), failed]);
    side.untilPrompt = performance.now() - begin;
    return side;
  }

  measure(command: string): Promise<MeasuredResult> {
    return this.#shell.measure(command);
  }

  async measureFlood(command: string, length: number): Promise<MeasuredResult> {
    const before = statSync(this.#sink).size;
    // The last mark comes when the device has taken everything: closing a terminal waits for that.
    const result = await this.measure(`${PRINT_MARK}; { ${command}; } > ${SINK}; ${PRINT_MARK}`);
    const written = statSync(this.#sink).size - before;
    if (written !== length) throw new Error(`${written} bytes came out of ${length}`);
    return result;
  }

  async processorTime(): Promise<number> {
    return processorTime(this.#process.pid ?? 0);
  }

  async pause(): Promise<void> {
    this.#process.kill('SIGSTOP');
  }

  async resume(): Promise<void> {
    this.#process.kill('SIGCONT');
  }

  async dispose(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function qemuArguments(
  { kernel, commandLine, disks, memory }: QemuOptions,
  sink: string,
): string[] {
  const modern = 'disable-legacy=on';
  return [
    ...['-accel', 'tcg', '-machine', 'pc', '-m', `${memory}`],
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    ...['-kernel', kernel, '-append', commandLine],
    ...['-chardev', 'stdio,id=console,signal=off'],
    ...['-device', `virtio-serial-pci,${modern}`, '-device', 'virtconsole,chardev=console'],
    ...['-chardev', `file,id=sink,path=${sink}`, '-device', 'virtconsole,chardev=sink'],
    ...['-device', `virtio-rng-pci,${modern}`],
    ...disks.flatMap((file, index) => [
      ...['-drive', `if=none,id=disk${index},file=${file},format=raw,cache=writeback`],
      ...['-device', `virtio-blk-pci,drive=disk${index},${modern}`],
    ]),
  ];
}
