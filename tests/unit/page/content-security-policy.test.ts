import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory } from '../../../guest/build/paths.ts';
import { ISOLATION_HEADERS } from '../../../src/hosting/headers.ts';
import configuration from '../../../vite.config.ts';

it('the policy of the page is the same in its file and in the header of its server', () => {
  const html = readFileSync(join(projectDirectory, 'index.html'), 'utf8');
  const meta = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html);
  const header = configuration.preview?.headers?.['Content-Security-Policy'];
  expect(header).toContain("default-src 'none'");
  expect(meta?.[1]).toBe(header);
});

it('the page is isolated however it is served', () => {
  expect(configuration.server?.headers).toMatchObject(ISOLATION_HEADERS);
  expect(configuration.preview?.headers).toMatchObject(ISOLATION_HEADERS);
});
