import { done, type Lesson, notYet } from '../lesson.ts';
import type { World } from '../world.ts';
import { judgeNumber } from './answers.ts';
import {
  AT_DISK,
  DISK,
  DISK_QUEUE,
  diskQueue,
  type Flying,
  letOthersThrough,
  requestsInFlight,
  waitingWords,
} from './disk.ts';

/** With `bs=512` dd's buffer is not aligned as Linux wants it for a direct read, and the page cache answers. */
const READ =
  'dd if=/dev/vda of=/dev/null bs=4k skip=1024 count=512 iflag=direct,skip_bytes,count_bytes';
const REQUEST = 'Read 1 sector from sector 2';
/** Where ext4 has the two bytes that it is known by, in the sector of its superblock. */
const MAGIC_OFFSET = 0x38;

const BEFORE = {
  hold: DISK,
  run: READ,
  finish: (world: World) => letOthersThrough(world, REQUEST),
};
const NOT_THERE = 'The request is not in flight: have the machine set up for this step.';

export const oneSector: Lesson = {
  id: 'one-sector',
  title: 'One sector from the disk',
  summary: 'What the buffers of a block request mean: header, data, status.',
  minutes: 7,
  steps: [
    {
      kind: 'watch',
      id: 'ask',
      title: 'Ask for one sector',
      text: [
        'A disk consists of *sectors* of 512 bytes. The file system of this one has its most important facts in sector 2, the *superblock*: we will read it on its way.',
      ],
      task: `Hold the disk in the inspector. Then have Linux read 512 bytes from byte 1024 on, which is sector 2: \`${READ}\``,
      hint: 'Without holding it first, the request is back before you see it.',
      terms: ['hold', 'chain'],
      look: AT_DISK,
      help: async (world) => {
        await world.control(DISK).hold();
        world.run(READ);
        await letOthersThrough(world, REQUEST);
      },
      watch: (world) => () => {
        const mine = find(world);
        if (mine === undefined) return waitingWords(world, REQUEST);
        return done(`Chain ${mine.head} waits in the queue of the disk: “${REQUEST}”.`);
      },
    },
    {
      kind: 'question',
      id: 'buffers',
      title: 'Three buffers',
      text: [
        'A request to a block device begins with a header that the device reads: `type`, a reserved word, and `sector`. Then come the data. Last comes one byte, `status`, for the device to write.',
        'Linux lists these buffers in an *indirect* table: the queue has one descriptor, which says where further ones lie.',
      ],
      task: 'Choose your chain in the inspector, under *In flight*. How many buffers does it have, without the descriptor of the indirect table?',
      hint: 'The chain is drawn below the tables. Count the buffers, not the descriptor marked INDIRECT.',
      terms: ['indirect', 'descriptorFlags'],
      look: AT_DISK,
      from: BEFORE,
      question: 'Buffers',
      judge: (answer, world) => {
        const buffers = buffersOf(world);
        if (buffers === null) return notYet(NOT_THERE);
        const lengths = buffers.map(({ length }) => length).join(', ');
        return judgeNumber(answer, [buffers.length], {
          right: `Yes: ${buffers.length} buffers of ${lengths} bytes. They are header, data and status.`,
          wrong: () => 'The chain says something else. Each buffer has a box of its own.',
        });
      },
    },
    {
      kind: 'question',
      id: 'writable',
      title: 'Who may write where',
      text: [
        'A descriptor with the flag WRITE names a *device-writable* buffer, any other a *device-readable* one. All that the device reads comes first.',
      ],
      task: 'How many bytes of this chain may the device write?',
      hint: 'Add the lengths of the buffers that have WRITE: the data and the status.',
      terms: ['writable', 'readable'],
      look: AT_DISK,
      from: BEFORE,
      question: 'Device-writable bytes',
      judge: (answer, world) => {
        const mine = find(world);
        const chain = mine && world.chain(DISK, DISK_QUEUE, mine.head);
        if (!chain) return notYet(NOT_THERE);
        const { readableLength, writableLength } = chain;
        return judgeNumber(answer, [writableLength], {
          right: `Yes: ${writableLength}, and it may only read the other ${readableLength}.`,
          wrong: (number) =>
            number === readableLength
              ? `${readableLength} bytes are what the device reads: the header.`
              : 'Add the lengths of the buffers that have the flag WRITE.',
        });
      },
    },
    {
      kind: 'watch',
      id: 'take',
      title: 'The sector comes',
      text: [
        'When the device takes the chain, it reads the header, copies the sector into the data buffer, and writes `VIRTIO_BLK_S_OK`, 0, into the status byte.',
      ],
      task: 'Press *Take one chain*.',
      hint: 'If Linux had a request before yours, take that one too.',
      terms: ['take', 'served'],
      look: AT_DISK,
      from: BEFORE,
      help: async (world) => {
        const control = world.control(DISK);
        while (find(world)?.state === 'notified' && (await control.take()) !== null);
      },
      watch: (world) => () => {
        const mine = find(world);
        if (mine?.state !== 'served') return waitingWords(world, REQUEST);
        const fields = world.request(DISK, DISK_QUEUE, mine.head)?.fields ?? [];
        const status = fields.find(({ name }) => name === 'status')?.value;
        return done(`The status byte is ${status}; the used element says len ${mine.written}.`);
      },
    },
    {
      kind: 'question',
      id: 'magic',
      title: 'Read it yourself',
      text: [
        `The data buffer holds the superblock now. At offset \`0x${MAGIC_OFFSET.toString(16)}\` stand two bytes by which every ext4 file system is known.`,
      ],
      task: 'Choose the data buffer of the chain, and find these two bytes in the hex dump.',
      hint: `A line of the dump has 16 bytes, or 8 where it is narrow. Offset 0x${MAGIC_OFFSET.toString(16)} is 56. Write them as you see them, for instance 1f 8b.`,
      terms: ['writable'],
      look: AT_DISK,
      from: BEFORE,
      question: 'Two bytes, in hex',
      judge: (answer, world) => {
        const mine = find(world);
        const data = buffersOf(world)?.[1];
        if (data === undefined) return notYet(NOT_THERE);
        if (mine?.state !== 'served')
          return notYet(
            'The device has not taken the chain: the buffer holds what was there before.',
          );
        const bytes = world.bytes(data.address + MAGIC_OFFSET, 2);
        const seen = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
        const given = answer.toLowerCase().replace(/0x|[^0-9a-z]/g, '');
        if (given === seen.join(''))
          return done(`Yes: ${seen.join(' ')}, the number 0x${seen[1]}${seen[0]}.`);
        const place = `0x${(data.address + MAGIC_OFFSET).toString(16)}`;
        if (given === [...seen].reverse().join(''))
          return notYet('The right bytes in the other order: the lower one comes first in memory.');
        return notYet(`They lie at guest address ${place}, and are others.`);
      },
    },
    {
      kind: 'watch',
      id: 'release',
      title: 'Back to Linux',
      text: [
        'For the driver, `len` says how much was written, and `status` whether it is what was asked for. Then the buffers are its own again.',
      ],
      task: 'Press *Release*.',
      hint: 'dd tells in the terminal that one record came in.',
      terms: ['usedElement'],
      look: AT_DISK,
      from: BEFORE,
      help: (world) => world.control(DISK).release(),
      watch: (world) => {
        const head = find(world)?.head;
        return () => {
          const { used, published, size, inFlight } = diskQueue(world);
          if (world.device(DISK).held) return notYet('The disk is held, and `dd` waits.');
          if (inFlight.length > 0) return notYet('Something is still in flight.');
          if (head === undefined) return notYet(NOT_THERE);
          for (let back = 1; back <= size; back++) {
            const slot = (published - back) & (size - 1);
            if (used.ids[slot] !== head) continue;
            return done(
              `Slot ${slot} of the used ring has id ${head}, len ${used.lengths[slot]}. \`dd\` has its sector.`,
            );
          }
          return notYet(`Chain ${head} has not come back.`);
        };
      },
    },
  ],
  end: 'The queue carries chains and knows nothing of disks. What the buffers mean is the device type’s: section 5.2.6 for disks, 5.3.6 for consoles.',
};

function find(world: World): Flying | undefined {
  return requestsInFlight(world).find(({ title }) => title === REQUEST);
}

/** The buffers of the request, in order; null when it is not in flight. */
function buffersOf(world: World) {
  const mine = find(world);
  const chain = mine && world.chain(DISK, DISK_QUEUE, mine.head);
  return chain ? chain.descriptors.filter(({ refersToTable }) => !refersToTable) : null;
}
