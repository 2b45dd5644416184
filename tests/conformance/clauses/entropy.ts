import { type Clause, must, section } from '../clause.ts';

/** The entropy device. */
export const entropyClauses: Clause[] = [
  ...section('Entropy Device / Device Operation', [
    must('RNG-001', 'every buffer gets at least one random byte; it need not be filled'),
  ]),
];
