/** The public API of a machine: what a page needs. */
export type { DiskUsage } from '../devices/block/create.ts';
export type { ImageStatistics } from '../devices/block/sources/cached-image.ts';
export type { RequestDescription, RequestField } from '../devices/describer.ts';
export type { DeviceErrorCode } from '../devices/errors.ts';
export { TraceAnalysis, type TraceCounters } from '../trace/analysis.ts';
export type { TracedChain } from '../trace/chain-tracker.ts';
export { type ChainSpan, chainsOf } from '../trace/chains.ts';
export { exportChromeTrace } from '../trace/chrome-trace.ts';
export {
  CPU_THREAD,
  NO_QUEUE,
  TRACE_KINDS,
  type TraceEvent,
  type TraceKind,
} from '../trace/events.ts';
export type { HistogramBucket, LatencyHistogram } from '../trace/histogram.ts';
export { LATENCY_STAGES, type LatencyStage } from '../trace/latencies.ts';
export type { TraceReader } from '../trace/reader.ts';
export { TraceRecords } from '../trace/records.ts';
export type { Trace, TracedDevice, TraceSubjects, TraceThread } from '../trace/trace.ts';
export { exportTrace } from '../trace/trace-file.ts';
export type { ExecOptions, ExecResult } from './agent/agent.ts';
export type { FileOptions, GuestFiles } from './agent/guest-files.ts';
export { BothConsoles } from './both-consoles.ts';
export { ConsolePort, OUTPUT_PIECE } from './console-port.ts';
export { Disk, type DiskPiece } from './disks/disk.ts';
export {
  type ExportedDisk,
  type ExportOptions,
  exportDisk,
  exportDiskToFile,
  type TemporaryFile,
} from './disks/disk-export.ts';
export type { DiskProgress, DiskWorkOptions } from './disks/disk-work.ts';
export {
  copyKeptDisk,
  createKeptDisk,
  type DiskLook,
  type ImportOptions,
  importKeptDisk,
  lookAtKeptDisk,
  type NewBase,
  rebaseKeptDisk,
  renameKeptDisk,
} from './disks/kept-disk-work.ts';
export { forgetKeptDisk, type KeptDisk, keptDisks } from './disks/kept-disks.ts';
export { type StorageState, storageState } from './disks/storage.ts';
export { MachineError, type MachineErrorCode } from './errors.ts';
export type { MachineEvents, MachineState } from './events.ts';
export type { ChainDescriptor, ChainSnapshot } from './inspector/chain-snapshot.ts';
export type { DeviceControl, StepResult } from './inspector/device-control.ts';
export type {
  ConfigurationField,
  DeviceSnapshot,
  OfferedFeature,
} from './inspector/device-snapshot.ts';
export { importTrace } from './inspector/import-trace.ts';
export type { Inspector } from './inspector/inspector.ts';
export type { NamedBit } from './inspector/named-bits.ts';
export type {
  DescriptorColumns,
  InFlight,
  QueueSnapshot,
  QueueSummary,
} from './inspector/queue-snapshot.ts';
export type { Recording, RecordOptions } from './inspector/recording.ts';
export type { ScratchKind } from './inspector/scratch/kinds.ts';
export type { ScratchRequest } from './inspector/scratch/request.ts';
export type {
  ScratchAnswer,
  ScratchDevice,
  ViolationAnswer,
} from './inspector/scratch/scratch-device.ts';
export type {
  Violation,
  ViolationClause,
  ViolationOutcome,
} from './inspector/scratch/violation.ts';
export { Machine, type MachineStatistics } from './machine.ts';
export type { FeatureName } from './offer.ts';
export {
  type DiskOptions,
  type FirmwareOptions,
  type HardwareOptions,
  type KernelOptions,
  type MachineOptions,
  MEMORY_LIMITS,
  type OfferOptions,
  QUEUE_LIMITS,
  type Software,
} from './options.ts';
export type { OutsideDevice, OutsideDeviceOptions } from './outside-device.ts';
export { preloadMachine } from './preload.ts';
export { SerialPort } from './serial-port.ts';
export {
  forgetKeptSnapshot,
  type KeptSnapshot,
  keepSnapshot,
  keptSnapshots,
  openKeptSnapshot,
} from './snapshot/kept-snapshots.ts';
export { readSnapshot } from './snapshot/reader.ts';
export { Snapshot, type SnapshotInfo, type SnapshotOptions } from './snapshot/snapshot.ts';
export type { SnapshotStreamOptions } from './snapshot/writer.ts';
export type { WaitOptions } from './transcript.ts';
