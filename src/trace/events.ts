/**
 * What a trace can tell of, in the order of one request's life, and then what is rarer. CPU or worker: the thread
 * on which it happens. Of `queue`, `index`, `head`, `length` and `value` those are 0 that are not told here.
 */
export const TRACE_KINDS = [
  /** CPU. The driver notified `queue`; `index` is the available index that is handed over. */
  'doorbell',
  /**
   * Worker. A chain of `queue` begins at `head`; `index` is its position in the available ring; `length` bytes are
   * device-readable, `value` device-writable.
   */
  'taken',
  /**
   * Worker. Its buffers are read and written, and its element is in the used ring, not yet visible: `index` is its
   * position there, `length` its `len`.
   */
  'served',
  /** Worker. It asks for sync number `index`, and has written `value` ranges of RAM. */
  'sync asked',
  /** CPU. It makes sync number `index`, and drops code compiled from `length` bytes. */
  'sync point',
  /** Worker. The driver can see the elements of `queue` up to used index `index`; until now it was `value`. */
  'published',
  /** CPU. It looks at the device at a sync point. */
  'attention',
  /** CPU. The driver is told, by the ISR status and its line, of `queue` up to used index `index`, or of a change (NO_QUEUE). */
  'interrupt',
  /** CPU. The driver does not want to be told of `queue` up to used index `index` (VIRTIO 1.4, 2.7.7). */
  'suppressed',
  /** CPU. The driver would be told as with `interrupt`, but for whoever holds the interrupts back. */
  'withheld',
  /** CPU. The driver reads the ISR status, which was `value`. */
  'ISR read',
  /** CPU. The driver writes the device status, which is `value` now. */
  'status',
  /** CPU. The driver enables `queue`, with `index` entries. */
  'queue enabled',
  /** CPU. The driver begins a reset of the device (NO_QUEUE), or of `queue`. */
  'reset',
  /** Worker. It has let go of everything (NO_QUEUE), or of `queue`; or has taken `queue` up. */
  'reset done',
  /** Worker. The device needs a reset. */
  'needs reset',
  /** CPU. The machine is paused, and the device with it ... */
  'paused',
  /** ... until now. */
  'resumed',
  /** CPU. Somebody holds the device ... */
  'held',
  /** ... until now. */
  'released',
] as const;

export type TraceKind = (typeof TRACE_KINDS)[number];

/** What a record has for a kind: its position in TRACE_KINDS. */
export const Kind = Object.fromEntries(TRACE_KINDS.map((kind, code) => [kind, code])) as Record<
  TraceKind,
  number
>;

/** In place of a queue, where something concerns the whole device. */
export const NO_QUEUE = 0xffff;

/** The thread that runs the guest's CPU. The worker of the device in place p is thread p + 1. */
export const CPU_THREAD = 0;

/** One event of a trace. */
export interface TraceEvent {
  /** Milliseconds of the page's `performance.now()`, on whatever thread it happened. */
  time: number;
  kind: TraceKind;
  /** CPU_THREAD, or the place of a device and 1. */
  thread: number;
  /** The place of the device that it is about. */
  device: number;
  queue: number;
  index: number;
  head: number;
  length: number;
  value: number;
}
