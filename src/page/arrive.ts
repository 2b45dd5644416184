import type { MachineError } from '../machine/errors.ts';
import type { DeviceSnapshot, Machine } from '../machine/index.ts';
import type { Arrival } from './arrival.ts';
import { findDevice } from './device-names.ts';
import { pageError } from './failure.ts';
import type { PageServices } from './page-services.ts';

/**
 * Brings a machine that was just made to what the address asks for. A command is typed only when the visitor agrees:
 * their root disk is kept, and a link may come from anybody.
 * @throws MachineError that names a device that the machine does not have
 */
export async function arrive(
  arrival: Arrival,
  page: PageServices,
  machine: Machine,
): Promise<void> {
  const { inspect, hold, run } = arrival;
  if (inspect === null && hold.length === 0 && run.length === 0) return;
  const inspector = await machine.inspect();
  const find = (name: string) => {
    const device = findDevice(name, inspector.devices());
    if (device !== null) return device;
    throw pageError(
      'contradictory-address',
      `The address speaks of a device “${name}”, which this machine does not have.`,
      'Devices are called console, rng, and vda, vdb and so on.',
    );
  };
  if (inspect !== null) {
    const { queue, view } = inspect;
    const device = find(inspect.device);
    const hasQueue = queue < device.queues.length;
    page.aimPanel('inspector', {
      device: device.place,
      queue: hasQueue ? queue : 0,
      ...(view && { view }),
    });
    if (!hasQueue) throw noQueue(device, queue);
  }
  if ((hold.length === 0 && run.length === 0) || !(await page.untilPrompt())) return;
  for (const name of hold) await inspector.control(find(name).place)?.hold();
  for (const command of run) {
    const agreed = await page.confirm({
      title: 'Type this command?',
      message: `The link to this page would like to have \`${command}\` typed into the terminal. It may change what is kept of the machine’s disks.`,
      confirm: 'Type it',
    });
    if (agreed && page.machine === machine) page.type(`${command}\n`);
  }
}

function noQueue({ name, queues }: DeviceSnapshot, queue: number): MachineError {
  return pageError(
    'contradictory-address',
    `The address asks for queue ${queue} of “${name}”, which has ${queues.length}.`,
    'Its queues are counted from 0.',
  );
}
