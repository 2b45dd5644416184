import type { TraceKind } from '../../../machine/index.ts';
import type { TermName } from '../glossary.ts';

/** Whose doing it is: that is its colour. */
export type Doer = 'driver' | 'device' | 'cpu';

/** The rows that a thread has in the drawing. */
export type Row = 'doorbell' | 'sync' | 'interrupt' | 'isr' | 'other' | 'chains' | 'used';

/** What is shown or hidden together. */
export type Group =
  | 'doorbell'
  | 'taken'
  | 'served'
  | 'sync'
  | 'published'
  | 'interrupt'
  | 'suppressed'
  | 'isr'
  | 'other';

export interface KindStyle {
  row: Row;
  group: Group;
  doer: Doer;
  /** Path around its moment at 0,0. */
  path: string;
  filled: boolean;
}

const BELL = 'M-4 3H4L3.2 1.6V-1A3.2 3.2 0 0 0 -3.2 -1V1.6ZM-1.2 4A1.2 1.2 0 0 0 1.2 4Z';
const START = 'M-2 -5L4 0L-2 5Z';
const END = 'M2 -5L-4 0L2 5Z';
const LINE = 'M-0.75 -5H0.75V5H-0.75Z';
const ASK = 'M-0.75 -5H0.75V0H-0.75Z';
const DOT = 'M-4 0A4 4 0 0 0 4 0A4 4 0 0 0 -4 0Z';
const UP = 'M0 -5L4.5 4H-4.5Z';
const DIAMOND = 'M0 -5L4.5 0L0 5L-4.5 0Z';
const SQUARE = 'M-3.5 -3.5H3.5V3.5H-3.5Z';

/** How each kind of event is drawn: each has a shape of its own in its row. */
export const KIND_STYLES: Readonly<Record<TraceKind, KindStyle>> = {
  doorbell: style('doorbell', 'doorbell', 'driver', BELL),
  taken: style('chains', 'taken', 'device', START),
  served: style('chains', 'served', 'device', END, false),
  'sync asked': style('used', 'sync', 'device', ASK),
  'sync point': style('sync', 'sync', 'cpu', LINE),
  published: style('used', 'published', 'device', DOT),
  attention: style('other', 'other', 'cpu', DOT, false),
  interrupt: style('interrupt', 'interrupt', 'device', UP),
  suppressed: style('interrupt', 'suppressed', 'driver', UP, false),
  withheld: style('interrupt', 'interrupt', 'cpu', SQUARE),
  'ISR read': style('isr', 'isr', 'driver', DIAMOND),
  status: style('other', 'other', 'driver', SQUARE),
  'queue enabled': style('other', 'other', 'driver', SQUARE, false),
  reset: style('other', 'other', 'driver', DIAMOND),
  'reset done': style('used', 'other', 'device', DIAMOND),
  'needs reset': style('used', 'other', 'device', SQUARE),
  paused: style('other', 'other', 'cpu', START),
  resumed: style('other', 'other', 'cpu', END),
  held: style('other', 'other', 'cpu', START, false),
  released: style('other', 'other', 'cpu', END, false),
};

function style(row: Row, group: Group, doer: Doer, path: string, filled = true): KindStyle {
  return { row, group, doer, path, filled };
}

/** The groups in the order of a request's life, with the kind whose shape stands for each. */
export const GROUPS: readonly { group: Group; label: string; kind: TraceKind; term: TermName }[] = [
  { group: 'doorbell', label: 'doorbell', kind: 'doorbell', term: 'doorbell' },
  { group: 'taken', label: 'chain taken', kind: 'taken', term: 'atWork' },
  { group: 'served', label: 'buffers done', kind: 'served', term: 'served' },
  { group: 'sync', label: 'sync point', kind: 'sync point', term: 'syncPoint' },
  { group: 'published', label: 'published', kind: 'published', term: 'usedIndex' },
  { group: 'interrupt', label: 'interrupt', kind: 'interrupt', term: 'interruptLine' },
  { group: 'suppressed', label: 'suppressed', kind: 'suppressed', term: 'usedEvent' },
  { group: 'isr', label: 'ISR read', kind: 'ISR read', term: 'isr' },
  { group: 'other', label: 'the rest', kind: 'status', term: 'rest' },
];

export const ROW_NAMES: Readonly<Record<Row, string>> = {
  doorbell: 'doorbells',
  sync: 'sync points',
  interrupt: 'interrupts',
  isr: 'ISR reads',
  other: 'the rest',
  chains: 'chains',
  used: 'used idx',
};

/** The word that tells what an event of a kind is. */
export function termOfKind(kind: TraceKind): TermName {
  const { group } = KIND_STYLES[kind];
  return GROUPS.find((entry) => entry.group === group)?.term ?? 'rest';
}
