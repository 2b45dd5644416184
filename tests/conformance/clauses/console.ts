import { type Clause, must, section, should } from '../clause.ts';

/** The console device. */
export const consoleClauses: Clause[] = [
  ...section('Console Device / Device Initialization', [
    must('CONSOLE-001', 'emerg_wr can be written whatever state the device is in'),
    should('CONSOLE-002', 'the lower byte written to emerg_wr comes out somewhere'),
  ]),
  ...section('Console Device / Multiport Device Operation', [
    must('CONSOLE-003', 'only ports below max_nr_ports are added, and none that was added before'),
    must('CONSOLE-004', 'only ports that were added are removed'),
  ]),
];
