import type { APIResponse, Route } from '@playwright/test';

/**
 * The real answer to a request that a test changes, over a connection of its own. Playwright keeps
 * connections open for the tests that follow, and servers close those that were idle for some
 * seconds: a request that meets the closing fails.
 */
export function fetchAlone(route: Route, url = route.request().url()): Promise<APIResponse> {
  return route.fetch({ url, headers: { ...route.request().headers(), connection: 'close' } });
}
