import { describe, expect, test } from 'vitest';
import {
  Attention,
  CONFIGURATION_SPACE_SIZE,
  CONFIGURATION_WRITE_CAPACITY,
  ControlBlock,
  DIRTY_CAPACITY,
  QueueWord,
  Word,
} from '../../../src/link/control-block.ts';

describe('ControlBlock', () => {
  test.each([1, 2, 3, 64])('of %i queues: no two things share a byte', (queueCount) => {
    const buffer = new SharedArrayBuffer(ControlBlock.byteLength(queueCount));
    const control = new ControlBlock(buffer, queueCount);
    const owners = new Map<number, string>();
    const claim = (byte: number, owner: string) => {
      if (byte < 0 || byte >= buffer.byteLength) throw new Error(`${owner} is outside`);
      const other = owners.get(byte);
      if (other !== undefined) throw new Error(`${owner} and ${other} share byte ${byte}`);
      owners.set(byte, owner);
    };
    const claimWord = (word: number, owner: string) => {
      for (let byte = 0; byte < 4; byte++) claim(4 * word + byte, owner);
    };
    for (const [name, word] of Object.entries(Word)) claimWord(word, name);
    for (let range = 0; range < DIRTY_CAPACITY; range++) {
      for (const part of [0, 1]) claimWord(control.dirtyBase(range) + part, `dirty ${range}`);
    }
    for (let write = 0; write < CONFIGURATION_WRITE_CAPACITY; write++) {
      const base = control.configurationWriteBase(write);
      for (const part of [0, 1, 2]) claimWord(base + part, `write ${write}`);
    }
    for (let queue = 0; queue < queueCount; queue++) {
      for (const [name, word] of Object.entries(QueueWord)) {
        claimWord(control.queueBase(queue) + word, `queue ${queue} ${name}`);
      }
    }
    const { byteOffset, length } = control.configuration;
    expect(length).toBe(CONFIGURATION_SPACE_SIZE);
    for (let byte = 0; byte < length; byte++) claim(byteOffset + byte, 'configuration');
  });

  test('the marks of chains under way are apart from each other and from everything else', () => {
    const control = new ControlBlock(new SharedArrayBuffer(ControlBlock.byteLength(2)), 2);
    const before = new Uint8Array(control.buffer).slice(0, control.words.byteLength);
    const heads = [0, 31, 32, 32767];
    for (const head of heads) control.markUnderWay(1, head);
    const marked = (queue: number) =>
      Array.from({ length: 32768 }, (_, head) => head).filter((head) => {
        return control.isUnderWay(queue, head);
      });
    expect([marked(0), marked(1)]).toEqual([[], heads]);
    expect(control.configuration.every((byte) => byte === 0)).toBe(true);
    expect(new Uint8Array(control.buffer).slice(0, before.length)).toEqual(before);
    control.markUnderWay(0, 5);
    control.unmarkUnderWay(1, 31);
    expect([marked(0), marked(1)]).toEqual([[5], [0, 32, 32767]]);
    control.forgetUnderWay(1);
    expect([marked(0), marked(1)]).toEqual([[5], []]);
  });

  test('the configuration-write ring wraps, also where positions turn negative', () => {
    const control = new ControlBlock(new SharedArrayBuffer(ControlBlock.byteLength(1)), 1);
    const first = control.configurationWriteBase(0);
    expect(control.configurationWriteBase(CONFIGURATION_WRITE_CAPACITY)).toBe(first);
    expect(control.configurationWriteBase((2 ** 31) | 0)).toBe(first);
    expect(control.configurationWriteBase(-1)).toBe(
      control.configurationWriteBase(CONFIGURATION_WRITE_CAPACITY - 1),
    );
  });

  test('two blocks over one buffer are one block', () => {
    const buffer = new SharedArrayBuffer(ControlBlock.byteLength(2));
    const here = new ControlBlock(buffer, 2);
    const there = new ControlBlock(buffer, 2);
    here.store(Word.mail, 5);
    here.configuration[7] = 9;
    here.signal();
    expect(there.load(Word.mail)).toBe(5);
    expect(there.configuration[7]).toBe(9);
    expect(there.load(Word.signal)).toBe(1);
  });
});

describe('Attention', () => {
  test('gathers the bits of all 31 devices; taking clears them', () => {
    const attention = new Attention(new SharedArrayBuffer(Attention.byteLength));
    expect(attention.peek()).toBe(0);
    let expected = 0;
    for (let device = 0; device < Attention.maximumDevices; device++) {
      attention.request(device);
      attention.request(device);
      expected |= 1 << device;
      expect(attention.peek()).toBe(expected);
    }
    expect(attention.takeAll()).toBe(0x7fffffff);
    expect(attention.takeAll()).toBe(0);
  });
});
