/**
 * Waiting for a shared word from a thread that must not block, or that has other things to hear.
 */

/** Without `Atomics.waitAsync` a word is looked at this often, in milliseconds. */
const POLL_INTERVAL = 1;

interface AsyncWaiter {
  waitAsync?(
    words: Int32Array,
    index: number,
    value: number,
    timeout?: number,
  ): { async: boolean; value: string | Promise<string> };
}

/**
 * Resolves when `words[index]` is no longer `value` and was notified, or after `timeout`
 * milliseconds. It may resolve early; look again. Never blocks; any thread may call it.
 */
export async function wordChanged(
  words: Int32Array<SharedArrayBuffer>,
  index: number,
  value: number,
  timeout = Number.POSITIVE_INFINITY,
): Promise<void> {
  const { waitAsync } = Atomics as AsyncWaiter;
  if (waitAsync !== undefined) {
    await waitAsync(words, index, value, timeout).value;
    return;
  }
  const end = performance.now() + timeout;
  while (Atomics.load(words, index) === value && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
  }
}
