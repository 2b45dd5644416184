import { Machine } from '../../../src/machine/index.ts';
import type { GuestParts } from '../sides/guest.ts';
import { fetchImage, PageGuest, type PageMachine } from './page-guest.ts';

const FURTHER_SIZE = 1024 * 1024;

/** Ringbox: both disks in memory, the console read as fast as the page gets to it. */
async function start(
  parts: GuestParts,
  receive: (bytes: Uint8Array) => void,
): Promise<PageMachine> {
  const machine = await Machine.create({
    kernel: await (await fetch(parts.kernelUrl)).blob(),
    commandLine: parts.commandLine,
    memory: parts.memory,
    disks: [
      { image: await fetchImage(parts.rootUrl), size: parts.rootSize },
      ...(parts.workUrl === null ? [] : [{ image: await fetchImage(parts.workUrl) }]),
      ...Array.from({ length: parts.furtherDisks }, () => ({ size: FURTHER_SIZE })),
    ],
  });
  void readConsole(machine, receive);
  machine.start();
  return {
    write: (text) => machine.console.write(text),
    instructions: () => machine.statistics().instructions,
    pause: () => machine.pause(),
    resume: async () => machine.resume(),
  };
}

async function readConsole(machine: Machine, receive: (bytes: Uint8Array) => void): Promise<void> {
  for await (const bytes of machine.console.output) receive(bytes);
}

globalThis.pageGuest = new PageGuest(start);
globalThis.secondGuest = new PageGuest(start);
