import { BootError } from '../boot/boot-error.ts';
import { checkFirmware, startFirmware } from '../boot/firmware.ts';
import { readKernelImage } from '../boot/kernel-image.ts';
import { startLinux } from '../boot/linux.ts';
import type { Emulator } from '../emulator/emulator.ts';
import type { PciBus } from '../pci/bus.ts';
import { AGENT_NAME } from './agent/agent.ts';
import { MachineError } from './errors.ts';
import type { FirmwareOptions, KernelOptions, MachineOptions } from './options.ts';

/**
 * Puts software into a machine that has just been reset, so that its CPU can run.
 * @throws MachineError when it does not fit the machine
 */
export type PowerOn = (emulator: Emulator, bus: PciBus) => void;

/**
 * Reads and checks what the machine will run.
 * @throws MachineError when it is of no use
 */
export async function readSoftware(options: MachineOptions): Promise<PowerOn> {
  if ('firmware' in options) return readFirmware(options);
  const words = options.agent ? [options.commandLine, AGENT_NAME] : [options.commandLine];
  return readKernel({ ...options, commandLine: words.join(' ') });
}

/**
 * Guest instructions that an uncompressed kernel is interpreted for: ours takes some 17 million to
 * its prompt, nearly all of them run a few times only. With the compiler it was there a second later
 * on two cores. What unpacks itself is compiled from the beginning, as that is one long loop.
 */
const START_INSTRUCTIONS = 20e6;

async function readKernel(options: KernelOptions): Promise<PowerOn> {
  const file = await bytesOf(options.kernel);
  const kernel = explained(() => readKernelImage(file));
  const initrd = options.initrd ? await bytesOf(options.initrd) : null;
  return (emulator, bus) => {
    bus.assignResources((port, value) => emulator.writePort(port, value));
    const { commandLine } = options;
    explained(() => startLinux(emulator, { kernel, initrd, commandLine }));
    emulator.interpretFirst(kernel.unpacksItself ? 0 : START_INSTRUCTIONS);
  };
}

async function readFirmware(options: FirmwareOptions): Promise<PowerOn> {
  const image = await bytesOf(options.firmware);
  explained(() => checkFirmware(image));
  return (emulator) => startFirmware(emulator, image);
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** Runs `action`, with the words for a person in what it throws. */
function explained<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw error instanceof BootError ? explain(error) : error;
  }
}

function explain(error: BootError): MachineError {
  const [message, remedy] = {
    'not-a-kernel': [
      `The kernel is no Linux kernel for i386: ${error.message}.`,
      'Choose a bzImage, such as arch/x86/boot/bzImage, or the vmlinux it is made from.',
    ],
    'not-a-firmware': [
      `The firmware is no PC BIOS: ${error.message}.`,
      'Choose an image such as bios.bin of SeaBIOS.',
    ],
    'memory-too-small': [`The guest cannot start: ${error.message}.`, 'Give it more memory.'],
    'initrd-too-large': [`The guest cannot start: ${error.message}.`, 'Give it more memory.'],
    'command-line-too-long': [`The guest cannot start: ${error.message}.`, 'Shorten it.'],
  }[error.code];
  return new MachineError(error.code, message, remedy, error);
}
