/** A promise that somebody else settles (`Promise.withResolvers`, which Node 20 lacks). */
export class Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve!: (value: Value) => void;
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Whoever waits for it learns of a failure; until somebody does, it is no unhandled one.
    this.promise.catch(() => undefined);
  }
}
