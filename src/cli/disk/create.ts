import { Store } from '../../devices/block/store/store.ts';
import { usageError } from '../run-error.ts';
import { formatToWrite } from './formats.ts';
import type { CreateOptions } from './options.ts';
import { OutputFile } from './output-file.ts';
import { writeProblem } from './problems.ts';

/** Makes a disk of zeros. @throws RunError */
export async function createDisk(options: CreateOptions): Promise<void> {
  const { file: name, size, force } = options;
  const format = formatToWrite(name, options.format);
  if (format !== 'raw' && format !== 'store') {
    throw usageError(`${name}: create makes raw or store, not ${format}; convert makes the others`);
  }
  const output = await OutputFile.create(name, force, []);
  try {
    if (format === 'raw') output.file.truncate(size);
    else Store.create(output.file, size, '');
    await output.commit();
  } catch (error) {
    throw writeProblem(name, error);
  } finally {
    await output.discard();
  }
}
