import type { TraceRecords } from './records.ts';

/** Whom a trace tells of, as it was while it was taken: a trace is looked at without a machine as well. */
export interface TraceSubjects {
  threads: TraceThread[];
  devices: TracedDevice[];
}

export interface TraceThread {
  thread: number;
  name: string;
}

export interface TracedDevice {
  /** Its place. */
  device: number;
  /** What messages call it: 'Disk vda'. */
  name: string;
  /** Its kind in the catalogue of devices: 'block'. */
  kind: string;
  /** What the specification calls each of its queues. */
  queues: string[];
}

/** A finished trace. */
export interface Trace {
  subjects: TraceSubjects;
  records: TraceRecords;
  /** Events that came when it was full. */
  dropped: number;
  /** Events that were overwritten before they could be read. */
  missed: number;
  /** Time 0 of the trace as milliseconds since 1970; for a person. */
  epoch: number;
}
