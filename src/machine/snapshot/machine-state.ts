import type { SaveOptions } from '../../devices/device.ts';
import type { RuntimeState } from '../../devices/runtime.ts';
import type { EmulatorState } from '../../emulator/emulator.ts';
import type { PciBusState } from '../../pci/bus.ts';
import type { PciFunction, PciFunctionState } from '../../pci/function.ts';
import type { VirtioPciState } from '../../transport/virtio-pci.ts';
import type { Hardware } from '../assembly.ts';
import type { ConsolePort, ConsolePortState } from '../console-port.ts';
import type { Plugged } from '../device-bay.ts';
import type { SerialPort, SerialPortState } from '../serial-port.ts';
import type { UartWatch, UartWatchState } from '../uart-watch.ts';

/** All that a machine is, as plain data; nobody changes it. Each part is told by the class that has it. */
export interface SavedMachine {
  emulator: EmulatorState;
  bus: PciBusState;
  pvpanic: { slot: number; function: PciFunctionState };
  /** In the order of `MachineParts.devices`. */
  devices: DeviceState[];
  ports: ConsolePortState[];
  serial: SerialPortState;
  uart: UartWatchState;
  /** The guest has told of a panic that it may go on to print. */
  panicking: boolean;
}

/** A virtio device, as the guest sees it and as its worker is. */
interface DeviceState {
  slot: number;
  pci: VirtioPciState;
  worker: RuntimeState;
}

/** The parts of a machine that a snapshot is made of. */
export interface MachineParts {
  hardware: Hardware;
  /** The console, the disks in the order of their attachment, and all others. */
  devices: readonly Plugged[];
  ports: readonly ConsolePort[];
  serial: SerialPort;
  uart: UartWatch;
}

/**
 * What a machine is that is paused.
 * @throws MachineError when a device cannot be saved
 */
export async function saveMachine(
  { hardware, devices, ports, serial, uart }: MachineParts,
  panicking: boolean,
  options: SaveOptions,
): Promise<SavedMachine> {
  const workers = await Promise.all(devices.map(({ host }) => host.save(options)));
  // From here on all of it is one moment. What a worker does meanwhile, whose disk has answered late, it has
  // not said to have done: it is done once more.
  const { bus, emulator, pvpanic } = hardware;
  return {
    devices: devices.map(({ device }, index) => ({
      slot: bus.slotOf(device.function),
      pci: device.save(),
      worker: workers[index],
    })),
    pvpanic: { slot: bus.slotOf(pvpanic.function), function: pvpanic.function.save() },
    bus: bus.save(),
    ports: ports.map((port) => port.save()),
    serial: serial.save(),
    uart: uart.save(),
    emulator: emulator.save(),
    panicking,
  };
}

/**
 * Makes a machine what `state` tells, of one with the same hardware, whose devices have accepted it. It is
 * paused, before and afterwards.
 * @throws Error for a state that makes no sense: the machine is of no use then
 */
export async function restoreMachine(
  { hardware, devices, ports, serial, uart }: MachineParts,
  state: SavedMachine,
): Promise<void> {
  const { bus, emulator, pvpanic } = hardware;
  emulator.restore(state.emulator);
  const places = new Map<PciFunction, number>([[pvpanic.function, state.pvpanic.slot]]);
  devices.forEach(({ device }, index) => {
    const { slot, pci } = state.devices[index];
    device.restore(pci);
    places.set(device.function, slot);
  });
  pvpanic.function.restore(state.pvpanic.function);
  bus.restore(state.bus, places);
  ports.forEach((port, index) => {
    port.restore(state.ports[index]);
  });
  serial.restore(state.serial);
  uart.restore(state.uart);
  await Promise.all(devices.map(({ host }, index) => host.restore(state.devices[index].worker)));
}
