import { type Failure, type Order, type Plan, paths, type Result } from './protocol.ts';

/** The command line as the page sees it: one method per path of the protocol. */
export class Host {
  readonly #base: string;

  /** @param base the page's address, to which the paths are relative */
  constructor(base: string) {
    this.#base = base;
  }

  async plan(): Promise<Plan> {
    return (await this.#get(paths.plan)).json() as Promise<Plan>;
  }

  async file(path: string, name: string): Promise<File> {
    return new File([await (await this.#get(path)).blob()], name);
  }

  /**
   * A path's bytes as they come. Asked for when they are first wanted: a browser has six
   * connections per origin, and an answer that nobody reads would occupy one.
   */
  stream(path: string): ReadableStream<Uint8Array<ArrayBuffer>> {
    let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          reader ??= (await this.#get(path)).body!.getReader();
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: (reason) => reader?.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  /** What the command line wants while the machine runs. Ends when the command line does. */
  async *orders(): AsyncGenerator<Order> {
    let rest = '';
    const decoder = new TextDecoder();
    const reader = this.stream(paths.orders).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Order;
    }
  }

  /** Resolves when the command line has taken the bytes, which may be long after. */
  async send(path: string, body: BlobPart[]): Promise<void> {
    await this.#request(path, { method: 'POST', body: new Blob(body) });
  }

  started(): Promise<void> {
    return this.send(paths.started, []);
  }

  broken(failure: Failure): Promise<void> {
    return this.send(paths.broken, [JSON.stringify(failure)]);
  }

  saved(): Promise<void> {
    return this.send(paths.saved, []);
  }

  finish(result: Result): Promise<void> {
    return this.send(paths.result, [JSON.stringify(result)]);
  }

  #get(path: string): Promise<Response> {
    return this.#request(path, {});
  }

  async #request(path: string, options: RequestInit): Promise<Response> {
    const response = await fetch(new URL(path, this.#base), options);
    if (!response.ok) throw new Error(`${path}: the command line answered ${response.status}`);
    return response;
  }
}
