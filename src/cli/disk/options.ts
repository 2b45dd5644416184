import type { DiskFormat } from './formats.ts';

/** `ringbox disk create`. */
export interface CreateOptions {
  command: 'create';
  file: string;
  /** Bytes. */
  size: number;
  /** Undefined: what the file's name says. */
  format: DiskFormat | undefined;
  /** Whether an existing file is replaced. */
  force: boolean;
}

/** `ringbox disk convert`. */
export interface ConvertOptions {
  command: 'convert';
  input: string;
  output: string;
  /** Undefined: what the output's name says. */
  format: DiskFormat | undefined;
  /** The image that the input, a store, was made over. */
  base: string | undefined;
  force: boolean;
}

/** `ringbox disk info`. */
export interface InfoOptions {
  command: 'info';
  file: string;
  json: boolean;
}

export type DiskOptions = CreateOptions | ConvertOptions | InfoOptions;
