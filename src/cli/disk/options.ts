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

/** `ringbox disk commit`. */
export interface CommitOptions {
  command: 'commit';
  store: string;
  /** The raw image that the store was made over, which is written to. */
  base: string;
  /** What the store calls the image from now on; undefined: the file's fingerprint. */
  name: string | undefined;
  /** Whether an image is taken that has another name than the store's base. */
  force: boolean;
}

/** `ringbox disk rebase`. */
export interface RebaseOptions {
  command: 'rebase';
  store: string;
  /** The image that the store was made over; undefined for none. */
  base: string | undefined;
  /** The new one; undefined for none. */
  onto: string | undefined;
  /** What the store calls the new one; undefined: the file's fingerprint. */
  name: string | undefined;
  /** Whether an image is taken that has another name than the store's base. */
  force: boolean;
}

export type DiskOptions =
  | CreateOptions
  | ConvertOptions
  | InfoOptions
  | CommitOptions
  | RebaseOptions;
