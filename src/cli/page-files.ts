import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Handler } from './http-server.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** One route for each file of a flat folder. */
export function pageFileRoutes(folder: string): [string, Handler][] {
  return readdirSync(folder).map((name) => [
    `GET ${name}`,
    async (_, response) => {
      const type = MEDIA_TYPES[extname(name)] ?? 'application/octet-stream';
      response.writeHead(200, { 'Content-Type': type }).end(await readFile(join(folder, name)));
    },
  ]);
}
