/** Caches of a browser, as far as the service worker uses them. */
export class FakeCaches {
  readonly contents = new Map<string, Map<string, Response>>();
  /** What storing throws from now on, if anything. */
  refusal: Error | null = null;

  keys = async () => [...this.contents.keys()];

  delete = async (name: string) => this.contents.delete(name);

  match = async (address: string, { cacheName }: { cacheName: string }) =>
    this.contents.get(cacheName)?.get(address)?.clone();

  open = async (name: string) => {
    const entries = this.contents.get(name) ?? new Map<string, Response>();
    this.contents.set(name, entries);
    return {
      put: async (address: string, response: Response) => {
        if (this.refusal !== null) throw this.refusal;
        entries.set(address, response);
      },
    };
  };
}
