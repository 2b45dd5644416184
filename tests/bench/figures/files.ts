import { ratesOf, type TitledWork } from './rate.ts';

// What people do with files, on the root disk's ext4. Caches are dropped before what is to be read.

const FORGET = 'sync; echo 3 > /proc/sys/vm/drop_caches';
const UNPACKED = '/root/unpacked';
// Other figures leave files in /root, of which no two sides have the same.
const ALL_FILES = 'find / -xdev -path /root -prune -o -type f -print';

const works: TitledWork[] = [
  {
    name: 'files-find',
    title: 'find / | xargs cat, all files of the root disk',
    first: 1,
    command: (count) =>
      `for i in $(seq ${count}); do ${FORGET}; ${ALL_FILES} | xargs cat > /dev/null; done`,
  },
  {
    name: 'files-tar',
    title: 'tar of a source tree of 500 files to the disk and back',
    first: 1,
    command: (count) =>
      `for i in $(seq ${count}); do rm -rf ${UNPACKED}; mkdir ${UNPACKED}; ` +
      `tar -x -C ${UNPACKED} -f /tmp/bench/tree.tar; ${FORGET}; ` +
      `tar -c -C ${UNPACKED} tree | tar -t > /dev/null; done`,
  },
  {
    name: 'files-fsync',
    title: 'small files, each durable before the next',
    first: 50,
    command: (count) => `mkdir -p /root/fsync; /tmp/bench/fsync-bench /root/fsync ${count}`,
  },
];

export const fileFigures = ratesOf(works, 1.5);
