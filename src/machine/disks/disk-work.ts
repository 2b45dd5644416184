/** How far a long piece of work on a disk is. */
export interface DiskProgress {
  /** Bytes that are done: of data, since holes cost nothing. */
  done: number;
  /** Bytes in all; null while nobody knows. */
  total: number | null;
}

/** What every long piece of work on a disk takes. */
export interface DiskWorkOptions {
  /**
   * Ends the work early: it rejects with the signal's reason. What was half made is removed; what was
   * there before stays as it was.
   */
  signal?: AbortSignal;
  onProgress?: (progress: DiskProgress) => void;
}
