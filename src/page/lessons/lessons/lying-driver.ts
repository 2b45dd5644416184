import type { ScratchAnswer, ScratchRequest } from '../../../machine/index.ts';
import { VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../../ring/layout.ts';
import { done, type Lesson, notYet, type Verdict } from '../lesson.ts';
import { AT_DISK } from './disk.ts';

/** Sectors of the scratch disk. */
const SECTORS = 128;

type Descriptors = ScratchRequest['descriptors'];

export const lyingDriver: Lesson = {
  id: 'lying-driver',
  title: 'A driver that lies',
  summary: 'Break the rules on a disk that is there for it, and see what the device answers.',
  minutes: 8,
  steps: [
    {
      kind: 'experiment',
      id: 'honest',
      title: 'An honest request',
      text: [
        'A guest may be hostile: whatever it writes into its queue, the device must not follow it blindly. Here you are the driver, of a *scratch disk* in a worker and a memory of its own. The machine does not see it, so nothing can be lost.',
        'The request reads sector 0. Each descriptor is `addr`, `len`, `flags` and `next`.',
      ],
      task: 'Send the request as it is.',
      hint: 'Press Notify the device below the table.',
      terms: ['descriptorTable', 'descriptorFlags'],
      example: (honest) => honest,
      judge: (_, answer) => {
        if (answer.outcome !== 'served') return notYet(outcomeWords(answer));
        const [element] = answer.used;
        return done(
          `Served: the used ring has id ${element.id}, len ${element.len}, and the status byte is ${answer.requestStatus}.`,
        );
      },
    },
    {
      kind: 'experiment',
      id: 'outside',
      title: 'A buffer that is not there',
      text: [
        'A device that trusts `addr` and `len` reads and writes wherever the guest likes, beyond the guest’s memory too: that is how virtual machines are broken out of. Every access has to be checked.',
      ],
      task: 'Move the data buffer, descriptor 1, out of memory: its `addr` plus its `len` must lie beyond the end.',
      hint: 'The memory of the scratch device is 0x40000 bytes. 0x3ff00 is near enough.',
      terms: ['descriptorAddress', 'needsReset'],
      example: (honest, size) => change(honest, 1, { address: size - 256 }),
      judge: ({ descriptors }, answer, size) => {
        const outside = descriptors.some(({ address, length }) => address + length > size);
        return judgeFatal(answer, outside, 'All buffers lie in memory.');
      },
    },
    {
      kind: 'experiment',
      id: 'loop',
      title: 'A chain without end',
      text: [
        'The device follows `next` while the flag NEXT is set. Nothing in the table keeps a chain from leading back to itself; a chain with more descriptors than the table has must be a loop.',
      ],
      task: 'Let the last descriptor of the chain lead back: set NEXT in descriptor 2, with `next` 0, 1 or 2.',
      hint: 'Without the flag NEXT the device does not look at next.',
      terms: ['descriptorNext', 'chain'],
      example: (honest) =>
        change(honest, 2, { flags: VIRTQ_DESC_F_WRITE | VIRTQ_DESC_F_NEXT, next: 2 }),
      judge: ({ descriptors }, answer) =>
        judgeFatal(answer, hasLoop(descriptors), 'The chain has an end.'),
    },
    {
      kind: 'experiment',
      id: 'order',
      title: 'Answer before question',
      text: [
        'In a chain, all that the device reads comes before all that it writes. So a device knows where the one ends and the other begins, however many descriptors the driver has used.',
      ],
      task: 'Break that order: let a readable buffer come after a writable one.',
      hint: 'Set WRITE in descriptor 0, the header, and take it from descriptor 1; or take it from the status alone.',
      terms: ['readable', 'writable'],
      example: (honest) => change(honest, 2, { flags: 0 }),
      judge: ({ descriptors }, answer) =>
        judgeFatal(answer, isOutOfOrder(descriptors), 'All readable buffers come first.'),
    },
    {
      kind: 'experiment',
      id: 'sector',
      title: 'A mistake of another kind',
      text: [
        `This time the chain is sound, and what it asks for is not: the scratch disk has ${SECTORS} sectors, from 0 to ${SECTORS - 1}. The device can answer that, in the status byte, and goes on.`,
        'After the mistakes before, driver and device did not agree on the queue any more. There was nothing to be answered, only `DEVICE_NEEDS_RESET`.',
      ],
      task: `Ask for sector ${SECTORS}.`,
      hint: 'Change the sector in the header, and nothing else.',
      terms: ['deviceStatus', 'needsReset'],
      example: (honest) => ({ ...honest, sector: SECTORS }),
      judge: ({ sector }, answer) => {
        if (answer.outcome !== 'IOERR') return notYet(outcomeWords(answer));
        if (sector < SECTORS)
          return notYet(`${outcomeWords(answer)} Sector ${sector} is on the disk.`);
        return done(
          'The status byte is 1, VIRTIO_BLK_S_IOERR. The chain came back, and the device serves the next one without a reset.',
        );
      },
    },
  ],
  end: 'What cannot be understood ends in DEVICE_NEEDS_RESET; what can be understood and not be done has an answer of its own. Break it, a view of the inspector, has more mistakes of both kinds, for a console and a random number generator too, and the clause behind each answer.',
  onwards: { label: 'Open Break it', look: { ...AT_DISK, view: 'break' } },
};

/** @param meant the request has the mistake that the step is about. @param otherwise what is said when not */
function judgeFatal(answer: ScratchAnswer, meant: boolean, otherwise: string): Verdict {
  if (!meant) return notYet(`${otherwise} ${outcomeWords(answer)}`);
  if (answer.outcome !== 'DEVICE_NEEDS_RESET') return notYet(outcomeWords(answer));
  const after = answer.servesAgain ? ' After a reset it serves again.' : '';
  return done(`${outcomeWords(answer)}${after}`);
}

function outcomeWords({ outcome, fault }: ScratchAnswer): string {
  switch (outcome) {
    case 'served':
      return 'The device served the request.';
    case 'ignored':
      return 'The device ignored the request.';
    case 'DEVICE_NEEDS_RESET':
      return `The device needs a reset: ${fault ?? 'it does not say why'}.`;
    default:
      return `The device answered ${outcome}.`;
  }
}

function change(
  request: ScratchRequest,
  index: number,
  changes: Partial<Descriptors[number]>,
): ScratchRequest {
  const descriptors = request.descriptors.map((descriptor, at) => {
    return at === index ? { ...descriptor, ...changes } : descriptor;
  });
  return { ...request, descriptors };
}

/** The descriptors of the chain in order, as far as they are in the table, and whether it comes back to one of them. */
function follow(descriptors: Descriptors): { chain: Descriptors; loop: boolean } {
  const seen: number[] = [];
  let index = 0;
  for (;;) {
    if (seen.includes(index)) return { chain: seen.map((at) => descriptors[at]), loop: true };
    const descriptor = descriptors[index];
    if (descriptor !== undefined) seen.push(index);
    if (descriptor === undefined || (descriptor.flags & VIRTQ_DESC_F_NEXT) === 0) {
      return { chain: seen.map((at) => descriptors[at]), loop: false };
    }
    index = descriptor.next;
  }
}

function hasLoop(descriptors: Descriptors): boolean {
  return follow(descriptors).loop;
}

function isOutOfOrder(descriptors: Descriptors): boolean {
  const writable = follow(descriptors).chain.map(({ flags }) => (flags & VIRTQ_DESC_F_WRITE) !== 0);
  return writable.some((isWritable, at) => !isWritable && writable.slice(0, at).includes(true));
}
