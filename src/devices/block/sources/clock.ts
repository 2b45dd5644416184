/** Time, which tests replace. */
export interface Clock {
  /** Calls `callback` after so many milliseconds. @returns the function that forgets it */
  after(milliseconds: number, callback: () => void): () => void;
}

export const REAL_CLOCK: Clock = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
