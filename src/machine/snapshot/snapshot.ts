import { KNOWN_EMULATOR } from '../../emulator/shared-wasm.ts';
import type { DeviceDescription } from '../../link/description.ts';
import { MachineError } from '../errors.ts';
import type { MachineParts, SavedMachine } from './machine-state.ts';
import { type SnapshotStreamOptions, writeSnapshot } from './writer.ts';

/** Grows with each change of what a snapshot holds: only the same number can be restored. */
export const SNAPSHOT_VERSION = 2;

/** What a snapshot tells of itself. */
export interface SnapshotInfo {
  /** What it holds: `SNAPSHOT_VERSION` when it was made. */
  version: number;
  /** The emulator that it can be restored in. */
  emulator: string;
  /** When it was made, in milliseconds since 1970. */
  created: number;
  /** Bytes of RAM. */
  memory: number;
  /** Names of the console's ports. */
  ports: string[];
  /** The virtio devices: the console, the disks in the order of their attachment, and others. */
  devices: { name: string; kind: string; description: DeviceDescription }[];
}

/** What a snapshot is to hold. */
export interface SnapshotOptions {
  /**
   * Disks that are kept in the browser (`DiskOptions.keep`). 'referenced', the standard: it tells them from others,
   * and can be restored as long as nothing was written to them since. 'included': it holds all that is kept of them, and
   * restoring it makes them what they were, whatever was written since.
   */
  keptDisks?: 'referenced' | 'included';
}

/**
 * A whole machine at one moment. It can be restored as often as one likes, also while the machine that it was
 * made of goes on: `Machine.restore`. It holds what was changed on disks in memory, and which image they lie
 * on; a disk that is kept in the browser it only names, unless it was to be included: `SnapshotOptions`.
 */
export class Snapshot {
  readonly info: SnapshotInfo;
  /** The machine's. @internal */
  readonly state: SavedMachine;

  /** @internal */
  constructor(info: SnapshotInfo, state: SavedMachine) {
    this.info = info;
    this.state = state;
  }

  /** Bytes that it takes in memory. */
  get size(): number {
    return bytesOf(this.state);
  }

  /**
   * The snapshot as a file, which `readSnapshot` reads: its form is told in README.md. It is made while it is
   * read, and may be read once.
   */
  stream(options: SnapshotStreamOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    return writeSnapshot(this, options);
  }
}

/** What a snapshot of a machine of these parts would tell of itself. */
export function describe({ hardware, devices, ports }: MachineParts): SnapshotInfo {
  return {
    version: SNAPSHOT_VERSION,
    emulator: KNOWN_EMULATOR.version,
    created: Date.now(),
    memory: hardware.emulator.memory.size,
    ports: ports.map(({ name }) => name),
    devices: devices.map(({ plan, description }) => ({ ...plan, description })),
  };
}

/** @throws MachineError 'snapshot-version' or 'snapshot-hardware' unless a machine of these parts can become it */
export function checkHardware(saved: SnapshotInfo, parts: MachineParts): void {
  const own = describe(parts);
  if (saved.version !== own.version || saved.emulator !== own.emulator) {
    throw new MachineError(
      'snapshot-version',
      `The snapshot has version ${saved.version} for ${saved.emulator}; this is version ${own.version} for ${own.emulator}.`,
      'Use the version of Ringbox that made it, or start the machine anew.',
    );
  }
  const difference = differenceOf(saved, own);
  if (difference === null) return;
  throw new MachineError(
    'snapshot-hardware',
    `The snapshot is of another machine: ${difference}.`,
    'Make the machine with the same memory, disks, ports and offer.',
  );
}

function differenceOf(saved: SnapshotInfo, own: SnapshotInfo): string | null {
  if (saved.memory !== own.memory) {
    return `it had ${saved.memory} bytes of memory, this one has ${own.memory}`;
  }
  if (saved.ports.join() !== own.ports.join()) {
    return `its console had the ports ${saved.ports.join(', ')}, this one has ${own.ports.join(', ')}`;
  }
  const kinds = ({ devices }: SnapshotInfo) => devices.map(({ kind }) => kind).join(', ');
  if (kinds(saved) !== kinds(own)) {
    return `it had the devices ${kinds(saved)}, this one has ${kinds(own)}`;
  }
  const index = saved.devices.findIndex(({ description }, device) => {
    return JSON.stringify(description) !== JSON.stringify(own.devices[device].description);
  });
  if (index === -1) return null;
  const { name } = saved.devices[index];
  return `${name} offered other features or queues than ${own.devices[index].name} does`;
}

/** Bytes of all arrays in `value`. */
function bytesOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 0);
}
