import type { Plugged } from '../../../../src/machine/device-bay.ts';
import { Inspector } from '../../../../src/machine/inspector/inspector.ts';
import { Rig, type RigOptions } from '../../transport/rig.ts';

/** The place of the rig's device. */
export const PLACE = 5;

/** A rig that is looked at. Its device is an echo device; what is said about it is what is said about disks. */
export class InspectedRig extends Rig {
  readonly inspector: Inspector;

  constructor(options: RigOptions = {}) {
    super(options);
    const plugged = {
      plan: { name: 'Disk vda', kind: 'block' },
      host: { fault: null },
      device: this.pci,
    } as unknown as Plugged;
    this.inspector = new Inspector({
      memory: this.memory,
      bus: this.bus,
      bay: {
        occupied: [PLACE],
        find: (place) => (place === PLACE ? plugged : null),
        at: () => plugged,
        watcher: null,
      },
      afterSlices: () => {},
    });
  }
}
