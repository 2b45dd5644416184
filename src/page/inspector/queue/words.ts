import type { InFlight, QueueSnapshot } from '../../../machine/index.ts';
import { counted, formatNumber } from '../format.ts';
import { GLOSSARY, type TermName } from '../glossary.ts';
import { distance, type QueueStages, Stage } from './stages.ts';

/** Where on the ring an index points. */
export function slotWords(index: number, size: number): string {
  return size === 0 ? '' : `slot ${index & (size - 1)}`;
}

const STATE_TERMS: Readonly<Record<InFlight['state'], TermName>> = {
  available: 'available',
  notified: 'notified',
  taken: 'atWork',
  served: 'served',
};

/** What the state of a chain in flight is called. */
export function stateWords(state: InFlight['state']): string {
  return GLOSSARY[STATE_TERMS[state]].name;
}

export function stateTerm(state: InFlight['state']): TermName {
  return STATE_TERMS[state];
}

/** Why nothing is drawn of a queue, or null when there is something to draw. */
export function whyEmpty({ enabled, fault, resetting }: QueueSnapshot): string | null {
  if (resetting) return 'The queue is being reset.';
  if (!enabled) return 'The driver has not set this queue up: it does not use it.';
  if (fault !== null)
    return `The queue is of no use, since of what the driver has set up: ${fault}.`;
  return null;
}

/** The whole drawing in words, for those who cannot see it, and for those who like words. */
export function queueWords(queue: QueueSnapshot, stages: QueueStages): string {
  const { availableIndex, doorbell, published } = queue;
  const untold = distance(doorbell, availableIndex);
  const told = untold === 0 ? 'and has told the device of all' : `and not told of ${untold}`;
  const parts = [
    `The driver has made chains available up to index ${availableIndex}, ${told}.`,
    `Those up to index ${published} have come back.`,
    inFlightWords(stages),
  ];
  if (queue.eventIndex) parts.push(eventWords(queue));
  return parts.join(' ');
}

function inFlightWords({ counts }: QueueStages): string {
  const words = [
    [Stage.taken, 'at work'],
    [Stage.served, 'done and not visible'],
    [Stage.notified, 'waiting for the device'],
    [Stage.available, 'not told'],
  ] as const;
  const parts = words
    .filter(([stage]) => counts[stage] > 0)
    .map(([stage, word]) => `${formatNumber(counts[stage])} ${word}`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'Nothing is in flight.';
  return `${counted(total, 'chain')} ${total === 1 ? 'is' : 'are'} in flight: ${parts.join(', ')}.`;
}

function eventWords({ available, published }: QueueSnapshot): string {
  const away = distance(published, available.usedEvent);
  // It lies behind when the driver, busy with what has come, wants no interrupt.
  if (away >= 0x8000) return 'The driver wants no interrupt at present.';
  const what = away === 0 ? 'the next chain' : `${away + 1} more chains`;
  return `The driver wants an interrupt once ${what} ${away === 0 ? 'has' : 'have'} come back.`;
}

/** The sentence about a slot of the available ring. */
export function availableSlotWords(queue: QueueSnapshot, slot: number): string {
  return `slot ${slot} holds ${queue.available.elements[slot]}`;
}

/** The sentence about a slot of the used ring. */
export function usedSlotWords({ used }: QueueSnapshot, slot: number): string {
  return `slot ${slot} holds id ${used.ids[slot]}, len ${used.lengths[slot]}`;
}
