/** The public API of a machine: what a page needs. */
export type { DiskUsage } from '../devices/block/create.ts';
export type { ImageStatistics } from '../devices/block/sources/cached-image.ts';
export type { RequestDescription, RequestField } from '../devices/describer.ts';
export { BothConsoles } from './both-consoles.ts';
export { ConsolePort } from './console-port.ts';
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
export type {
  ConfigurationField,
  DeviceSnapshot,
  OfferedFeature,
} from './inspector/device-snapshot.ts';
export type { Inspector } from './inspector/inspector.ts';
export type { NamedBit } from './inspector/named-bits.ts';
export type {
  DescriptorColumns,
  InFlight,
  QueueSnapshot,
  QueueSummary,
} from './inspector/queue-snapshot.ts';
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
export { SerialPort } from './serial-port.ts';
