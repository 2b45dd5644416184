import type { Disk } from './disks/disk.ts';
import type { MachineError } from './errors.ts';

/**
 * What a machine is doing. `off`, `panicked` and `failed` are ends that only `reset` leaves;
 * `disposed` is left by nothing.
 */
export type MachineState =
  | 'ready'
  | 'running'
  | 'paused'
  | 'off'
  | 'panicked'
  | 'failed'
  | 'disposed';

export interface MachineEvents {
  /** The state has changed. */
  state: MachineState;
  /** The guest has powered itself off or halted for good. */
  off: undefined;
  /** The guest has asked for a reboot (whatever `onReboot` makes of it). */
  reboot: undefined;
  /** The guest's kernel has panicked; the text as far as it is known. */
  panic: string;
  /** A disk was attached or detached: the disks that there are now. */
  disks: readonly Disk[];
  /** Something has failed that the machine survives or not (see `state`). */
  error: MachineError;
}

type Listener<Value> = (value: Value) => void;

/** A typed, minimal event source: `on` returns the function that ends the listening. */
export class Events<Catalogue extends object> {
  readonly #listeners = new Map<keyof Catalogue, Set<Listener<never>>>();

  on<Name extends keyof Catalogue>(name: Name, listener: Listener<Catalogue[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as Listener<never>);
    return () => listeners.delete(listener as Listener<never>);
  }

  emit<Name extends keyof Catalogue>(name: Name, value: Catalogue[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as Listener<Catalogue[Name]>)(value);
      } catch (error) {
        // A listener's mistake is reported as such; it must stop neither the others nor the CPU.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
