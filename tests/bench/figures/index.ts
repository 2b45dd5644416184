import type { Figure } from '../figure.ts';
import { bootFigures } from './boot.ts';
import { consoleFigures } from './console.ts';
import { diskFigures } from './disk.ts';

/** Every line of the table, in its order. */
export const figures: Figure[] = [...diskFigures, ...consoleFigures, ...bootFigures];
