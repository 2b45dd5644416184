import { describe, expect, it } from 'vitest';
import type { ChainDescriptor, ChainSnapshot } from '../../../../src/machine/index.ts';
import { locate, mainBuffer } from '../../../../src/page/inspector/queue/chain-layout.ts';
import { ChosenChain } from '../../../../src/page/inspector/queue/chosen-chain.ts';
import { hexColumn, hexLine } from '../../../../src/page/inspector/queue/hex.ts';
import { Glow, Pointer } from '../../../../src/page/inspector/queue/motion.ts';
import { RingShape } from '../../../../src/page/inspector/queue/ring-shape.ts';
import {
  availableSlot,
  QueueStages,
  Stage,
  usedSlot,
} from '../../../../src/page/inspector/queue/stages.ts';
import { queueWords, whyEmpty } from '../../../../src/page/inspector/queue/words.ts';
import { fakeQueue, flying } from './fake-queue.ts';

/** Chains of 2, 1, 3 and 1 descriptors: one done, one at work, one waiting, one not told. Indices wrap at 65536. */
const BUSY = fakeQueue({
  chains: [2, 1, 3, 1],
  elements: [3, 6, 0, 0, 0, 0, 0, 2],
  ids: [0, 0, 0, 0, 0, 0, 0, 0],
  availableIndex: 2,
  doorbell: 1,
  taken: 0,
  returned: 0xffff,
  published: 0xfffe,
  inFlight: [
    flying(0, 'served', 0xfffe),
    flying(2, 'taken'),
    flying(3, 'notified', 0),
    flying(6, 'available', 1),
  ],
});

function stagesOf(queue = BUSY): QueueStages {
  const stages = new QueueStages();
  stages.update(queue);
  return stages;
}

describe('the stages of a queue', () => {
  const { none, available, notified, taken, served } = Stage;

  it('tell for each slot and each descriptor how far its chain has come', () => {
    const stages = stagesOf();
    const rest = [none, none, none, none, none];
    expect([...stages.available]).toEqual([notified, available, ...rest, taken]);
    expect([...stages.used]).toEqual([none, ...rest, served, none]);
    const waiting = [notified, notified, notified];
    expect([...stages.descriptors]).toEqual([served, served, taken, ...waiting, available, none]);
    expect([...stages.heads]).toEqual([0, 0, 2, 3, 3, 3, 6, -1]);
    expect(stages.counts).toEqual([0, 1, 1, 1, 1]);
  });

  it('find the slots of a chain', () => {
    expect(availableSlot(BUSY, stagesOf(), 2)).toBe(7);
    expect(availableSlot(BUSY, stagesOf(), 0)).toBe(-1);
    expect(usedSlot(BUSY, 0)).toBe(6);
    expect(usedSlot(BUSY, 2)).toBe(-1);
  });

  it('come to an end with a loop of descriptors, and with a head beyond the table', () => {
    const queue = fakeQueue({
      chains: [2],
      inFlight: [flying(0, 'notified', 0), flying(99, 'available', 1)],
    });
    queue.descriptors.flags[1] = 1;
    expect([...stagesOf(queue).heads.subarray(0, 3)]).toEqual([0, 0, -1]);
  });

  it('follow another size', () => {
    const stages = stagesOf();
    stages.update(fakeQueue({ size: 2 }));
    expect(stages.descriptors).toHaveLength(2);
  });
});

describe('the words about a queue', () => {
  it('say what the drawing shows', () => {
    expect(queueWords(BUSY, stagesOf())).toBe(
      'The driver has made chains available up to index 2, and not told of 1. ' +
        'Those up to index 65534 have come back. ' +
        '4 chains are in flight: 1 at work, 1 done and not visible, 1 waiting for the device, 1 not told.',
    );
    const idle = fakeQueue({ availableIndex: 9, usedEvent: 9, eventIndex: true });
    expect(queueWords(idle, stagesOf(idle))).toContain(
      'Nothing is in flight. The driver wants an interrupt once the next chain has come back.',
    );
    const later = fakeQueue({ availableIndex: 9, usedEvent: 11, eventIndex: true });
    expect(queueWords(later, stagesOf(later))).toContain('once 3 more chains have come back');
    const never = fakeQueue({ availableIndex: 9, usedEvent: 8, eventIndex: true });
    expect(queueWords(never, stagesOf(never))).toContain('wants no interrupt');
  });

  it('say why there is nothing to draw', () => {
    expect(whyEmpty(BUSY)).toBeNull();
    expect(whyEmpty({ ...BUSY, enabled: false })).toContain('has not set this queue up');
    expect(whyEmpty({ ...BUSY, fault: 'the used ring is not in RAM' })).toContain('not in RAM');
  });
});

