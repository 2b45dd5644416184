import type { GuestParts } from '../sides/guest.ts';
import { fetchDisk, PageGuest, type PageMachine } from './page-guest.ts';
import { makeShippedV86, shippedOptions } from './v86-shipped.ts';

const WRAP = 2 ** 32;

/**
 * v86 as shipped: both disks are IDE disks in memory, for it has no virtio-blk; its virtio console
 * is read by an event, in the CPU's own thread.
 */
async function start(
  parts: GuestParts,
  receive: (bytes: Uint8Array) => void,
): Promise<PageMachine> {
  const emulator = await makeShippedV86({
    ...shippedOptions(parts),
    hda: { buffer: await fetchDisk(parts.rootUrl, parts.rootSize) },
    ...(parts.workUrl !== null && {
      hdb: { buffer: await (await fetch(parts.workUrl)).arrayBuffer() },
    }),
    virtio_console: true,
  });
  emulator.add_listener('virtio-console0-output-bytes', receive);
  await emulator.run();
  const encoder = new TextEncoder();
  let last = 0;
  let instructions = 0;
  return {
    write: (text) => emulator.bus.send('virtio-console0-input-bytes', encoder.encode(text)),
    instructions: () => {
      const counter = emulator.v86.cpu.instruction_counter[0];
      instructions += (counter - last + WRAP) % WRAP;
      last = counter;
      return instructions;
    },
    pause: () => emulator.stop(),
    resume: () => emulator.run(),
  };
}

globalThis.pageGuest = new PageGuest(start);
