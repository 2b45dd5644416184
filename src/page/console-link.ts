import type { Terminal } from '@xterm/xterm';
import { pumpOutput } from './terminal-pump.ts';

/** What a machine offers at either console; only hvc0 can be told its size. */
export interface ConsolePort {
  readonly output: ReadableStream<Uint8Array<ArrayBuffer>>;
  write(data: string | Uint8Array): Promise<void>;
  resize?(columns: number, rows: number): void;
}

function bytesOf(binary: string): Uint8Array {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/**
 * Joins a console to the terminal, both ways; the answer ends that.
 * @param modify what becomes of what is typed
 */
export function linkConsole(
  terminal: Terminal,
  port: ConsolePort,
  modify: (typed: string) => string,
): () => void {
  const output = port.output.getReader();
  const ended = new AbortController();
  /** A machine that is disposed of takes and gives nothing more; that is told elsewhere. */
  const ignoreEnd = () => {};
  pumpOutput(output, terminal, ended.signal).catch(ignoreEnd);

  const send = (data: string | Uint8Array) => void port.write(data).catch(ignoreEnd);
  const subscriptions = [
    terminal.onData((typed) => send(modify(typed))),
    terminal.onBinary((data) => send(bytesOf(data))),
    terminal.onResize(({ cols, rows }) => port.resize?.(cols, rows)),
  ];
  port.resize?.(terminal.cols, terminal.rows);

  return () => {
    for (const subscription of subscriptions) subscription.dispose();
    ended.abort();
    output.cancel().catch(ignoreEnd);
  };
}

/** Reads and forgets what comes, so that a console nobody looks at never makes the guest wait. */
export function drain(port: ConsolePort): () => void {
  const stop = new AbortController();
  port.output.pipeTo(new WritableStream(), { signal: stop.signal }).catch(() => {});
  return () => stop.abort();
}
