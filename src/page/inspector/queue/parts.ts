import type { QueueSnapshot } from '../../../machine/index.ts';
import type { Explained } from '../explanation.ts';
import { formatAddress, formatFlags } from '../format.ts';
import { GLOSSARY } from '../glossary.ts';
import type { Part, PointerName } from './ring-shape.ts';
import { type QueueStages, Stage } from './stages.ts';
import { availableSlotWords, slotWords, stateTerm, stateWords, usedSlotWords } from './words.ts';

const STATES = [null, 'available', 'notified', 'taken', 'served'] as const;

/** What a part of the drawing is, and what is so about it now. */
export function explainPart(part: Part, queue: QueueSnapshot, stages: QueueStages): Explained {
  switch (part.kind) {
    case 'pointer': {
      const index = indexOf(part.pointer, queue);
      const now = `${index}, ${slotWords(index, queue.size)}`;
      return { term: GLOSSARY[part.pointer], now };
    }
    case 'available': {
      const state = STATES[stages.available[part.index]];
      const now = availableSlotWords(queue, part.index);
      if (state === null) return { term: GLOSSARY.availableElement, now };
      return { term: GLOSSARY[stateTerm(state)], now: `${now}, ${stateWords(state)}` };
    }
    case 'used': {
      const isNew = stages.used[part.index] === Stage.served;
      const now = usedSlotWords(queue, part.index);
      return { term: GLOSSARY[isNew ? 'served' : 'usedElement'], now };
    }
    default:
      return explainDescriptor(part.index, queue, stages);
  }
}

function explainDescriptor(index: number, queue: QueueSnapshot, stages: QueueStages): Explained {
  const { addresses, lengths, flags } = queue.descriptors;
  const head = stages.heads[index];
  const term = GLOSSARY[head === -1 ? 'descriptorTable' : 'chain'];
  const what = `addr ${formatAddress(addresses[index])}, len ${lengths[index]}, flags ${formatFlags(flags[index])}`;
  const whose = head === -1 ? 'not in flight' : `of chain ${head}`;
  return { term, now: `descriptor ${index}, ${whose}: ${what}` };
}

/** The index that a pointer stands for. */
export function indexOf(pointer: PointerName, queue: QueueSnapshot): number {
  switch (pointer) {
    case 'usedIndex':
      return queue.published;
    case 'usedEvent':
      return queue.available.usedEvent;
    case 'availEvent':
      return queue.used.availEvent;
    default:
      return queue[pointer];
  }
}

/** The head of the chain that a part belongs to; -1 for none. */
export function headOf(part: Part, queue: QueueSnapshot, stages: QueueStages): number {
  switch (part.kind) {
    case 'available':
      return queue.available.elements[part.index];
    case 'used':
      return queue.used.ids[part.index];
    case 'descriptor':
      return stages.heads[part.index] === -1 ? part.index : stages.heads[part.index];
    default:
      return -1;
  }
}
