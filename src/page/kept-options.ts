import { keptDisks } from '../machine/disks/kept-disks.ts';
import type { DiskOptions } from '../machine/options.ts';
import { unpacked } from './download.ts';
import { pageError } from './failure.ts';
import { storedImage } from './kept-images.ts';

/**
 * A kept disk for a machine, together with the image that it lies on, if it does.
 * @throws MachineError 'disk-missing' for one that is not kept, 'base-changed' where the image is gone
 */
export async function keptDiskOptions(name: string): Promise<DiskOptions & { keep: string }> {
  const disks = await keptDisks();
  const kept = disks.find((disk) => disk.name === name);
  if (kept === undefined) {
    throw pageError(
      'disk-missing',
      `There is no disk “${name}” in this browser any more.`,
      'Choose another one in the panel Disks.',
    );
  }
  const options = { keep: name, name };
  // Whoever opens it says what is wrong with it.
  if (kept.disk === null || kept.disk.imageVersion === '') return options;
  const { size, imageVersion } = kept.disk;
  const image = await storedImage(imageVersion);
  if (image === undefined) {
    throw pageError(
      'base-changed',
      `What is kept as “${name}” was changed on ${imageVersion}, which this page does not have.`,
      'Use the page, or the program, that made it.',
    );
  }
  return { ...options, image: await unpacked(image.stream()), size, imageVersion };
}
