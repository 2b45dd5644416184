import { RECOGNITION_LENGTH, recognizeImage } from '../../devices/block/image-formats.ts';
import { SECTOR_SIZE } from '../plan.ts';

/**
 * What keeps a file from becoming a disk, as far as its beginning and its length tell; undefined
 * if nothing does. So a mistake is told before anything is read for long.
 */
export async function imageProblem(file: File): Promise<string | undefined> {
  if (file.size === 0) return `${file.name} is empty.`;
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, RECOGNITION_LENGTH).arrayBuffer());
  } catch {
    return `${file.name} cannot be read. Was it changed or deleted meanwhile, or is it a folder?`;
  }
  const known = recognizeImage(head);
  if (known !== null && 'unreadable' in known) return wrongFormat(file, known.unreadable);
  if (known?.format === 'qcow2') return wrongFormat(file, 'qcow2');
  if (known !== null || file.size % SECTOR_SIZE === 0) return undefined;
  const bytes = file.size.toLocaleString('en');
  return `${file.name} has ${bytes} bytes, which is no multiple of ${SECTOR_SIZE}: a disk consists of whole sectors.`;
}

function wrongFormat({ name }: File, format: string): string {
  return `${name} is in ${format}, which the page cannot read. Convert it with “npx ringbox disk convert”, or unpack it.`;
}
