import type { Terminal } from '@xterm/xterm';
import { describe, expect, it, vi } from 'vitest';
import { Deferred } from '../../../src/machine/deferred.ts';
import type { Machine } from '../../../src/machine/index.ts';
import { DEFAULT_PLAN } from '../../../src/page/plan.ts';
import { Session, type SessionEvents } from '../../../src/page/session.ts';

vi.mock('../../../src/page/load.ts', () => ({
  loadPlan: async () => ({
    options: { commandLine: '' },
    keeping: null,
    identity: null,
    saved: null,
  }),
}));

const { forgetRootDisk } = vi.hoisted(() => ({ forgetRootDisk: vi.fn(async () => {}) }));
vi.mock('../../../src/page/root-disk.ts', () => ({ forgetRootDisk }));

class FakeMachine {
  readonly console = { output: new ReadableStream(), write: async () => undefined };
  readonly serial = { ...this.console, output: new ReadableStream() };
  readonly reset = vi.fn<() => Promise<void>>(async () => undefined);
  readonly start = vi.fn();
  readonly dispose = vi.fn(async () => undefined);
  on = () => () => undefined;
}

/** A session with a machine on a terminal that is empty. */
async function startedSession() {
  const machines: FakeMachine[] = [];
  const createMachine = async () => {
    const machine = new FakeMachine();
    machines.push(machine);
    return machine as unknown as Machine;
  };
  const subscribe = () => ({ dispose: () => undefined });
  const screen = { reset: vi.fn(), onData: subscribe, onBinary: subscribe, onResize: subscribe };
  const error = vi.fn();
  const ignored = () => undefined;
  const events = { error, loading: ignored, made: ignored, ended: ignored };
  const session = new Session(
    createMachine,
    screen as unknown as Terminal,
    events as Partial<SessionEvents> as SessionEvents,
    (typed) => typed,
  );
  await session.start(DEFAULT_PLAN);
  screen.reset.mockClear();
  forgetRootDisk.mockClear();
  return { session, screen, error, machines, machine: machines[0] };
}

describe('a reset', () => {
  it('clears the terminal once the machine has taken it', async () => {
    const { session, screen, machine } = await startedSession();
    const power = new Deferred<void>();
    machine.reset.mockReturnValue(power.promise);
    const done = session.reset();
    await new Promise((next) => setTimeout(next));
    expect(screen.reset).not.toHaveBeenCalled();
    power.resolve();
    await done;
    expect(screen.reset).toHaveBeenCalledTimes(1);
  });

  it('clears before the new boot can say anything', async () => {
    const { session, screen, machine } = await startedSession();
    const clearsAtFirstSlice = new Promise<number>((resolve) => {
      machine.reset.mockImplementation(async () => {
        setTimeout(() => resolve(screen.reset.mock.calls.length)); // the first slice is a task
      });
    });
    await session.reset();
    expect(await clearsAtFirstSlice).toBe(1);
  });

  it('loses nothing on the terminal when the machine refuses it', async () => {
    const { session, screen, error, machine } = await startedSession();
    const refusal = new Error('a device has died');
    machine.reset.mockRejectedValue(refusal);
    await session.reset();
    expect(screen.reset).not.toHaveBeenCalled();
    expect(error).toHaveBeenCalledWith(refusal, machine);
  });

  it('leaves the terminal to a machine that was started meanwhile', async () => {
    const { session, screen, machine } = await startedSession();
    const power = new Deferred<void>();
    machine.reset.mockReturnValue(power.promise);
    const done = session.reset();
    await session.start(DEFAULT_PLAN);
    screen.reset.mockClear();
    power.resolve();
    await done;
    expect(screen.reset).not.toHaveBeenCalled();
  });
});

describe('a fresh disk', () => {
  it('is made when the machine has let the old one go', async () => {
    const { session, machine, machines } = await startedSession();
    const disposed = new Deferred<undefined>();
    machine.dispose.mockReturnValue(disposed.promise);
    const done = session.startFresh();
    await new Promise((next) => setTimeout(next));
    expect(forgetRootDisk).not.toHaveBeenCalled();
    forgetRootDisk.mockImplementationOnce(async () => expect(machines).toHaveLength(1));
    disposed.resolve(undefined);
    await done;
    expect(forgetRootDisk).toHaveBeenCalledOnce();
    expect(machines).toHaveLength(2);
  });

  it('is not made when the old one cannot be forgotten', async () => {
    const { session, error, machines } = await startedSession();
    const refusal = new Error('in use');
    forgetRootDisk.mockRejectedValueOnce(refusal);
    await session.startFresh();
    expect(error).toHaveBeenCalledWith(refusal, null);
    expect(machines).toHaveLength(1);
  });
});
