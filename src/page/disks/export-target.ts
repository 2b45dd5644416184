import {
  type ExportedDisk,
  exportDisk,
  exportDiskToFile,
} from '../../machine/disks/disk-export.ts';
import { saveFile } from '../save-file.ts';
import type { ExportFormat } from './export-form.ts';
import type { JobContext } from './jobs.ts';

/** What browsers that let the user choose where a file goes have in their window. */
interface FilePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Writes the disk to where it was to go, and answers with a sentence about that. */
export type Export = (what: ExportedDisk, context: JobContext) => Promise<string>;

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = { raw: 'img', gzip: 'img.gz' };

/** The name that the file of an exported disk is proposed. */
export function exportName(disk: string, format: ExportFormat): string {
  // No file system has trouble with what is left.
  const plain = disk.replace(/[^\p{L}\p{N} ._()-]+/gu, '-').replace(/^[. ]+/, '');
  return `${plain || 'disk'}.${EXTENSIONS[format]}`;
}

/**
 * Asks where an export is to go. Browsers that do not let the user choose download it.
 * @param disk what the disk is called
 * @returns null if the user does not want it after all
 */
export async function chooseTarget(disk: string, format: ExportFormat): Promise<Export | null> {
  const suggestedName = exportName(disk, format);
  if (!('showSaveFilePicker' in window)) return downloadAs(suggestedName, format);
  try {
    const picker = window as unknown as FilePicker;
    return writeTo(await picker.showSaveFilePicker({ suggestedName }), format);
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === 'AbortError') return null;
    throw reason;
  }
}

function writeTo(file: FileSystemFileHandle, format: ExportFormat): Export {
  return async (what, { signal, onProgress }) => {
    await exportDisk(what, file, { format, signal, onProgress });
    return `Exported to ${file.name}.`;
  };
}

function downloadAs(name: string, format: ExportFormat): Export {
  return async (what, { signal, onProgress }) => {
    const { file } = await exportDiskToFile(what, { format, signal, onProgress });
    saveFile(file, name);
    return `Exported: the browser downloads ${name}.`;
  };
}
