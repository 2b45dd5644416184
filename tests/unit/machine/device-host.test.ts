import { beforeEach, expect, test, vi } from 'vitest';
import { DeviceHost } from '../../../src/machine/device-host.ts';
import { FakeWorker } from './fake-worker.ts';

const onDeath = vi.fn();

beforeEach(() => {
  onDeath.mockClear();
  FakeWorker.stub();
  return () => vi.unstubAllGlobals();
});

/** A host that is being made, and its worker. */
function begin(startWorker?: () => Worker) {
  const memory = new SharedArrayBuffer(8);
  const parts = { ram: memory, ramOffset: 0, ramSize: 8, attention: memory, index: 1 };
  const hooks = { onDeath, onTrouble: () => {} };
  const making = DeviceHost.create(
    { kind: 'block', options: {}, transfer: [], ...(startWorker && { startWorker }) },
    parts,
    hooks,
  );
  return { making, worker: FakeWorker.made[0] };
}

async function made() {
  const { making, worker } = begin();
  worker.isSetUp();
  return { host: await making, worker };
}

test('a worker that fails while it serves has died, and calls under way are told', async () => {
  const { host, worker } = await made();
  const call = host.call('usage');
  worker.served.reject(new Error('a defect'));
  await expect(call).rejects.toMatchObject({ code: 'device-died' });
  expect(onDeath).toHaveBeenCalledExactlyOnceWith('a defect');
});

test('a worker that cannot let go properly at its end has not died', async () => {
  const { host, worker } = await made();
  const end = host.end();
  worker.served.reject(new Error('what was written last cannot be kept'));
  await end;
  expect(worker.terminated).toBe(true);
  expect(onDeath).not.toHaveBeenCalled();
});

test('a worker that fails before its device was made leaves a refusal, and no death', async () => {
  const { making, worker } = begin();
  worker.onerror?.({ message: 'no such script' });
  await expect(making).rejects.toMatchObject({
    code: 'device-died',
    message: expect.stringContaining('no such script'),
  });
  expect(worker.terminated).toBe(true);
  expect(onDeath).not.toHaveBeenCalled();
});

test('what a device says about its options has a remedy', async () => {
  const { making, worker } = begin();
  const refusal = Object.assign(new Error('in use'), { name: 'disk-in-use' });
  worker.setUp.reject(refusal);
  await expect(making).rejects.toMatchObject({
    code: 'disk-in-use',
    remedy: expect.stringContaining('other tab'),
  });
  expect(worker.terminated).toBe(true);
});

test('a device from outside has a worker of its own, and its refusal a code', async () => {
  const { making, worker } = begin(() => new FakeWorker() as unknown as Worker);
  worker.setUp.reject(new Error('seven sides are too many'));
  await expect(making).rejects.toMatchObject({
    code: 'device-refused',
    message: 'A device could not be made: seven sides are too many.',
  });
  expect(FakeWorker.made).toHaveLength(1);
});
