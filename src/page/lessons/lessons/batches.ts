import type { TraceEvent } from '../../../machine/index.ts';
import { distance } from '../../inspector/queue/stages.ts';
import { done, type Lesson, notYet } from '../lesson.ts';
import type { World } from '../world.ts';
import { counted, judgeNumber, lately } from './answers.ts';
import { AT_DISK, DISK, DISK_QUEUE, diskQueue, requestsInFlight } from './disk.ts';

const READERS = 8;

/** So many programs at once, each of which reads blocks one after the other. */
function readAtOnce(blocks: number): string {
  const numbers = Array.from({ length: READERS }, (_, index) => index + 1).join(' ');
  const read = `dd if=/dev/vda of=/dev/null bs=4k skip=$((n * 64)) count=${blocks} iflag=direct`;
  return `(for n in ${numbers}; do ${read} & done; wait) 2>/dev/null`;
}

const READ_MANY = readAtOnce(20);
const READ_ONCE = readAtOnce(1);
const MANY = READERS * 20;

export const batches: Lesson = {
  id: 'batches',
  title: 'Batches and fewer notifications',
  summary: 'Several chains for one interrupt: used_event, avail_event, flags.',
  minutes: 7,
  steps: [
    {
      kind: 'question',
      id: 'used-event',
      title: 'Tell me when',
      text: [
        'A notification costs more than a chain: an interrupt stops whatever the guest does. So each side tells the other when it wants to be notified. The old way are the `flags` of each ring: 1 means “not now”.',
        'With the feature `VIRTIO_F_EVENT_IDX`, on which driver and device agree here, the flags stay 0 and indices count. In `used_event`, behind the available ring, the driver writes the index of the used element that it wants to hear of.',
      ],
      task: 'Read `used_event` of the queue of the disk.',
      hint: 'It stands among the indices in the inspector.',
      terms: ['availableFlags', 'usedEvent'],
      look: AT_DISK,
      question: 'used_event',
      judge: (answer, world) => {
        const { available, published } = diskQueue(world);
        const { usedEvent } = available;
        return judgeNumber(answer, lately(usedEvent), {
          right: `Yes. \`used_event\` is ${usedEvent} and \`used idx\` ${published}: ${wish(usedEvent, published)}`,
          wrong: (number) =>
            number === published
              ? 'That is `used idx`, how many chains have come back.'
              : 'The queue says something else: look for it among the indices.',
        });
      },
    },
    {
      kind: 'watch',
      id: 'fewer',
      title: 'Fewer interrupts than chains',
      text: [
        `Now ${READERS} programs read at once. While Linux handles an interrupt it finds further chains in the used ring, and moves \`used_event\` only when it has found them all. What the device publishes in between is told of by no interrupt of its own.`,
      ],
      task: `Let ${READERS} programs read 20 blocks each:`,
      hint: 'The lesson counts what the trace tells: chains that are taken, doorbells, interrupts.',
      terms: ['usedEvent', 'doorbell'],
      look: AT_DISK,
      help: READ_MANY,
      traced: true,
      watch: (world) => () => {
        const { chains, doorbells, interrupts } = count(world);
        const words = `${counted(chains, 'chain')}, ${counted(doorbells, 'doorbell')}, ${counted(interrupts, 'interrupt')}.`;
        return chains >= MANY && interrupts < chains ? done(words) : notYet(words);
      },
    },
    {
      kind: 'watch',
      id: 'gather',
      title: 'Let them gather',
      text: ['A batch to look at: while the disk is held, the chains of all programs pile up.'],
      task: `Hold the disk. Then let ${READERS} programs read one block each: \`${READ_ONCE}\``,
      hint: 'Type the command after the disk is held.',
      terms: ['notified', 'hold'],
      look: AT_DISK,
      help: async (world) => {
        await world.control(DISK).hold();
        world.run(READ_ONCE);
      },
      watch: (world) => () => {
        const { held } = world.device(DISK);
        const reads = readsWaiting(world);
        if (held && reads >= READERS) {
          const { doorbell, taken } = diskQueue(world);
          return done(
            `${counted(distance(taken, doorbell), 'chain')} wait, up to index ${doorbell} of the available ring.`,
          );
        }
        if (!held) return notYet('The disk is not held.');
        return notYet(`${counted(reads, 'read')} of ${READERS} wait.`);
      },
    },
    {
      kind: 'watch',
      id: 'one-interrupt',
      title: 'One interrupt for all',
      text: [
        'The device takes them all, puts an element for each into the used ring, and stores `idx` once. That one step passes `used_event`, and the driver is interrupted once.',
      ],
      task: 'Press *Release*, and see how far `used idx` moves.',
      hint: 'Release once all chains wait. Taken and published one by one, each has an interrupt of its own.',
      terms: ['usedIndex', 'usedEvent'],
      look: AT_DISK,
      from: { hold: DISK, run: READ_ONCE },
      help: (world) => world.control(DISK).release(),
      traced: true,
      watch: (world) => () => {
        const batch = largestBatch(world.events);
        if (batch === null || batch.chains < 2) {
          const waiting = world.device(DISK).held ? readsWaiting(world) : 0;
          return notYet(
            waiting > 0
              ? `${counted(waiting, 'read')} wait.`
              : 'Nothing waits: have the machine set up for this step, and release it then.',
          );
        }
        const { chains, from, to, interrupts } = batch;
        const words = `\`used idx\` went from ${from} to ${to} in one step: ${counted(chains, 'chain')}, ${counted(interrupts, 'interrupt')}.`;
        return interrupts === 1 ? done(words) : notYet(words);
      },
    },
    {
      kind: 'question',
      id: 'avail-event',
      title: 'The other direction',
      text: [
        'In `avail_event`, behind the used ring, the device writes the index of the chain that it wants to hear of. Ringbox sets it at every doorbell to the available index that this doorbell carries: so the next chain rings again, and none is forgotten.',
      ],
      task: 'Read `avail_event` of the queue of the disk.',
      hint: 'It is the same as the doorbell’s index.',
      terms: ['availEvent', 'usedFlags'],
      look: AT_DISK,
      question: 'avail_event',
      judge: (answer, world) => {
        const { used, doorbell, availableIndex } = diskQueue(world);
        const { availEvent } = used;
        return judgeNumber(answer, lately(availEvent), {
          right: `Yes. \`avail_event\` is ${availEvent}; the last doorbell carried ${doorbell}, and \`avail idx\` is ${availableIndex}.`,
          wrong: () => `The last doorbell carried ${doorbell}, and \`avail_event\` follows it.`,
        });
      },
    },
  ],
  end: 'Neither side ever waits for a notification that the other believed to be unnecessary: the index is stored first, and the other’s wish is read then.',
};

