import type { Figure } from '../figure.ts';
import { bootFigures } from './boot.ts';
import { consoleFigures } from './console.ts';
import { diskFigures } from './disk.ts';
import { fileFigures } from './files.ts';
import { growthFigures } from './growth.ts';
import { idleFigures } from './idle.ts';
import { keptFigures } from './kept.ts';
import { latencyFigures } from './latency.ts';
import { pageFigures } from './page.ts';
import { processorFigures } from './processor.ts';
import { ringFigures } from './ring.ts';
import { togetherFigures } from './together.ts';
import { traceFigures } from './trace.ts';

/** Every line of the table, in its order. */
export const figures: Figure[] = [
  ...diskFigures,
  ...latencyFigures,
  ...consoleFigures,
  ...keptFigures,
  ...processorFigures,
  ...togetherFigures,
  ...fileFigures,
  ...bootFigures,
  ...pageFigures,
  ...idleFigures,
  ...ringFigures,
  ...traceFigures,
  ...growthFigures,
];
