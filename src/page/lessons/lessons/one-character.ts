import { nextTask } from '../../../link/next-task.ts';
import { done, type Lesson, type Look, notYet } from '../lesson.ts';
import type { World } from '../world.ts';
import { counted, judgeNumber } from './answers.ts';

const CONSOLE = 'console';
/** Queues of port 0 (5.3.2). */
const RECEIVE = 0;
const TRANSMIT = 1;

const AT_RECEIVE: Look = { device: CONSOLE, queue: RECEIVE, view: 'queue' };
const AT_TRANSMIT: Look = { device: CONSOLE, queue: TRANSMIT, view: 'queue' };

export const oneCharacter: Lesson = {
  id: 'one-character',
  title: 'One character to the console',
  summary: 'A key that you press, through one queue to Linux and through another back.',
  minutes: 6,
  steps: [
    {
      kind: 'question',
      id: 'room',
      title: 'Room for what will come',
      text: [
        'The terminal is a *console device*. For its port 0 it has two virtqueues: receiveq(port0) brings what you type to the guest, transmitq(port0) brings what the guest writes to you.',
        'A device cannot begin by itself: it writes only into buffers that it was given. So the driver offers empty, *device-writable* buffers beforehand, and the device keeps them until a key is pressed.',
      ],
      task: 'Look at receiveq(port0). How many chains wait there for a key?',
      hint: 'In the inspector, under In flight, stands how many are waiting.',
      terms: ['writable', 'notified'],
      look: AT_RECEIVE,
      question: 'Chains that wait',
      judge: (answer, world) => {
        const count = waiting(world).length;
        return judgeNumber(answer, [count], {
          right: `Yes: ${counted(count, 'chain')}, each of them one empty buffer.`,
          wrong: () => 'The queue says something else: look under In flight, “waiting”.',
        });
      },
    },
    {
      kind: 'watch',
      id: 'hold',
      title: 'Hold the console',
      text: [
        'While the console is held, nothing that you type reaches Linux, and nothing comes back.',
      ],
      task: 'Press *Hold* in the inspector, at the console.',
      hint: 'Open the inspector at the console first: it holds the device that it shows.',
      terms: ['hold'],
      look: AT_RECEIVE,
      help: (world) => world.control(CONSOLE).hold(),
      watch: (world) => () => {
        return world.device(CONSOLE).held
          ? done('The console is held.')
          : notYet('The console runs at full speed.');
      },
    },
    {
      kind: 'watch',
      id: 'receive',
      title: 'A key goes into a buffer',
      text: [
        'The device puts what was typed into the first buffer that waits, and tells in `len` of the used element how many bytes it has written.',
      ],
      task: 'Press one key in the terminal, say `x`. Then press *Take one chain* at receiveq(port0).',
      hint: 'Nothing is seen in the terminal yet: Linux has not heard of the key.',
      terms: ['usedElement', 'take'],
      look: AT_RECEIVE,
      from: { hold: CONSOLE },
      help: receiveKey,
      watch: (world) => () => {
        if (!world.device(CONSOLE).held) return notYet('The console is not held.');
        const served = world.queue(CONSOLE, RECEIVE).inFlight.find(isServed);
        if (served === undefined) {
          const count = waiting(world).length;
          return notYet(`${counted(count, 'chain')} of receiveq(port0) wait, and none is filled.`);
        }
        const text = textOf(world, RECEIVE, served.head, served.written ?? 0);
        return done(
          `Chain ${served.head} holds ${text}: its used element says len ${served.written}. \`used idx\` has not moved.`,
        );
      },
    },
    {
      kind: 'watch',
      id: 'echo',
      title: 'Linux answers',
      text: [
        'Once the element is visible, an interrupt wakes the driver. It passes the character to the shell, which writes it to the console: that is why you see what you type. The driver puts it into a *device-readable* buffer and offers that in transmitq(port0).',
      ],
      task: 'Press *Publish one element*, and look at transmitq(port0).',
      hint: 'The element to be published is that of receiveq(port0).',
      terms: ['publish', 'readable'],
      look: AT_TRANSMIT,
      from: { hold: CONSOLE, finish: receiveKey },
      help: async (world) => {
        await world.control(CONSOLE).publish(RECEIVE);
      },
      watch: (world) => () => {
        const [chain] = world.queue(CONSOLE, TRANSMIT).inFlight;
        if (chain === undefined) return notYet('Nothing is in flight in transmitq(port0).');
        const length = world.chain(CONSOLE, TRANSMIT, chain.head)?.readableLength ?? 0;
        const text = textOf(world, TRANSMIT, chain.head, length);
        return done(
          `Chain ${chain.head} of transmitq(port0) has ${counted(length, 'byte')} for the device to read: ${text}.`,
        );
      },
    },
    {
      kind: 'watch',
      id: 'transmit',
      title: 'And it is seen',
      text: [
        'The device reads the buffer, and the terminal draws it. Linux waits for each buffer of its console to come back, and does nothing else meanwhile.',
      ],
      task: 'Press *Release*: the chain is taken, served and published.',
      hint: 'Take one chain and Publish one element do the same in two steps; then release.',
      terms: ['usedRing'],
      look: AT_TRANSMIT,
      from: {
        hold: CONSOLE,
        finish: async (world) => {
          await receiveKey(world);
          await world.control(CONSOLE).publish(RECEIVE);
        },
      },
      help: (world) => world.control(CONSOLE).release(),
      watch: (world) => {
        const before = world.consoleBytes;
        return () => {
          const bytes = world.consoleBytes - before;
          const { inFlight } = world.queue(CONSOLE, TRANSMIT);
          const { held } = world.device(CONSOLE);
          if (!held && bytes > 0 && inFlight.length === 0) {
            return done(`${counted(bytes, 'byte')} went through transmitq(port0) to the terminal.`);
          }
          if (held) return notYet('The console is still held.');
          return notYet(`${counted(bytes, 'byte')} came through transmitq(port0). Press a key.`);
        };
      },
    },
    {
      kind: 'question',
      id: 'length',
      title: 'What came back with it',
      text: [
        '`len` is the number of bytes that the device has *written* into the chain, whatever it has read.',
      ],
      task: 'Look at the used ring of transmitq(port0). What is `len` of the last element?',
      hint: 'A chain that is to be transmitted has nothing that the device could write to.',
      terms: ['usedElement'],
      look: AT_TRANSMIT,
      question: 'len',
      judge: (answer, world) => {
        const { used, published, size } = world.queue(CONSOLE, TRANSMIT);
        const slot = (published - 1) & (size - 1);
        const length = used.lengths[slot];
        return judgeNumber(answer, [length], {
          right: `Yes: slot ${slot} has id ${used.ids[slot]}, len ${length}. The device only read.`,
          wrong: () => `The last element lies in slot ${slot} of the used ring: look there.`,
        });
      },
    },
  ],
  end: 'A queue has a direction: in one the driver offers what is to be read, in the other room for what will come. The character is still in the shell’s line: Ctrl-U removes it.',
};

/** A key is pressed, and the held console puts it into a buffer. */
async function receiveKey(world: World): Promise<void> {
  world.type('x');
  // By then it has reached the device.
  await nextTask();
  await world.control(CONSOLE).take(RECEIVE);
}

function isServed({ state }: { state: string }): boolean {
  return state === 'served';
}

function waiting(world: World) {
  return world.queue(CONSOLE, RECEIVE).inFlight.filter(({ state }) => state === 'notified');
}

function textOf(world: World, queue: number, head: number, length: number): string {
  const text = world.request(CONSOLE, queue, head)?.text?.slice(0, length) ?? '';
  const printable = /^[\x20-\x7e]+$/.test(text);
  return printable ? `“${text}”` : counted(length, 'byte');
}
