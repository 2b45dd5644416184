import { KEEP_FILES, SERVICE_WORKER_PATH } from '../hosting/build.ts';
import type { MachineError } from '../machine/errors.ts';
import { pageError } from './failure.ts';

/** In the history's state: the page was loaded anew to become isolated. It survives that, and no more. */
const TRIED = 'ringbox-isolating';

const HOST_REMEDY =
  'The page’s host can help by the headers `Cross-Origin-Opener-Policy: same-origin` and ' +
  '`Cross-Origin-Embedder-Policy: require-corp`; `npm start` sends them.';

/**
 * Sees to it that the page is isolated, so that its threads may share memory. Where the host does
 * not send the headers for that, the service worker does, from the next load of the page on.
 * @returns whether the page is isolated; otherwise it is about to be loaded anew
 * @throws MachineError that says why it cannot be isolated
 */
export async function isolate(): Promise<boolean> {
  const tried = history.state === TRIED;
  if (tried) history.replaceState(null, '');
  if (import.meta.env.DEV && (await leaveBuiltPage())) return false;
  // Without an answer the browser knows nothing of isolation, and lacks more than that.
  if (globalThis.crossOriginIsolated !== false) return true;
  const why = whyNoServiceWorker();
  if (why !== null) throw why;
  // Reloaded once more, it would be no other.
  if (tried) throw notIsolated('its service worker runs, but has no effect', HOST_REMEDY);
  try {
    await activeServiceWorker();
  } catch (reason) {
    const message = reason instanceof Error ? reason.message : String(reason);
    throw notIsolated(`its service worker cannot be started (${message})`, HOST_REMEDY);
  }
  history.replaceState(TRIED, '');
  location.reload();
  return false;
}

/**
 * Has the service worker keep the page for visits without a network. Best called when nothing else
 * is urgent. Never rejects: the page does without.
 */
export async function keepForOffline(): Promise<void> {
  if (import.meta.env.DEV || navigator.serviceWorker === undefined) return;
  try {
    (await activeServiceWorker()).postMessage(KEEP_FILES);
  } catch (reason) {
    console.info('The page is not kept for visits without a network.', reason);
  }
}

function whyNoServiceWorker(): MachineError | null {
  if (window.top !== window) {
    const remedy = 'Open it in a tab of its own: there it needs nothing of the page around it.';
    return notIsolated('it is shown inside of another page', remedy);
  }
  if (!isSecureContext) {
    const remedy = 'Open it over https, or on this computer itself, as localhost.';
    return notIsolated('it came over plain http', remedy);
  }
  if (navigator.serviceWorker === undefined) {
    const remedy = `Open it in an ordinary window, not a private one. ${HOST_REMEDY}`;
    return notIsolated('this browser gives it no service worker', remedy);
  }
  return null;
}

function notIsolated(why: string, remedy: string): MachineError {
  const message = `Threads of this page may not share memory, since it is not cross-origin isolated: ${why}.`;
  return pageError('not-isolated', message, remedy);
}

/** Registers the service worker, unless it is there. @throws Error when it cannot start */
async function activeServiceWorker(): Promise<ServiceWorker> {
  const address = new URL(SERVICE_WORKER_PATH, document.baseURI);
  const registration = await navigator.serviceWorker.register(address);
  if (registration.active !== null) return registration.active;
  const worker = registration.installing ?? registration.waiting;
  if (worker === null) throw new Error('it has ended');
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('it has ended'));
    });
  });
  return worker;
}

/**
 * The development server may have the address of a built page that was served here before: its
 * service worker and what that has kept go.
 * @returns whether there was one; then the page is about to be loaded anew, without it
 */
async function leaveBuiltPage(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration === undefined) return false;
  const names = (await caches.keys()).filter((name) => name.startsWith('ringbox '));
  await Promise.all(names.map((name) => caches.delete(name)));
  await registration.unregister();
  location.reload();
  return true;
}
