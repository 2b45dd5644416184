import { expect, type GuestPage, test } from '../support/machines.ts';

/** The disk, between the console and the random number generator. */
const DISK = 1;

test('the inspector of a booted machine', async ({ guest }) => {
  await guest.boot({ disks: [{ size: 64 * 1024 }] });
  await test.step('shows a queue as it lies in memory', () => checkPicture(guest));
  await test.step('traces requests from doorbell to interrupt', () => checkTrace(guest));
  await test.step('answers mistakes as promised', () => checkMistakes(guest));
  await test.step('holds a disk: Linux waits, and goes on', () => checkSteps(guest));
});

async function checkPicture(guest: GuestPage): Promise<void> {
  await guest.output('dd if=/dev/vda of=/dev/null bs=4k count=50 iflag=direct');

  const [queue, raw, devices] = await guest.page.evaluate(async (place) => {
    const inspector = await testMachine.machine.inspect();
    const snapshot = inspector.queue(place, 0);
    if (snapshot === null) throw new Error('no queue');
    const { descriptorTable, availableRing, usedRing, size } = snapshot;
    const bytes = (address: number, length: number) => [...inspector.bytes(address, length)];
    const plain = {
      addresses: [...snapshot.descriptors.addresses],
      lengths: [...snapshot.descriptors.lengths],
      flags: [...snapshot.descriptors.flags],
      next: [...snapshot.descriptors.next],
      elements: [...snapshot.available.elements],
      ids: [...snapshot.used.ids],
      written: [...snapshot.used.lengths],
      availableIndex: snapshot.available.index,
      usedIndex: snapshot.used.index,
      size,
      positions: [snapshot.doorbell, snapshot.taken, snapshot.returned, snapshot.published],
      inFlight: snapshot.inFlight,
    };
    const parts = {
      table: bytes(descriptorTable, 16 * size),
      available: bytes(availableRing, 6 + 2 * size),
      used: bytes(usedRing, 6 + 8 * size),
    };
    const names = inspector.devices().map(({ name, features, statusBits, pciAddress, line }) => {
      const accepted = features
        .filter((feature) => feature.accepted)
        .map((feature) => feature.name);
      return { name, accepted, status: statusBits.map((bit) => bit.name), pciAddress, line };
    });
    return [plain, parts, names] as const;
  }, DISK);

  const slots = Array.from({ length: queue.size }, (_, slot) => slot);
  const [table, available, used] = [raw.table, raw.available, raw.used].map((bytes) =>
    Buffer.from(bytes),
  );
  expect(queue.addresses).toEqual(slots.map((slot) => Number(table.readBigUInt64LE(16 * slot))));
  expect(queue.lengths).toEqual(slots.map((slot) => table.readUInt32LE(16 * slot + 8)));
  expect(queue.flags).toEqual(slots.map((slot) => table.readUInt16LE(16 * slot + 12)));
  expect(queue.next).toEqual(slots.map((slot) => table.readUInt16LE(16 * slot + 14)));
  expect(queue.elements).toEqual(slots.map((slot) => available.readUInt16LE(4 + 2 * slot)));
  expect(queue.ids).toEqual(slots.map((slot) => used.readUInt32LE(4 + 8 * slot)));
  expect(queue.written).toEqual(slots.map((slot) => used.readUInt32LE(8 + 8 * slot)));
  // Linux waits for its prompt: nothing is on its way, and both sides agree on how far they are.
  expect(queue.availableIndex).toBe(available.readUInt16LE(2));
  expect(queue.usedIndex).toBe(used.readUInt16LE(2));
  expect(queue.positions).toEqual(new Array(4).fill(queue.availableIndex));
  expect(queue.usedIndex).toBe(queue.availableIndex);
  expect(queue.inFlight).toEqual([]);
  expect(devices[DISK]).toMatchObject({ name: 'Disk root', pciAddress: '00:03.0', line: 10 });
  expect(devices[DISK].accepted).toContain('VIRTIO_F_EVENT_IDX');
  expect(devices[DISK].status).toEqual(['ACKNOWLEDGE', 'DRIVER', 'DRIVER_OK', 'FEATURES_OK']);
}

