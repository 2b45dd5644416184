/**
 * A byte of the device configuration space that belongs to the driver: 0 or 1, as it last wrote it.
 * It can be written once `feature` was negotiated. It begins as 1 where `setWith` was negotiated as
 * well; without either it is 0.
 */
export interface DriverFlag {
  /** Bytes from the beginning of the device configuration space. */
  offset: number;
  /** Number of a feature bit. */
  feature: number;
  /** Number of a feature bit. */
  setWith: number;
}

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
   * What of the device configuration space is the driver's to write and the device's to obey. A
   * doorbell brings with it what the driver wrote before, so that a request is served as the
   * flags say; and the driver reads what it wrote at once, whatever the device is doing.
   */
  driverFlags?: readonly DriverFlag[];
  /**
   * Queues whose driver waits by reading the used ring again and again, not for an interrupt. A
   * doorbell of theirs is worth waiting for: the guest would burn the time anyway.
   */
  polledQueues?: readonly number[];
}
