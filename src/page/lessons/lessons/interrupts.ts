import { distance } from '../../inspector/queue/stages.ts';
import { done, type Lesson, type Look, notYet } from '../lesson.ts';
import type { World } from '../world.ts';
import { counted, judgeNumber } from './answers.ts';
import { AT_DISK, DISK, DISK_QUEUE, diskQueue } from './disk.ts';

const READ_ONE = 'dd if=/dev/vda of=/dev/null bs=4k skip=8 count=1 iflag=direct';
const AT_DEVICE: Look = { device: DISK, queue: DISK_QUEUE, view: 'device' };

export const interrupts: Lesson = {
  id: 'interrupts',
  title: 'Interrupts and the ISR',
  summary: 'How a driver learns that something came back, and what happens if it does not.',
  minutes: 6,
  steps: [
    {
      kind: 'question',
      id: 'line',
      title: 'A line',
      text: [
        'A used buffer notification of a PCI device is an *interrupt*: the device pulls the line INTA# of its slot, and the CPU leaves what it does for the driver’s *handler*.',
        'Several devices may share a line. So the handler first asks each of its devices, by reading its *ISR status*: bit 0 says that something was used in a queue, bit 1 that the configuration has changed.',
      ],
      task: 'At which IRQ does the line of the disk end? The inspector shows it; Linux does with `cat /proc/interrupts`, where the disk is `virtio1`.',
      hint: 'In the inspector it stands beside “interrupt line”.',
      terms: ['interruptLine', 'isr'],
      look: AT_DEVICE,
      question: 'IRQ',
      judge: (answer, world) => {
        const { line } = world.device(DISK);
        if (line === null) return notYet('The guest has routed no line for the disk yet.');
        return judgeNumber(answer, [line], {
          right: `Yes: INTA# of the disk ends at IRQ ${line}.`,
          wrong: () => 'That is another one: look at the line of the disk, not of the console.',
        });
      },
    },
    {
      kind: 'watch',
      id: 'withhold',
      title: 'Keep it from the driver',
      text: [
        'While interrupts are *withheld*, the device works as ever: it takes chains and publishes them. Only the driver is not told. Like holding, this is Ringbox’s own doing.',
      ],
      task: 'Press *Withhold interrupts* in the inspector, at the queue of the disk.',
      hint: 'The button is beside Hold. The disk itself is not to be held.',
      terms: ['withhold'],
      look: AT_DISK,
      help: (world) => {
        const control = world.control(DISK);
        control.release();
        control.withholdInterrupts = true;
      },
      watch: (world) => () => {
        const { interruptsWithheld, held } = world.device(DISK);
        if (!interruptsWithheld) return notYet('The driver is told of everything.');
        if (held)
          return notYet('Interrupts are withheld, but the disk is held as well: release it.');
        return done('Interrupts of the disk are withheld from now on.');
      },
    },
    {
      kind: 'watch',
      id: 'untold',
      title: 'Back, and nobody knows',
      text: [
        'Linux does not look into the used ring again and again: it sleeps until it is told. A chain that came back without a notification lies there.',
      ],
      task: 'Have Linux read one block:',
      hint: 'dd will not end: that is right.',
      terms: ['usedIndex'],
      look: AT_DISK,
      from: { withhold: DISK },
      help: READ_ONE,
      watch: (world) => () => {
        const { withheldIsr, isr, interruptsWithheld } = world.device(DISK);
        const { published, inFlight } = diskQueue(world);
        if (!interruptsWithheld) return notYet('Interrupts are not withheld.');
        if ((withheldIsr & 1) === 0)
          return notYet(`\`used idx\` is ${published}; nothing is withheld yet.`);
        if (inFlight.length > 0)
          return notYet(`${counted(inFlight.length, 'chain')} still in flight.`);
        return done(
          `Nothing is in flight, \`used idx\` is ${published}: the data are there. ISR status is ${isr}, and \`dd\` waits for an interrupt that does not come.`,
        );
      },
    },
    {
      kind: 'watch',
      id: 'deliver',
      title: 'Deliver it',
      text: [
        'To interrupt, the device sets bit 0 of the ISR status and pulls the line. The handler reads the ISR status, and by that *clears* it: the device lets go of the line.',
      ],
      task: 'Press *Deliver*, and see `dd` end.',
      hint: 'Deliver tells what was withheld until now; what comes later is withheld again.',
      terms: ['deliver', 'isr'],
      look: AT_DISK,
      from: { withhold: DISK, run: READ_ONE },
      help: (world) => world.control(DISK).deliver(),
      traced: true,
      watch: (world) => () => {
        const { place, withheldIsr, isr } = world.device(DISK);
        const events = world.events.filter(({ device }) => device === place);
        const told = events.findIndex(
          ({ kind, queue }) => kind === 'interrupt' && queue === DISK_QUEUE,
        );
        if (told === -1) {
          return notYet(
            (withheldIsr & 1) !== 0
              ? 'One queue interrupt is withheld.'
              : 'Nothing is withheld: have the machine set up for this step.',
          );
        }
        const read = events
          .slice(told)
          .find(({ kind, value }) => kind === 'ISR read' && value !== 0);
        if (read === undefined) return notYet(`The line is pulled, ISR status is ${isr}.`);
        const microseconds = Math.round((read.time - events[told].time) * 1000);
        return done(
          `The driver read ISR status ${read.value}, ${microseconds} µs after the line was pulled, and cleared it: it is ${isr} now.`,
        );
      },
    },
    {
      kind: 'watch',
      id: 'again',
      title: 'As before',
      text: [
        'With interrupts delivered as they come, each ISR read finds a 1 and leaves a 0. On a shared line a driver may also find 0: then it was another device.',
      ],
      task: 'Press *Withhold interrupts* once more, so that it is off, and read 20 blocks: `dd if=/dev/vda of=/dev/null bs=4k count=20 iflag=direct`',
      hint: 'Turn withholding off before you type the command.',
      terms: ['interruptLine'],
      look: AT_DISK,
      help: (world) => {
        const control = world.control(DISK);
        control.withholdInterrupts = false;
        control.deliver();
        world.run('dd if=/dev/vda of=/dev/null bs=4k count=20 iflag=direct');
      },
      traced: true,
      watch: (world) => {
        const before = diskQueue(world).published;
        return () => {
          const { place, interruptsWithheld } = world.device(DISK);
          const back = distance(before, diskQueue(world).published);
          const reads = isrReads(world, place);
          if (interruptsWithheld) return notYet('Interrupts are still withheld.');
          const words = `${counted(back, 'chain')} came back, and the ISR status was read ${counted(reads, 'time')}.`;
          return back >= 20 && reads > 0 ? done(words) : notYet(words);
        };
      },
    },
  ],
  end: 'The used ring says what came back, the ISR status who interrupts, the line only that somebody does.',
};

/** How often the driver found something in the ISR status. */
function isrReads(world: World, place: number): number {
  const isRead = ({ kind, device, value }: World['events'][number]) =>
    kind === 'ISR read' && device === place && value !== 0;
  return world.events.filter(isRead).length;
}