function wish(usedEvent: number, published: number): string {
  const away = distance(published, usedEvent);
  return away < 0x8000
    ? `the driver wants an interrupt for element ${usedEvent}.`
    : 'it lies behind, so the driver wants none at present.';
}

/** Reads of the programs that wait. */
function readsWaiting(world: World): number {
  return requestsInFlight(world).filter(({ title, state }) => {
    return state === 'notified' && title.startsWith('Read ');
  }).length;
}

function isOfQueue(event: TraceEvent, place: number): boolean {
  return event.device === place && event.queue === DISK_QUEUE;
}

/** What has happened in the queue since the step began. */
function count(world: World): { chains: number; doorbells: number; interrupts: number } {
  const { place } = world.device(DISK);
  const events = world.events.filter((event) => isOfQueue(event, place));
  const number = (kind: TraceEvent['kind']) => events.filter((event) => event.kind === kind).length;
  return {
    chains: number('taken'),
    doorbells: number('doorbell'),
    interrupts: number('interrupt'),
  };
}

interface Batch {
  chains: number;
  /** `used idx` before and after it. */
  from: number;
  to: number;
  /** Up to the next one that is published. */
  interrupts: number;
}

/** The most chains that came back in one step. */
function largestBatch(events: readonly TraceEvent[]): Batch | null {
  let largest: Batch | null = null;
  let last: Batch | null = null;
  let place: number | null = null;
  for (const { kind, queue, index, value, device } of events) {
    if (queue !== DISK_QUEUE) continue;
    if (kind === 'published') {
      last = { chains: distance(value, index), from: value, to: index, interrupts: 0 };
      place = device;
      if (largest === null || last.chains > largest.chains) largest = last;
    } else if (kind === 'interrupt' && last !== null && device === place) last.interrupts++;
  }
  return largest;
}