describe('the shape of the rings', () => {
  const shape = new RingShape(340, 256);
  const none = new Map();

  it('finds again what lies at a point', () => {
    for (const index of [0, 1, 63, 64, 200, 255]) {
      for (const kind of ['available', 'used'] as const) {
        const { inner, outer } = shape[kind];
        const { x, y } = shape.point(index + 0.5, (inner + outer) / 2);
        expect(shape.find(x, y, none)).toEqual({ kind, index });
      }
      const { x, y } = shape.cellCentre(index);
      expect(shape.find(x, y, none)).toEqual({ kind: 'descriptor', index });
    }
    expect(shape.find(1, 1, none), 'a corner').toBeNull();
  });

  it('begins at the top and runs clockwise', () => {
    expect(shape.point(0, 100)).toEqual({ x: 170, y: 70 });
    expect(shape.point(64, 100).x).toBeCloseTo(270);
  });

  it('finds pointers before what is below them, and keeps those apart that point at the same slot', () => {
    const pointers = new Map([
      ['availableIndex', 8],
      ['doorbell', 8],
      ['taken', 8],
      ['returned', 8],
      ['usedIndex', 8],
    ] as const);
    for (const [pointer, position] of pointers) {
      const { x, y } = shape.pointerPoint(pointer, position);
      expect(shape.find(x, y, pointers)).toEqual({ kind: 'pointer', pointer });
    }
  });

  it('has a square for each descriptor, whatever the size', () => {
    for (const slots of [1, 2, 8, 128, 1024]) {
      const { columns, rows } = new RingShape(300, slots);
      expect(columns * rows).toBe(slots);
    }
  });
});

describe('what moves', () => {
  it('glows where an index has come along, also round its end, and fades', () => {
    const glow = new Glow();
    glow.advance(6, 8, 0, false);
    expect(glow.alive).toBe(false);
    glow.advance(9, 8, 16, false);
    expect([...glow.values]).toEqual([1, 0, 0, 0, 0, 0, 1, 1]);
    for (let frame = 0; frame < 200; frame++) glow.advance(9, 8, 16, false);
    expect(glow.alive).toBe(false);
    expect(Math.max(...glow.values)).toBe(0);
  });

  it('does not glow for those who want nothing to move', () => {
    const glow = new Glow();
    glow.advance(0, 8, 0, true);
    glow.advance(3, 8, 16, true);
    expect(glow.alive).toBe(false);
  });

  it('lets a pointer follow its index, but not chase it', () => {
    const pointer = new Pointer();
    pointer.advance(0xfffe, 8, 16, false);
    expect(pointer.position).toBe(0xfffe);
    pointer.advance(1, 8, 16, false);
    expect(pointer.position).toBeLessThan(1);
    expect(pointer.moving).toBe(true);
    for (let frame = 0; frame < 100; frame++) pointer.advance(1, 8, 16, false);
    expect(pointer.position).toBe(1);
    pointer.advance(500, 8, 16, false);
    expect(pointer.position).toBe(500);
  });
});

describe('the chain that is looked at', () => {
  it('is the one that is furthest at work, until somebody chooses', () => {
    const chosen = new ChosenChain();
    chosen.update(BUSY);
    expect(chosen.head).toBe(2);
    chosen.choose(6);
    chosen.update(BUSY);
    expect([chosen.head, chosen.follows]).toEqual([6, false]);
    chosen.follow();
    expect(chosen.head).toBe(2);
    chosen.update(fakeQueue({ availableIndex: 3 }));
    expect(chosen.head, 'the last is kept').toBe(2);
  });

  it('is the last that came back when nothing is in flight', () => {
    const chosen = new ChosenChain();
    chosen.update(fakeQueue());
    expect(chosen.head).toBe(-1);
    chosen.update(fakeQueue({ availableIndex: 2, ids: [4, 5] }));
    expect(chosen.head).toBe(5);
  });
});

describe('the bytes of a chain', () => {
  const buffer = (length: number, writable = false, refersToTable = false): ChainDescriptor => {
    const flags = writable ? 2 : 0;
    const place = { index: 0, table: 0, indirect: false, address: 0, next: 0 };
    return { ...place, length, flags, writable, refersToTable };
  };
  const chain: ChainSnapshot = {
    head: 0,
    descriptors: [
      buffer(48, false, true),
      buffer(16),
      buffer(512),
      buffer(1024, true),
      buffer(1, true),
    ],
    fault: null,
    readableLength: 528,
    writableLength: 1025,
  };

  it('lie in its buffers, split or not', () => {
    expect(locate(chain, 'readable', 8, 8)).toEqual([{ position: 1, offset: 8, length: 8 }]);
    expect(locate(chain, 'writable', 1024, 1)).toEqual([{ position: 4, offset: 0, length: 1 }]);
    expect(locate(chain, 'readable', 14, 4)).toEqual([
      { position: 1, offset: 14, length: 2 },
      { position: 2, offset: 0, length: 2 },
    ]);
    expect(locate(chain, 'readable', 9999, 4)).toEqual([]);
  });

  it('are those of the largest buffer, to begin with', () => {
    expect(mainBuffer(chain)).toBe(3);
    expect(mainBuffer({ ...chain, descriptors: [] })).toBe(-1);
  });

  it('are written as digits and as text', () => {
    const { hex, text } = hexLine(Uint8Array.of(0, 65, 126, 127, 255), 8);
    expect(hex).toBe('00 41 7e 7f  ff');
    expect(text).toBe('·A~··');
    expect(hex.slice(hexColumn(4, 8), hexColumn(4, 8) + 2)).toBe('ff');
  });
});
