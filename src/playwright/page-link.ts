import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { acknowledge, type Handler, HttpServer } from '../cli/http-server.ts';
import { pageFileRoutes } from '../cli/page-files.ts';
import { Deferred } from '../machine/deferred.ts';
import { MachineError } from '../machine/errors.ts';
import { startTimer } from '../machine/timer.ts';
import type { Calls, MachinePage } from './page/machine-page.ts';
import { type Answer, type Notice, paths } from './protocol.ts';

/** The scripts of the package, of which the page is made. */
const SCRIPTS = fileURLToPath(new URL('../', import.meta.url));

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Ringbox</title>
<script type="module" src="playwright/page/main.js"></script>
`;

/** What comes from the page without being asked for. */
export interface PageListener {
  printed(bytes: Uint8Array): void;
  noticed(notice: Notice): void;
}

type Result<Name extends keyof Calls> = Awaited<ReturnType<Calls[Name]>>;

/** A page with a machine, and the little server that it comes from. */
export class PageLink {
  readonly #server: HttpServer;
  readonly #page: Page;
  readonly #broken: Deferred<never>;
  #isBroken = false;

  private constructor(server: HttpServer, page: Page, broken: Deferred<never>) {
    this.#server = server;
    this.#page = page;
    this.#broken = broken;
    broken.promise.catch(() => {
      this.#isBroken = true;
    });
    page.on('crash', () => broken.reject(new Error("The machine's page has crashed.")));
    page.on('close', () => broken.reject(new Error("The machine's page was closed.")));
    page.on('pageerror', (error) =>
      broken.reject(new Error(`In the machine's page: ${error.stack}`)),
    );
  }

  /** @param routes the files of the machine */
  static async open(
    browser: Browser,
    routes: [string, Handler][],
    listener: PageListener,
  ): Promise<PageLink> {
    const broken = new Deferred<never>();
    const server = await HttpServer.start(
      new Map([...pageFileRoutes(SCRIPTS), ...linkRoutes(listener), ...routes]),
      (error) => broken.reject(error),
    );
    try {
      const link = new PageLink(server, await browser.newPage(), broken);
      await link.#page.goto(`${server.address}${paths.page}`);
      return link;
    } catch (error) {
      server.close();
      throw error;
    }
  }

  /** Nothing can be expected of the page any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /**
   * Calls a method of the page's. @param limit milliseconds in which it has to answer
   * @throws MachineError as it was thrown there; 'timeout' when it does not answer
   */
  async call<Name extends keyof Calls>(
    name: Name,
    parameters: Parameters<Calls[Name]>,
    limit: number,
  ): Promise<Result<Name>> {
    const late = new Deferred<never>();
    const timer = startTimer(limit, () => late.reject(silence(name, limit)));
    try {
      const answer = await Promise.race([
        this.#evaluate(name, parameters),
        this.#broken.promise,
        late.promise,
      ]);
      if ('value' in answer) return answer.value as Result<Name>;
      const { code, message, remedy } = answer.failure;
      throw new MachineError(code, message, remedy);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    // One that has crashed is closed enough.
    await this.#page.close().catch(() => undefined);
  }

  #evaluate(name: keyof Calls, parameters: unknown[]): Promise<Answer<unknown>> {
    const answer = this.#page.evaluate(([name, parameters]) => ringboxPage.call(name, parameters), [
      name,
      parameters,
    ] as [keyof Calls, unknown[]]);
    // One that comes when nobody waits for it any more, because the page was closed.
    answer.catch(() => undefined);
    return answer;
  }
}

declare const ringboxPage: MachinePage;

function linkRoutes(listener: PageListener): [string, Handler][] {
  return [
    [
      `GET ${paths.page}`,
      async (_, response) => {
        response.setHeader('Content-Type', 'text/html; charset=utf-8');
        response.end(PAGE);
      },
    ],
    [
      `POST ${paths.output}`,
      async (request, response) => {
        for await (const bytes of request) listener.printed(bytes);
        acknowledge(response);
      },
    ],
    [
      `POST ${paths.notices}`,
      async (request, response) => {
        listener.noticed(JSON.parse(await textOf(request)));
        acknowledge(response);
      },
    ],
  ];
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}

function silence(name: string, limit: number): MachineError {
  return new MachineError(
    'timeout',
    `The machine's page has not answered within ${Math.round(limit)} ms ('${name}').`,
    'See whether the host is too busy, or give the test more time.',
  );
}
