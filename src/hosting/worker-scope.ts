/**
 * What Ringbox's service worker uses of its surroundings. TypeScript's own types for workers
 * cannot be had beside those for pages.
 */
export interface WorkerScope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    /** Becomes the worker of pages that were loaded without one. */
    claim(): Promise<void>;
  };
  addEventListener<Name extends keyof WorkerEvents>(
    name: Name,
    listener: (event: WorkerEvents[Name]) => void,
  ): void;
}

interface WorkerEvents {
  install: WorkerEvent;
  activate: WorkerEvent;
  message: WorkerEvent & { readonly data: unknown };
  fetch: WorkerEvent & {
    readonly request: Request;
    respondWith(answer: Promise<Response>): void;
  };
}

interface WorkerEvent {
  /** Keeps the worker alive; a failure fails the event. */
  waitUntil(work: Promise<unknown>): void;
}
