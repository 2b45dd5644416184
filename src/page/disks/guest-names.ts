import { diskName } from '../../machine/assembly.ts';
import type { Disk } from '../../machine/index.ts';

/**
 * What the guest calls the disks of a machine: Linux gives each the first name that is free, and a
 * new one those of disks that it has let go. (It tells nobody, so this is what is most likely.)
 */
export class GuestNames {
  #numbers = new Map<Disk, number>();

  /** Names of the disks that there are now, in their order. */
  of(disks: readonly Disk[]): string[] {
    const known = this.#numbers;
    this.#numbers = new Map(
      disks.flatMap((disk) => {
        const number = known.get(disk);
        return number === undefined ? [] : [[disk, number] as const];
      }),
    );
    return disks.map((disk) => diskName({}, this.#numberOf(disk)));
  }

  #numberOf(disk: Disk): number {
    const known = this.#numbers.get(disk);
    if (known !== undefined) return known;
    const taken = new Set(this.#numbers.values());
    let number = 0;
    while (taken.has(number)) number++;
    this.#numbers.set(disk, number);
    return number;
  }
}
