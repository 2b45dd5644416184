import type { QueueStep } from '../../../../src/devices/steps.ts';
import type { Plugged } from '../../../../src/machine/device-bay.ts';
import type { DeviceHost } from '../../../../src/machine/device-host.ts';
import { Inspector } from '../../../../src/machine/inspector/inspector.ts';
import { Rig, type RigOptions } from '../../transport/rig.ts';

/** The place of the rig's device. */
export const PLACE = 5;

/** What stands for a plugged device: no worker of a browser. */
type StandIn = Omit<Plugged, 'host'> & { host: Pick<DeviceHost, 'fault' | 'step'> };

/** A rig that is looked at. Its device is an echo device; what is said about it is what is said about disks. */
export class InspectedRig extends Rig {
  readonly inspector: Inspector;

  constructor(options: RigOptions = {}) {
    super(options);
    const plugged: StandIn = {
      plan: { name: 'Disk vda', kind: 'block' },
      host: { fault: null, step: (what, queue) => this.#step(what, queue) },
      device: this.pci,
      description: this.device.description,
    };
    const find = (place: number) => (place === PLACE ? (plugged as Plugged) : null);
    this.inspector = new Inspector({
      memory: this.memory,
      bus: this.bus,
      bay: {
        occupied: [PLACE],
        find,
        at: () => plugged as Plugged,
        watcher: null,
      },
      afterSlices: () => {},
    });
  }

  /** The worker does it in this thread, and the CPU thread passes sync points meanwhile. */
  async #step(what: 'take' | 'publish', queue: number | null): Promise<QueueStep | null> {
    if (what === 'take') return this.runtime.takeOne(queue);
    const step = this.runtime.publishOne(queue);
    this.pump();
    return step;
  }
}
