import { describe, expect, it } from 'vitest';
import { OutputPump } from '../../../src/headless/output-pump.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A pump whose parcels wait until `take` lets them through. */
function makePump() {
  let source!: ReadableStreamDefaultController<Bytes>;
  const stream = new ReadableStream<Bytes>(
    {
      start: (controller) => {
        source = controller;
      },
    },
    { highWaterMark: 0 },
  );
  const parcels: { bytes: number[]; taken: () => void; failed: (error: Error) => void }[] = [];
  const pump = new OutputPump(
    stream,
    (parcel) =>
      new Promise<void>((taken, failed) => {
        parcels.push({ bytes: parcel.flatMap((bytes) => [...bytes]), taken, failed });
      }),
  );
  return { source, pump, parcels };
}

/** Lets everything happen that needs no outside event. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('OutputPump', () => {
  it('sends at once, and what comes meanwhile together', async () => {
    const { source, pump, parcels } = makePump();
    for (const byte of [1, 2, 3]) {
      source.enqueue(Uint8Array.of(byte));
      await settle();
    }
    expect(parcels.map(({ bytes }) => bytes)).toEqual([[1]]);
    parcels[0].taken();
    await settle();
    expect(parcels.map(({ bytes }) => bytes)).toEqual([[1], [2, 3]]);
    parcels[1].taken();
    source.close();
    await pump.finished;
    expect(pump.bytes).toBe(3);
  });

  it('stops reading when much waits', async () => {
    const { source, pump, parcels } = makePump();
    const piece = () => new Uint8Array(1 << 19);
    for (let i = 0; i < 8; i++) source.enqueue(piece());
    await settle();
    // The first is under way; two wait; the rest is still the stream's.
    expect(pump.bytes).toBe(3 << 19);
    expect(source.desiredSize).toBe(-5);
    source.close();
    for (let i = 0; i < parcels.length; i++) {
      parcels[i].taken();
      await settle();
    }
    await pump.finished;
    expect(pump.bytes).toBe(8 << 19);
  });

  it('is idle when all has arrived', async () => {
    const { source, pump, parcels } = makePump();
    await pump.idle();
    source.enqueue(Uint8Array.of(1));
    await settle();
    let idle = false;
    const waiting = pump.idle().then(() => {
      idle = true;
    });
    await settle();
    expect(idle).toBe(false);
    parcels[0].taken();
    await waiting;
  });

  it('fails when sending does', async () => {
    const { source, pump, parcels } = makePump();
    source.enqueue(Uint8Array.of(1));
    await settle();
    parcels[0].failed(new Error('gone'));
    source.close();
    await expect(pump.finished).rejects.toThrow('gone');
  });
});
