/**
 * What a virtio device is, to the transport: everything that the driver sees before it starts.
 * A plain object, since it crosses from the worker to the CPU thread.
 */
export interface DeviceDescription {
  /** The virtio device type, which the PCI device id is made of (VIRTIO 1.4, 5 "Device Types"). */
  type: number;
  /** PCI class code, 24 bits: base class, sub-class, programming interface. */
  classCode: number;
  /** Numbers of the feature bits that the device itself offers (0 to 23 and 50 to 63). */
  features: readonly number[];
  /**
   * Numbers of feature bits that are not offered, though the device or the transport has them. Never
   * VIRTIO_F_VERSION_1, without which there is no driving the device.
   */
  withheldFeatures?: readonly number[];
  /** The largest size of each queue, a power of two each. */
  queueSizes: readonly number[];
  /** Bytes of the device configuration space, at most 256. */
  configurationLength: number;
  /**
   * Queues whose driver waits by reading the used ring again and again, not for an interrupt. A
   * doorbell of theirs is worth waiting for: the guest would burn the time anyway.
   */
  polledQueues?: readonly number[];
}
