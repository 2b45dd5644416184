import { blockDescriber } from './block/describer.ts';
import type { DeviceKind } from './catalogue.ts';
import { consoleDescriber } from './console/describer.ts';
import type { DeviceDescriber } from './describer.ts';
import { rngDescriber } from './rng/describer.ts';

/** What there is to say about each kind of device in the catalogue. */
export const describers = {
  block: blockDescriber,
  console: consoleDescriber,
  rng: rngDescriber,
} satisfies Record<DeviceKind, DeviceDescriber>;
