/** Comlink's adapter for Node threads, which comes without types for this file. */
declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink';

  export default function nodeEndpoint(worker: object): Endpoint;
}
