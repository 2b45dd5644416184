import { ratesOf, type TitledWork } from './rate.ts';

// Work of the guest's processor alone: here Ringbox runs the same emulator as v86 as shipped, and what
// it does for devices must not slow it down. The time that programs take to start is in it.

const PIECE = 'dd if=/bin/busybox bs=128k count=1 2>/dev/null';

const works: TitledWork[] = [
  {
    name: 'cpu-shell',
    title: 'a loop of the shell, rounds',
    first: 20_000,
    command: (count) => `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); done`,
  },
  {
    name: 'cpu-awk',
    title: 'awk, numbers and strings, rounds',
    first: 20_000,
    command: (count) =>
      `awk 'BEGIN { for (i = 0; i < ${count}; i++) { n += i % 7; t = substr("abcdefgh" t, 1 + i % 5, 60) } }'`,
  },
  {
    name: 'cpu-gzip',
    title: 'gzip of a program, pieces of 128 KiB',
    first: 2,
    command: (count) => `for i in $(seq ${count}); do ${PIECE} | gzip -c > /dev/null; done`,
  },
  {
    name: 'cpu-md5sum',
    title: 'md5sum, pieces of 64 KiB',
    first: 32,
    command: (count) => `dd if=/dev/zero bs=64k count=${count} 2>/dev/null | md5sum > /dev/null`,
  },
  {
    name: 'cpu-integer',
    title: 'a static program: sort, sieve, CRC, matrices; rounds',
    first: 5,
    command: (count) => `/tmp/bench/integer-bench ${count}`,
  },
];

export const processorFigures = ratesOf(works, 0.97);
