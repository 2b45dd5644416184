import { type KeptDisk, keptDisks } from '../../machine/index.ts';

/**
 * How much was changed of each kept disk. Counting reads the map of every disk, so it is done only when there
 * is one whose count is not known, or whose file has another length since.
 */
export class ChangeCounts {
  #counts = new Map<string, { stored: number; changed: number | null }>();

  /** The disks with what is known about their changes. */
  async complete(disks: readonly KeptDisk[]): Promise<readonly KeptDisk[]> {
    const isKnown = ({ name, stored, inUse }: KeptDisk) =>
      inUse || this.#counts.get(name)?.stored === stored;
    if (!disks.every(isKnown)) await this.#count();
    return disks.map((kept) => {
      const changed = this.#counts.get(kept.name)?.changed ?? null;
      return { ...kept, disk: kept.disk && { ...kept.disk, changed } };
    });
  }

  async #count(): Promise<void> {
    const disks = await keptDisks({ changes: true });
    this.#counts = new Map(
      disks.map(({ name, stored, disk }) => [name, { stored, changed: disk?.changed ?? null }]),
    );
  }
}
