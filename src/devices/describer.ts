import type { BitMeaning } from '../link/features.ts';
import type { DescriptorChain } from '../ring/chain.ts';

/**
 * What there is to say about a kind of device and its requests, for whoever shows them. It is told
 * apart from the device, on the CPU thread, and has no part in the data path.
 */
export interface DeviceDescriber {
  /** The virtio device type, and what the specification calls it. */
  type: number;
  typeName: string;
  /** The section of VIRTIO 1.4 about this type of device. */
  section: string;
  /** The features that the device may offer, by the specification's names. */
  features: Readonly<Record<string, BitMeaning>>;
  /** The fields of the device configuration space that the device has, in order. */
  configuration: readonly ConfigurationFieldPlace[];
  /** What the specification calls queue `queue` of a device with `count` of them. */
  queueName(queue: number, count: number): string;
  /**
   * What a chain of `queue` asks for, by what its buffers hold now: those of a request under way may
   * have been written to. A driver's mistakes are told, never thrown.
   */
  describe(chain: DescriptorChain, queue: number): RequestDescription;
}

/** Where a field of the device configuration space lies. */
export interface ConfigurationFieldPlace {
  name: string;
  /** Bytes from the beginning. */
  offset: number;
  /** Bytes: 1, 2, 4 or 8. */
  width: number;
  /** The section of VIRTIO 1.4 that defines it. */
  section: string;
}

/** A request as its device reads it. */
export interface RequestDescription {
  /** One line: `Read 8 sectors from sector 2048`. */
  title: string;
  fields: RequestField[];
  /** The bytes where they are text for a person, at most TEXT_LENGTH characters; otherwise null. */
  text: string | null;
}

/** One field of a request. */
export interface RequestField {
  /** The specification's name. */
  name: string;
  /** For a person: `VIRTIO_BLK_T_IN (0)`, `4096 bytes`. */
  value: string;
  /** The section of VIRTIO 1.4 that defines it. */
  section: string;
  /** Where it lies: which part of the chain, and bytes from the beginning of that part. */
  part: 'readable' | 'writable';
  offset: number;
  length: number;
}

/** The most characters of text that a description holds. */
export const TEXT_LENGTH = 256;

/** The name of number `value` in `names`, with the number: `VIRTIO_BLK_T_IN (0)`. */
export function named(names: Readonly<Record<string, number>>, value: number): string {
  const found = Object.entries(names).find(([, number]) => number === value);
  return found === undefined ? `unknown (${value})` : `${found[0]} (${value})`;
}

/** `1 byte`, `2 bytes`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
