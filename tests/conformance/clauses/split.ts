import { type Clause, must, section, should } from '../clause.ts';

/** Split virtqueues. */
export const splitClauses: Clause[] = [
  ...section('Message Framing', [
    must('SPLIT-001', 'where descriptors begin and end means nothing'),
  ]),
  ...section('The Virtqueue Descriptor Table', [
    must('SPLIT-002', 'readable buffers are never written (and writable ones should not be read)'),
    must('SPLIT-003', 'descriptors are never written'),
  ]),
  ...section('Indirect Descriptors', [
    must('SPLIT-004', 'WRITE on the descriptor that refers to an indirect table means nothing'),
    must('SPLIT-005', 'an indirect table may follow any number of direct descriptors'),
  ]),
  ...section('Used Buffer Notification Suppression', [
    must('SPLIT-006', 'without EVENT_IDX used_event means nothing'),
    should('SPLIT-007', 'without EVENT_IDX flags of 1 keep notifications back'),
    must('SPLIT-008', 'without EVENT_IDX flags of 0 bring a notification'),
    must('SPLIT-009', 'with EVENT_IDX the lowest bit of flags means nothing'),
    must('SPLIT-010', 'with EVENT_IDX the buffer that used_event names brings a notification'),
    should('SPLIT-011', 'with EVENT_IDX no other buffer brings one'),
  ]),
  ...section('The Virtqueue Used Ring', [
    must('SPLIT-012', 'the length of a used element is there before the used index says so'),
    must('SPLIT-013', 'as many bytes as that length were written before, from the first one on'),
  ]),
  ...section('Available Buffer Notification Suppression', [
    must('SPLIT-014', 'without EVENT_IDX flags of the used ring are 0 or 1'),
    must('SPLIT-015', 'with EVENT_IDX flags of the used ring are 0'),
    must('SPLIT-016', 'a notification that was not called for does no harm'),
  ]),
];
