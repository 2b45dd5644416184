/** The browser's storage for this page's origin; null is what the browser does not tell. */
export interface StorageState {
  /** Bytes that are used, by all of the origin. */
  used: number | null;
  /** Bytes that may be used. */
  quota: number | null;
  /** Whether the browser promises to keep it when room gets short. */
  persisted: boolean | null;
}

export async function storageState(): Promise<StorageState> {
  const { storage } = navigator;
  const estimate = await storage?.estimate?.().catch(() => undefined);
  const persisted = await storage?.persisted?.().catch(() => undefined);
  return {
    used: estimate?.usage ?? null,
    quota: estimate?.quota ?? null,
    persisted: persisted ?? null,
  };
}

let asked = false;

/**
 * Asks the browser, once in the life of a page, to keep the storage when room gets short. Comes when
 * something is first kept. What it says, `storageState` tells.
 */
export function askForPersistence(): void {
  if (asked) return;
  asked = true;
  navigator.storage?.persist?.().catch(() => {});
}