async function checkTrace(guest: GuestPage): Promise<void> {
  const traced = await guest.page.evaluate(async (place) => {
    const { TraceAnalysis, chainsOf, importTrace, exportTrace } = machineApi;
    const inspector = await testMachine.machine.inspect();
    const recording = await inspector.record();
    await testMachine.run('dd if=/dev/vda of=/dev/null bs=4k count=500 iflag=direct');
    const trace = recording.stop();
    const again = await importTrace(await exportTrace(trace));
    const chains = chainsOf(trace.records).filter(({ device }) => device === place);
    const analysis = new TraceAnalysis();
    analysis.add(again.records);
    const whole = analysis.latency('doorbell to interrupt', place);
    return {
      length: [trace.records.length, again.records.length],
      lost: [trace.dropped, trace.missed],
      chains: chains.length,
      whole: { count: whole.count, median: whole.quantile(0.5) },
      counters: analysis.counters(place),
      // How far any event precedes its cause, in milliseconds: the clocks of the threads are one.
      skew: Math.max(
        ...chains.flatMap(({ doorbell, taken, published, interrupt }) => [
          doorbell - taken || 0,
          published - interrupt || 0,
        ]),
      ),
    };
  }, DISK);
  expect(traced.lost).toEqual([0, 0]);
  expect(traced.length[1]).toBe(traced.length[0]);
  expect(traced.chains).toBeGreaterThanOrEqual(500);
  expect(traced.counters.chains).toBe(traced.chains);
  expect(traced.counters.bytesWritten).toBeGreaterThanOrEqual(500 * 4096);
  expect(traced.whole.count).toBeGreaterThan(0);
  expect(traced.skew).toBeLessThan(0.05);
}

async function checkSteps(guest: GuestPage): Promise<void> {
  await guest.output('yes ringbox | head -c 8192 > /tmp/text && sync');
  const steps = await guest.page.evaluate(async (place) => {
    const { machine } = testMachine;
    const inspector = await machine.inspect();
    const control = inspector.control(place);
    if (control === null) throw new Error('no disk');
    const inFlight = () => {
      const queues = inspector.device(place)?.queues ?? [];
      return queues.flatMap(({ queue }) => inspector.queue(place, queue)?.inFlight ?? []);
    };
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise((resolve) => requestAnimationFrame(resolve));
    };
    await control.hold();
    control.withholdInterrupts = true;
    const writing = testMachine.run('dd if=/tmp/text of=/dev/vdb bs=4k count=2 oflag=direct');
    await until(() => inFlight().length > 0);
    const waiting = inFlight();
    const queue = inspector.device(place)?.queues.find(({ doorbell, taken }) => doorbell !== taken);
    if (queue === undefined) throw new Error('Linux has told the disk nothing');
    const request = inspector.request(place, queue.queue, waiting[0].head)?.title;
    const taken = await control.take();
    const served = inFlight();
    const published = await control.publish();
    await until(() => inspector.device(place)?.withheldIsr === 1);
    const interrupted = inspector.device(place)?.isr;
    control.release();
    const { status } = await writing;
    return { waiting, request, taken, served, published, interrupted, status };
  }, DISK + 1);
  expect(steps.waiting).toMatchObject([{ state: 'notified' }]);
  expect(steps.request).toBe('Write 8 sectors to sector 0');
  expect(steps.taken).toMatchObject({ head: steps.waiting[0].head });
  expect(steps.served).toMatchObject([{ state: 'served', head: steps.waiting[0].head }]);
  expect(steps.published).toMatchObject({ head: steps.waiting[0].head });
  expect([steps.interrupted, steps.status]).toEqual([0, 0]);
  expect(await guest.output('cmp -n 8192 /tmp/text /dev/vdb && echo same')).toBe('same');
}

async function checkMistakes(guest: GuestPage): Promise<void> {
  const answers = await guest.page.evaluate(async () => {
    const inspector = await testMachine.machine.inspect();
    const told = [];
    for (const kind of ['block', 'console', 'rng'] as const) {
      const scratch = await inspector.scratch(kind);
      for (const { id, expected } of scratch.violations) {
        const { outcome, fault, used, trace, servesAgain, queue } = await scratch.apply(id);
        const { length } = trace.records;
        const notified = queue.inFlight.map(({ state }) => state);
        told.push({ kind, id, expected, outcome, fault, used, length, notified, servesAgain });
      }
      // The last one goes with the machine.
      if (kind !== 'rng') await scratch.dispose();
    }
    return told;
  });
  expect(answers.length).toBeGreaterThan(30);
  for (const answer of answers) {
    const { kind, id, expected, outcome, fault, used, length, servesAgain } = answer;
    const needsReset = expected === 'DEVICE_NEEDS_RESET';
    expect({ kind, id, outcome, servesAgain }).toEqual({
      kind,
      id,
      outcome: expected,
      servesAgain: true,
    });
    expect([fault !== null, used.length > 0], `${kind} ${id}`).toEqual([needsReset, !needsReset]);
    expect(length, `the trace of ${kind} ${id}`).toBeGreaterThan(2);
  }
  expect(answers.find(({ id }) => id === 'loop')?.fault).toBe(
    'queue 0: more descriptors than the queue has',
  );
}
