import type { Bench } from '../bench.ts';
import { type Figure, MACHINES, onSides } from '../figure.ts';
import { type Drawing, ShownPage, TEXT_FILE } from '../sides/shown-page.ts';

// The console hvc0, which is a virtio console on all sides.

const MIB = 1024 * 1024;
/** Of a thorough measurement. */
const COUNTED = 32 * MIB;
/** The same of lines that are drawn, which takes much longer: as many in a second, not in all. */
const DRAWN = 4 * MIB;
const PIECE = 64 * 1024;

/** Bytes to be written, whole pieces; a measurement that is short writes less. */
function floodLength(bench: Bench, whole: number): number {
  return Math.ceil((Math.min(1, bench.seconds) * whole) / PIECE) * PIECE;
}

/**
 * Zeros into a sink that counts them, in the page; with QEMU the sink is a file in memory, as its
 * virtio console drops what a pipe does not take at once.
 */
const counted: Figure = {
  name: 'console-counted',
  title: '32 MiB into hvc0, counted',
  unit: 'MB/s',
  better: 'more',
  goals: { v86: 1.2, qemu: 1.5 },
  sides: onSides(MACHINES, async (bench, side) => {
    const guest = await bench.guest(side);
    const length = floodLength(bench, COUNTED);
    const zeros = `dd if=/dev/zero bs=${PIECE} count=${length / PIECE} 2>/dev/null`;
    const { marks } = await guest.measureFlood(zeros, length);
    return length / 1e3 / (marks[1].time - marks[0].time);
  }),
};

let floods = 0;

async function draw(bench: Bench, side: 'ringbox' | 'v86'): Promise<Drawing & { bytes: number }> {
  const shown = await ShownPage.of(bench, side);
  const times = Math.max(1, Math.round(floodLength(bench, DRAWN) / TEXT_FILE));
  const number = ++floods;
  const drawing = await shown.draw(
    // Not one command with all the files: the shell's line holds 1024 characters.
    `for i in $(seq ${times}); do cat /tmp/text; done; printf 'drawn-%s\\n' ${number}\r`,
    `drawn-${number}`,
  );
  return { ...drawing, bytes: times * TEXT_FILE };
}

const drawn: Figure = {
  name: 'console-drawn',
  title: '4 MiB of lines into hvc0, drawn by xterm.js',
  unit: 'MB/s',
  better: 'more',
  goals: { v86: 1 },
  sides: onSides(['ringbox', 'v86'], async (bench, side) => {
    const { bytes, milliseconds } = await draw(bench, side);
    return bytes / 1e3 / milliseconds;
  }),
};

const frames: Figure = {
  name: 'console-frames',
  title: 'frames of the page meanwhile',
  unit: 'frames/s',
  better: 'more',
  limit: { least: 50 },
  sides: onSides(['ringbox', 'v86'], async (bench, side) => {
    const drawing = await draw(bench, side);
    return (1000 * drawing.frames) / drawing.milliseconds;
  }),
};

export const consoleFigures: Figure[] = [counted, drawn, frames];
