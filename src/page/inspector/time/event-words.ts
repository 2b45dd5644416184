import { NO_QUEUE, type TraceEvent, type TraceSubjects } from '../../../machine/index.ts';
import { counted, formatNumber } from '../format.ts';

export function threadName({ threads }: TraceSubjects, thread: number): string {
  return threads.find((each) => each.thread === thread)?.name ?? `thread ${thread}`;
}

/** `requestq1 of Disk vda`, or the device alone. */
export function subjectName({ devices }: TraceSubjects, device: number, queue = NO_QUEUE): string {
  const found = devices.find((each) => each.device === device);
  const name = found?.name ?? `device ${device}`;
  if (queue === NO_QUEUE) return name;
  return `${found?.queues[queue] ?? `queue ${queue}`} of ${name}`;
}

/** An event in a sentence. */
export function eventWords(subjects: TraceSubjects, event: TraceEvent): string {
  const details = [`on ${threadName(subjects, event.thread)}`, eventDetails(event)];
  const told = details.filter((text) => text !== '').join(': ');
  return `${event.kind}, ${subjectName(subjects, event.device, event.queue)}, ${told}.`;
}

/** What an event tells beyond its kind, in few words. */
export function eventDetails(event: TraceEvent): string {
  const { kind, index, head, length, value, queue } = event;
  switch (kind) {
    case 'doorbell':
      return `up to available index ${index}`;
    case 'taken':
      return `chain ${head}: ${formatNumber(length)} bytes to read, ${formatNumber(value)} to write`;
    case 'served':
      return `chain ${head}: ${counted(length, 'byte')} written`;
    case 'sync asked':
      return `number ${index}: ${counted(value, 'range')} of memory written`;
    case 'sync point':
      return `number ${index}: code of ${counted(length, 'byte')} forgotten`;
    case 'published':
      return `used idx ${value} becomes ${index}`;
    case 'interrupt':
    case 'withheld':
      return queue === NO_QUEUE ? 'the configuration has changed' : `up to used index ${index}`;
    case 'suppressed':
      return `not wanted up to used index ${index}`;
    case 'ISR read':
    case 'status':
      return `value ${value}`;
    case 'queue enabled':
      return counted(index, 'entry').replace('entrys', 'entries');
    default:
      return '';
  }
}
