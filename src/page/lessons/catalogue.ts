import type { Lesson } from './lesson.ts';
import { batches } from './lessons/batches.ts';
import { interrupts } from './lessons/interrupts.ts';
import { lyingDriver } from './lessons/lying-driver.ts';
import { oneCharacter } from './lessons/one-character.ts';
import { oneSector } from './lessons/one-sector.ts';
import { virtqueue } from './lessons/virtqueue.ts';

/** The lessons, in the order in which they build on each other. A new one is a file beside these, and a line here. */
export const LESSONS: readonly Lesson[] = [
  virtqueue,
  oneCharacter,
  oneSector,
  batches,
  interrupts,
  lyingDriver,
];
