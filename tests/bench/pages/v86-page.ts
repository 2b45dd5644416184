import '@xterm/xterm/css/xterm.css';
import { Terminal } from '@xterm/xterm';
import type { GuestParts } from '../sides/guest.ts';
import { fetchDisk } from './page-guest.ts';
import { fetchBytes, makeShippedV86, prefetchCore, shippedOptions } from './v86-shipped.ts';

/** Keeps hold of the terminal that v86's adapter makes for itself. */
class SeenTerminal extends Terminal {
  constructor(options: object) {
    super(options);
    globalThis.shownTerminal = this;
  }
}

/**
 * A page around v86 as a visitor would have it: what it needs is fetched side by side, and v86's own
 * adapter puts the virtio console into xterm.js.
 */
async function open(): Promise<void> {
  const makeCore = prefetchCore();
  const parts: GuestParts = await (await fetch('guest/parts.json')).json();
  const [firmware, kernel, disk] = await Promise.all([
    fetchBytes(parts.firmwareUrl),
    fetchBytes(parts.kernelUrl),
    fetchDisk(parts.rootUrl, parts.rootSize),
  ]);
  const emulator = await makeShippedV86({
    ...shippedOptions(parts),
    bios: { buffer: firmware },
    bzimage: { buffer: kernel },
    hda: { buffer: disk },
    wasm_fn: makeCore,
    virtio_console: {
      type: 'xtermjs',
      container: document.getElementById('terminal') as HTMLElement,
      xterm_lib: SeenTerminal,
    },
  });
  globalThis.shownMachine = { pause: () => emulator.stop(), resume: () => emulator.run() };
  await emulator.run();
}

await open();
