/** The entry of the service worker, which makes a page of any static host isolated, and keeps it. */
import { type Build, KEEP_FILES } from '../src/hosting/build.ts';
import { OfflineFiles } from '../src/hosting/offline-files.ts';
import type { WorkerScope } from '../src/hosting/worker-scope.ts';

/** Put in by `src/hosting/service-worker-plugin.ts`. */
declare const BUILD: Build;

const scope = globalThis as unknown as WorkerScope;
const { registration, clients } = scope;
const surroundings = { fetch: fetch.bind(globalThis), caches };

/** Whatever is at this address now, it is served as if we had never been there. */
function stepAside(): void {
  void files.forget();
  void registration.unregister();
}

const files = new OfflineFiles(BUILD, registration.scope, surroundings, stepAside);

scope.addEventListener('install', (event) => {
  // The first waits for nothing: without headers of the host's, the page needs it to start at all. A
  // later one takes over, when no tab uses the one before any more, and by then it has everything.
  if (registration.active !== null) event.waitUntil(files.complete());
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(files.forgetOtherBuilds().then(() => clients.claim()));
});

scope.addEventListener('message', (event) => {
  if (event.data !== KEEP_FILES) return;
  const reason = (error: unknown) => console.info('The page is not kept yet.', error);
  event.waitUntil(files.complete().catch(reason));
});

scope.addEventListener('fetch', (event) => {
  const answer = files.answer(event.request, (work) => event.waitUntil(work));
  if (answer !== null) event.respondWith(answer);
});
