import type { DeviceDescriber } from '../../devices/describer.ts';
import { describers, strangeDescriber } from '../../devices/describers.ts';
import { COMMON_FEATURES } from '../../link/features.ts';
import type { PciBus } from '../../pci/bus.ts';
import type { GuestMemory } from '../../ring/guest-memory.ts';
import { NO_QUEUE } from '../../trace/events.ts';
import { STATUS_BITS, Status } from '../../transport/features.ts';
import { ISR_CONFIGURATION, ISR_QUEUE } from '../../transport/virtio-pci.ts';
import type { Plugged } from '../device-bay.ts';
import { type NamedBit, nameBits } from './named-bits.ts';
import { type QueueSummary, summarizeQueue } from './queue-snapshot.ts';

const FEATURE_BITS = 64;
const STATUS_BIT_COUNT = 8;

/** A virtio device as it is at one moment. */
export interface DeviceSnapshot {
  /** Its place among the machine's devices, 0 to 30; free again once the device is unplugged. */
  place: number;
  /** What messages call it: 'The console', 'Disk vda'. */
  name: string;
  /** Its kind in the catalogue of devices: 'block'; 'outside' when it is none of it. */
  kind: string;
  /** The virtio device type (VIRTIO 1.4, 5), and the specification's name for it. */
  type: number;
  typeName: string;
  /** The section of the specification about this type of device. */
  section: string;
  /** On PCI bus 0: '00:03.0'. */
  pciAddress: string;
  /** The device status field (2.1), and those of its bits that are set. */
  status: number;
  statusBits: NamedBit[];
  /** Each feature that the device offers, and whether the driver accepts it (2.2). */
  features: OfferedFeature[];
  /** FEATURES_OK stays: what is accepted is agreed upon. */
  featuresAgreed: boolean;
  /** The ISR status (4.1.4.5): 1 queue interrupt, 2 device configuration interrupt. Looking does not clear it. */
  isr: number;
  /** The device pulls INTA#. */
  lineRaised: boolean;
  /** The interrupt line at which INTA# ends, 0 to 15; null while the guest has routed none. */
  line: number | null;
  /** The device configuration space (2.5) as the driver sees it, and its fields by name. */
  configuration: Uint8Array;
  configurationFields: ConfigurationField[];
  /** `config_generation`, modulo 256. */
  generation: number;
  /** A reset was begun whose end the worker has not told. */
  resetting: boolean;
  /** DEVICE_NEEDS_RESET, and why, as far as the worker has told by now. */
  needsReset: boolean;
  fault: string | null;
  /** The worker has ended by itself. */
  dead: boolean;
  /** The machine is paused, and the worker with it. */
  paused: boolean;
  /** The device is held by its `DeviceControl`. */
  held: boolean;
  /** Its interrupts are withheld, and the bits of the ISR status that are gathered meanwhile. */
  interruptsWithheld: boolean;
  withheldIsr: number;
  /** The worker has something to do; a hint. */
  busy: boolean;
  /** Chains given back since the machine was made, modulo 2^32. */
  completed: number;
  queues: QueueSummary[];
}

export interface OfferedFeature extends NamedBit {
  accepted: boolean;
}

/** A field of the device configuration space. */
export interface ConfigurationField {
  name: string;
  /** Bytes from the beginning. */
  offset: number;
  /** Bytes: 1, 2, 4 or 8. */
  width: number;
  /** Beyond 2^53 not exact. */
  value: number;
  /** The section of VIRTIO 1.4 that defines it. */
  section: string;
}

/** What there is to say about devices like this one. */
export function describerOf({ plan, host }: Plugged): DeviceDescriber {
  const { kind } = plan;
  if (Object.hasOwn(describers, kind)) return describers[kind as keyof typeof describers];
  return strangeDescriber(host.description.type);
}

/** Looks at the device in place `place`. On the CPU thread, between two slices. */
export function snapshotDevice(
  place: number,
  plugged: Plugged,
  bus: PciBus,
  memory: GuestMemory,
): DeviceSnapshot {
  const { plan, host, device } = plugged;
  const { link, registers } = device;
  const describer = describerOf(plugged);
  const slot = bus.slotOf(device.function);
  const status = registers.presentStatus;
  const configuration = link.presentConfiguration.slice(0, device.configurationLength);
  return {
    place,
    name: plan.name,
    kind: plan.kind,
    type: describer.type,
    typeName: describer.typeName,
    section: describer.section,
    pciAddress: `00:${slot.toString(16).padStart(2, '0')}.0`,
    status,
    statusBits: nameBits((bit) => ((status >>> bit) & 1) === 1, STATUS_BIT_COUNT, STATUS_BITS),
    features: offeredFeatures(plugged, describer),
    featuresAgreed: (status & Status.featuresOk) !== 0,
    isr: device.isr,
    lineRaised: device.function.interruptLevel,
    line: bus.lineOf(slot),
    configuration,
    configurationFields: fieldsOf(configuration, describer),
    generation: link.configurationGeneration,
    resetting: registers.resetting,
    needsReset: link.needsReset,
    fault: link.needsReset ? host.fault : null,
    dead: link.isDead,
    paused: link.paused,
    held: link.held,
    interruptsWithheld: link.withholdInterrupts,
    withheldIsr: isrOf(link.withheld),
    busy: link.busy,
    completed: link.completed,
    queues: registers.queues.map((_, queue) => summarizeQueue(plugged, queue, memory)),
  };
}

function isrOf(withheld: ReadonlyMap<number, number>): number {
  let isr = 0;
  for (const queue of withheld.keys()) isr |= queue === NO_QUEUE ? ISR_CONFIGURATION : ISR_QUEUE;
  return isr;
}

function offeredFeatures({ device }: Plugged, describer: DeviceDescriber): OfferedFeature[] {
  const { offered, accepted } = device.registers.features;
  const names = { ...COMMON_FEATURES, ...describer.features };
  return nameBits((bit) => offered.has(bit), FEATURE_BITS, names).map((feature) => ({
    ...feature,
    accepted: accepted.has(feature.bit),
  }));
}

function fieldsOf(configuration: Uint8Array, describer: DeviceDescriber): ConfigurationField[] {
  const fields = describer.configuration.filter(
    ({ offset, width }) => offset + width <= configuration.length,
  );
  return fields.map((field) => {
    let value = 0;
    for (let byte = field.width - 1; byte >= 0; byte--) {
      value = value * 256 + configuration[field.offset + byte];
    }
    return { ...field, value };
  });
}
