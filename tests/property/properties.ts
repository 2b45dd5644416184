import { block } from './block.ts';
import { chains } from './chains.ts';
import { consoleProperty } from './console.ts';
import type { Property } from './property.ts';
import { registers } from './registers.ts';
import { rings } from './rings.ts';
import { rng } from './rng.ts';

/** All that is tried with drivers of any kind. */
export const properties: readonly Property<unknown>[] = [
  rings,
  chains,
  block,
  consoleProperty,
  rng,
  registers,
];
