import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DiskFile } from '../../../src/cli/disk-file.ts';
import type { HandledSignal } from '../../../src/cli/exit-codes.ts';
import { RunError } from '../../../src/cli/run-error.ts';
import { Session } from '../../../src/cli/session.ts';
import { Host } from '../../../src/headless/host.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-session-test-'));
  for (const name of ['index.html', 'kernel']) writeFileSync(join(folder, name), name);
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function fakeDisk(commit: () => Promise<void>) {
  return { commit: vi.fn(commit) };
}

interface Given {
  disks: Pick<DiskFile, 'commit'>[];
  /** What the page does; its command line is `host`. */
  page: (host: Host) => Promise<void>;
  interrupted?: Promise<HandledSignal>;
}

/** How a run with that page and those disks ends: its status, or its error. */
async function endOf({ disks, page, interrupted }: Given): Promise<unknown> {
  const planned = disks.map((_, index) => ({ name: `${index}`, size: 512, readOnly: false }));
  const session = new Session({
    run: {
      plan: {
        software: { kernelName: 'kernel', commandLine: '' },
        console: 'hvc0',
        disks: planned.map((disk) => ({ ...disk, save: true })),
      },
      software: { kernel: join(folder, 'kernel') },
      disks: planned.map(() => join(folder, 'kernel')),
    },
    pageFolder: folder,
    browser: {
      open: (address) => page(new Host(new URL('.', address).href)),
      failed: new Promise<never>(() => undefined),
    },
    disks: new Map(disks.map((disk, index) => [index, disk as DiskFile])),
    isCommand: true,
    timeout: 0,
  });
  const never = new Promise<never>(() => undefined);
  const end = await session.run(interrupted ?? never).catch((error) => error);
  await session.close();
  return end;
}

describe('Session', () => {
  it('commits every disk though the first cannot be, and says so', async () => {
    const bad = fakeDisk(() => Promise.reject(new RunError(1, 'bad: no space')));
    const good = fakeDisk(async () => undefined);
    const page = async (host: Host) => {
      await host.started();
      await host.saved();
      await host.finish({ ending: { kind: 'status', status: 0 }, lastLine: '' });
    };
    expect(await endOf({ disks: [bad, good], page })).toMatchObject({
      exitCode: 1,
      message: 'bad: no space',
    });
    expect(good.commit).toHaveBeenCalledTimes(1);
  });

  it('says after a signal that changes are lost, if they are', async () => {
    // The page hangs: only the watchdog ends the waiting, and it is not to take its seconds here.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const disk = fakeDisk(async () => undefined);
    let interrupt!: (signal: HandledSignal) => void;
    const interrupted = new Promise<HandledSignal>((resolve) => {
      interrupt = resolve;
    });
    const page = async (host: Host) => {
      await host.started();
      interrupt('SIGTERM');
      for await (const _ of host.orders()) await vi.advanceTimersByTimeAsync(60_000);
    };
    expect(await endOf({ disks: [disk], page, interrupted })).toMatchObject({
      exitCode: 143,
      message: 'the changes to its disks are lost, the files are as they were before',
    });
    expect(disk.commit).not.toHaveBeenCalled();
  });
});
