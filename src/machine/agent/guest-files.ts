import { MachineError } from '../errors.ts';
import type { ExecBytes, ExecOptions } from './agent.ts';

/** How long a file may take on its way. */
export type FileOptions = Pick<ExecOptions, 'timeout'>;

type Run = (command: string, options: ExecOptions) => Promise<ExecBytes>;

/**
 * The guest's files, as its programs see them. A path that begins with no slash is below /root. Like
 * `machine.exec`, by which it works, it needs a guest with an agent.
 */
export class GuestFiles {
  readonly #run: Run;

  /** Use `machine.files`. @internal */
  constructor(run: Run) {
    this.#run = run;
  }

  /**
   * Writes a file, with the folders that it is to be in. One that is there is replaced. Like whatever
   * a program writes, it may be on its disk only after `sync`.
   * @throws MachineError 'guest-file' when the guest cannot; what `exec` throws
   */
  async write(
    path: string,
    content: string | Uint8Array | Blob,
    options: FileOptions = {},
  ): Promise<void> {
    const file = quoted(path);
    const command = `mkdir -p -- "$(dirname -- ${file})" && cat > ${file}`;
    const result = await this.#run(command, { ...options, input: content });
    if (result.status !== 0) throw problem('write', path, result);
  }

  /**
   * Reads a file whole.
   * @throws MachineError 'guest-file' when the guest cannot; what `exec` throws
   */
  async read(path: string, options: FileOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const result = await this.#run(`cat < ${quoted(path)}`, options);
    if (result.status !== 0) throw problem('read', path, result);
    return result.output;
  }

  /** The same as text, UTF-8. @throws MachineError as `read` does */
  async readText(path: string, options: FileOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.read(path, options));
  }
}

/** A path as one word of a shell's. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

function problem(verb: string, path: string, { errors, status }: ExecBytes): MachineError {
  const reason = new TextDecoder().decode(errors).trim() || `exit status ${status}`;
  return new MachineError(
    'guest-file',
    `The guest could not ${verb} ${path}: ${reason}`,
    'Check the path, and that there is room and permission.',
  );
}
