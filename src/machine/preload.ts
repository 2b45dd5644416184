import { startSpareWorkers } from './device-workers.ts';
import { emulatorModule } from './emulator-module.ts';

/**
 * Begins with what each machine needs, whatever it will be: the emulator is loaded and compiled, and
 * workers start. A page that calls this first, and then fetches its kernel and its disks, has its
 * machine sooner. What fails here is told by `Machine.create`, which tries again.
 * @param devices virtio devices that the machine will have: its disks, and two more
 */
export function preloadMachine(devices: number): void {
  startSpareWorkers(devices);
  emulatorModule().catch(() => {});
}
