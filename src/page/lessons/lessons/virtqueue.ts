import { distance } from '../../inspector/queue/stages.ts';
import { done, type Lesson, notYet } from '../lesson.ts';
import { counted, judgeNumber, lately } from './answers.ts';
import { AT_DISK, DISK, diskQueue, requestsInFlight, waitingWords } from './disk.ts';

const BLOCKS = 200;
const READ_MANY = `dd if=/dev/vda of=/dev/null bs=4k count=${BLOCKS} iflag=direct`;
const READ_ONE = 'dd if=/dev/vda of=/dev/null bs=4k skip=8 count=1 iflag=direct';
const REQUEST = 'Read 8 sectors from sector 64';

export const virtqueue: Lesson = {
  id: 'virtqueue',
  title: 'What a virtqueue is',
  summary: 'A table and two rings: one request from the driver to the device and back.',
  minutes: 8,
  steps: [
    {
      kind: 'question',
      id: 'three-parts',
      title: 'A table and two rings',
      text: [
        'A *driver* is the part of the guest’s kernel that uses a *device*, here a disk. The two run on different threads and share nothing but memory. A *virtqueue* is where they meet: three parts in the guest’s RAM.',
        'The *descriptor table* says where buffers lie. In the *available ring* the driver offers buffers to the device; in the *used ring* the device gives them back. Table and available ring are written by the driver only, the used ring by the device only.',
      ],
      task: 'Look at the queue of the disk. Its table and both rings have the same number of entries, the *queue size*. The tab *Descriptor table* numbers them from 0.',
      hint: 'Scroll the descriptor table to its end: the queue size is one more than the last number there. It is a power of two.',
      terms: ['virtqueue', 'queueSize'],
      look: AT_DISK,
      question: 'Queue size',
      judge: (answer, world) => {
        const { size } = diskQueue(world);
        return judgeNumber(answer, [size], {
          right: `Yes: ${size} descriptors, from 0 to ${size - 1}, and ${size} entries in each ring.`,
          wrong: (number) =>
            number === size - 1
              ? 'That is the last descriptor. They are counted from 0.'
              : `The machine says something else. It is a power of two, and the last descriptor is one less.`,
        });
      },
    },
    {
      kind: 'watch',
      id: 'moving',
      title: 'Let it move',
      text: [
        'One request is a *descriptor chain*: descriptors, each of which names the next. Its first is its *head*. The rings hold heads.',
        'Each ring has an index, `idx`. That of the available ring counts the chains that the driver has offered, that of the used ring those that the device has given back. Both only grow, up to 65535 and then on from 0.',
      ],
      task: `Have Linux read ${BLOCKS} blocks of its disk, and watch the rings turn:`,
      hint: 'Click into the terminal and type the command, or have it typed. Each block is one request.',
      terms: ['availableIndex', 'usedIndex', 'chain'],
      look: AT_DISK,
      help: READ_MANY,
      watch: (world) => {
        const before = diskQueue(world).published;
        return () => {
          const { published } = diskQueue(world);
          const back = distance(before, published);
          const seen = `\`used idx\` went from ${before} to ${published}`;
          if (back < BLOCKS) {
            return notYet(back === 0 ? `\`used idx\` stands at ${published}.` : `${seen}.`);
          }
          return done(`${seen}: ${counted(back, 'chain')} came back.`);
        };
      },
    },
    {
      kind: 'question',
      id: 'slot',
      title: 'An index is not a place',
      text: [
        'The index counts on, the ring has an end. Entry number idx lies in *slot* idx modulo the queue size, so the ring is used round and round.',
      ],
      task: 'Read `used idx` in the inspector. In which slot will the device put its next element?',
      hint: 'Divide used idx by the queue size; what remains is the slot. The inspector shows it beside the index.',
      terms: ['usedIndex', 'usedElement'],
      look: AT_DISK,
      question: 'Slot',
      judge: (answer, world) => {
        const { published, size } = diskQueue(world);
        const slots = lately(published).map((index) => index % size);
        return judgeNumber(answer, slots, {
          right: `Yes. \`used idx\` is ${published}, and ${published} modulo ${size} is ${published % size}.`,
          wrong: (number) =>
            number >= size
              ? `There are slots 0 to ${size - 1} only. \`used idx\` is ${published}.`
              : `\`used idx\` is ${published}: divide it by ${size}, and take what remains.`,
        });
      },
    },
    {
      kind: 'watch',
      id: 'hold',
      title: 'Stop the device',
      text: [
        'Now one request, step by step. A device that is *held* takes nothing and gives nothing back, while the guest runs on. This is Ringbox’s own doing: no driver knows of it.',
      ],
      task: 'Press *Hold* in the inspector, above the queue of the disk.',
      hint: 'Open the inspector at the disk first. If the button says Release, the disk is held already.',
      terms: ['hold'],
      look: AT_DISK,
      help: (world) => world.control(DISK).hold(),
      watch: (world) => () => {
        const { held, name } = world.device(DISK);
        return held ? done(`${name} is held.`) : notYet(`${name} runs at full speed.`);
      },
    },
    {
      kind: 'watch',
      id: 'available',
      title: 'The driver offers a chain',
      text: [
        'For one request the driver writes descriptors, puts the head into the next slot of the available ring, stores `idx`, one more than before, and notifies the device. Ringbox calls that notification the *doorbell*.',
      ],
      task: 'Have Linux read a single block:',
      hint: 'The disk has to be held, or the request is back before you see it.',
      terms: ['availableRing', 'doorbell'],
      look: AT_DISK,
      from: { hold: DISK },
      help: READ_ONE,
      watch: (world) => () => {
        const mine = requestsInFlight(world).find(({ title }) => title === REQUEST);
        if (mine?.state !== 'notified') return waitingWords(world, REQUEST);
        const { availableIndex, published, size } = diskQueue(world);
        const slot = (mine.index ?? 0) % size;
        return done(
          `Slot ${slot} of the available ring holds ${mine.head}, the head of “${REQUEST}”. \`avail idx\` is ${availableIndex}, \`used idx\` still ${published}: the chain is with the device, and \`dd\` waits.`,
        );
      },
    },
    {
      kind: 'watch',
      id: 'served',
      title: 'The device does the work',
      text: [
        'The device reads the head from the available ring, follows the chain, and reads or writes its buffers. Then it writes an element into the used ring: `id`, the head, and `len`, the number of bytes that it has written.',
      ],
      task: 'Press *Take one chain*.',
      hint: 'Chains are taken in the order in which they were offered. If Linux had a request before yours, take that one too.',
      terms: ['take', 'usedElement'],
      look: AT_DISK,
      from: { hold: DISK, run: READ_ONE },
      help: takeMine,
      watch: (world) => () => {
        const mine = requestsInFlight(world).find(({ title }) => title === REQUEST);
        if (mine?.state !== 'served') return waitingWords(world, REQUEST);
        const { published, size } = diskQueue(world);
        const slot = (mine.index ?? 0) % size;
        return done(
          `Slot ${slot} of the used ring holds id ${mine.head}, len ${mine.written}: 4096 bytes and one of status. \`used idx\` is still ${published}, so the driver does not look there yet.`,
        );
      },
    },
    {
      kind: 'watch',
      id: 'used',
      title: 'And gives it back',
      text: [
        'Storing `idx` of the used ring makes the element visible. Then the device sends a *used buffer notification*, an interrupt, and the driver finds its chain again: the descriptors are free for another request.',
      ],
      task: 'Press *Publish one element*, see `used idx` move, and then press *Release*.',
      hint: 'Release alone publishes all that is done. dd ends when its chain is back.',
      terms: ['usedRing', 'publish'],
      look: AT_DISK,
      from: { hold: DISK, run: READ_ONE },
      help: (world) => world.control(DISK).release(),
      watch: (world) => {
        const before = diskQueue(world).published;
        return () => {
          const { published, inFlight } = diskQueue(world);
          const { held } = world.device(DISK);
          const back = distance(before, published);
          if (back > 0 && !held && inFlight.length === 0) {
            return done(
              `\`used idx\` is ${published}, nothing is in flight, and \`dd\` has ended.`,
            );
          }
          if (back === 0) return notYet(`\`used idx\` is still ${published}.`);
          const more = held ? 'The disk is still held.' : 'Something is still in flight.';
          return notYet(`\`used idx\` has moved to ${published}. ${more}`);
        };
      },
    },
  ],
  end: 'Everything that passes between a virtio driver and its device goes this way: descriptors, available ring, notification; used ring, notification. The rest is what the buffers mean.',
};

/** Takes chains up to the one that was asked for. */
async function takeMine(world: Parameters<typeof requestsInFlight>[0]): Promise<void> {
  const isWaiting = () =>
    requestsInFlight(world).some(({ title, state }) => title === REQUEST && state === 'notified');
  const control = world.control(DISK);
  while (isWaiting() && (await control.take()) !== null);
}
