import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Handler } from './http-server.ts';

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** One route for each file of a folder and those in it. */
export function pageFileRoutes(folder: string): [string, Handler][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [`GET ${relative(folder, file).replaceAll(sep, '/')}`, pageFileRoute(file)];
    });
}

function pageFileRoute(file: string): Handler {
  const type = MEDIA_TYPES[extname(file)] ?? 'application/octet-stream';
  return async (_, response) => {
    response.writeHead(200, { 'Content-Type': type }).end(await readFile(file));
  };
}
