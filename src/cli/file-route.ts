import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Handler } from './http-server.ts';

/** Serves a file as it is at the time of the request, however large. */
export function fileRoute(file: string): Handler {
  return async (_, response) => {
    const { size } = await stat(file);
    response.writeHead(200, {
      'Content-Type': 'application/octet-stream',
      'Content-Length': size,
    });
    if (size === 0) {
      response.end();
      return;
    }
    const source = createReadStream(file, { end: size - 1, highWaterMark: 1 << 20 });
    await pipeline(source, response);
  };
}
