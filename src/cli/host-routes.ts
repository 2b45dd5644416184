import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Failure, type Order, type Plan, paths, type Result } from '../headless/protocol.ts';
import { fileRoute } from './file-route.ts';
import { acknowledge, type Handler } from './http-server.ts';

/** By what they are to the plan: its kernel and initial RAM disk, or its firmware. */
export type SoftwareFiles = Partial<Record<'kernel' | 'initrd' | 'firmware', string>>;

/** What the page reads and where what it sends goes. */
export interface HostParts {
  plan: Plan;
  /** Files of the plan's software. */
  software: SoftwareFiles;
  /** Files of the plan's disks. */
  disks: string[];
  input: Readable;
  output: Writable;
  errors: Writable;
  orders: AsyncIterable<Order>;
  /** Takes bytes of the changes of a disk. */
  onChanges(disk: number, bytes: Uint8Array): Promise<void>;
  onStarted(): void;
  /** The machine is broken, and whether more comes from the page is not sure. */
  onBroken(failure: Failure): void;
  /** All changes have been sent. */
  onSaved(): void;
  onResult(result: Result): void;
  /** Standard output or error takes no more. */
  onOutputClosed(): void;
}

/** The command line's side of `src/headless/protocol.ts`. */
export function hostRoutes(parts: HostParts): [string, Handler][] {
  const { plan, software, disks } = parts;
  return [
    [`GET ${paths.plan}`, async (_, response) => void response.end(JSON.stringify(plan))],
    ...softwareRoutes(software),
    ...disks.map((file, index) => route(`GET ${paths.disk(index)}`, fileRoute(file))),
    ...disks.map((_, index) => route(`POST ${paths.changes(index)}`, changesRoute(parts, index))),
    [`GET ${paths.input}`, inputRoute(parts.input)],
    [`GET ${paths.orders}`, ordersRoute(parts.orders)],
    [`POST ${paths.output}`, outputRoute(parts.output, parts.onOutputClosed)],
    [`POST ${paths.errors}`, outputRoute(parts.errors, parts.onOutputClosed)],
    [`POST ${paths.started}`, noticeRoute(parts.onStarted)],
    [`POST ${paths.broken}`, jsonRoute(parts.onBroken)],
    [`POST ${paths.saved}`, noticeRoute(parts.onSaved)],
    [`POST ${paths.result}`, jsonRoute(parts.onResult)],
  ];
}

function softwareRoutes(files: SoftwareFiles): [string, Handler][] {
  return Object.entries(files).map(([name, file]) => {
    return route(`GET ${paths[name as keyof SoftwareFiles]}`, fileRoute(file));
  });
}

function route(key: string, handler: Handler): [string, Handler] {
  return [key, handler];
}

/** Only when the page asks, input is read: what it does not want stays for the next program. */
function inputRoute(input: Readable): Handler {
  return async (_, response) => {
    response.flushHeaders();
    await pipeline(input, response);
  };
}

function ordersRoute(orders: AsyncIterable<Order>): Handler {
  return async (_, response) => {
    response.flushHeaders();
    for await (const order of orders) response.write(`${JSON.stringify(order)}\n`);
    response.end();
  };
}

/** Acknowledges when all is written, so that the guest waits for a slow reader. */
function outputRoute(output: Writable, onClosed: () => void): Handler {
  return async (request, response) => {
    for await (const bytes of request) {
      try {
        await write(output, bytes);
      } catch {
        onClosed();
      }
    }
    acknowledge(response);
  };
}

function changesRoute(parts: HostParts, index: number): Handler {
  return async (request, response) => {
    for await (const bytes of request) await parts.onChanges(index, bytes);
    acknowledge(response);
  };
}

function noticeRoute(onNotice: () => void): Handler {
  return async (_, response) => {
    onNotice();
    acknowledge(response);
  };
}

function jsonRoute<Value>(onValue: (value: Value) => void): Handler {
  return async (request, response) => {
    const value = JSON.parse(await readText(request)) as Value;
    acknowledge(response);
    onValue(value);
  };
}

function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const part of request) text += part;
  return text;
}
