import type { Trace } from '../../trace/trace.ts';
import { importTrace as readTrace, TraceFileError } from '../../trace/trace-file.ts';
import { MachineError } from '../errors.ts';

const REMEDIES: Record<TraceFileError['code'], string> = {
  'trace-format': 'Choose a file that was exported here as a trace in JSON.',
  'trace-version': 'Open it with the version of Ringbox that made it, or record it anew.',
  'trace-damaged': 'Export it again, or record it anew.',
};

/**
 * Reads a trace that was exported, to be looked at with or without a machine.
 * @throws MachineError 'trace-format', 'trace-version', 'trace-damaged'
 */
export async function importTrace(file: Blob): Promise<Trace> {
  try {
    return await readTrace(file);
  } catch (cause) {
    if (!(cause instanceof TraceFileError)) throw cause;
    const name = file instanceof File ? `The file ${file.name}` : 'The file';
    const message = `${name} cannot be opened as a trace: ${cause.message}.`;
    throw new MachineError(cause.code, message, REMEDIES[cause.code], cause);
  }
}
