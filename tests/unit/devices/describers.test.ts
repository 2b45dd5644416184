import { describe, expect, test } from 'vitest';
import { describers } from '../../../src/devices/describers.ts';
import { DescriptorChain } from '../../../src/ring/chain.ts';
import { GuestMemory } from '../../../src/ring/guest-memory.ts';
import { writeDescriptor } from '../../support/driver.ts';
import { clearSegment, header } from './block/disk.ts';

const TABLE = 0;
const ENTRIES = 8;
const BUFFERS = 256;
/** Where a test puts its request: readable parts, then the writable one. */
function chainOf(readable: Uint8Array[], writable: Uint8Array | null): DescriptorChain {
  const memory = new GuestMemory(new ArrayBuffer(4096), 0, 4096);
  const parts = [
    ...readable.map((bytes) => ({ bytes, flags: 0 })),
    ...(writable === null ? [] : [{ bytes: writable, flags: 2 }]),
  ];
  let address = BUFFERS;
  parts.forEach(({ bytes, flags }, index) => {
    memory.copyIn(address, bytes, 0, bytes.length);
    const next = index + 1 < parts.length ? { flags: flags | 1, next: index + 1 } : { flags };
    writeDescriptor(memory, TABLE, index, { address, length: bytes.length, ...next });
    address += bytes.length;
  });
  const chain = new DescriptorChain(memory);
  expect(chain.load(TABLE, ENTRIES, 0, false)).toBeNull();
  return chain;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const room = (length: number, last = 0) => new Uint8Array(length).fill(last, length - 1);

describe('the describer of every kind', () => {
  test.each(Object.entries(describers))('%s: each bit has one name', (_, { features }) => {
    const bits = Object.values(features).map(({ bit }: { bit: number }) => bit);
    expect(new Set(bits).size).toBe(bits.length);
  });

  test.each(Object.entries(describers))(
    '%s: fields lie apart, in order',
    (_, { configuration }) => {
      let end = 0;
      for (const { name, offset, width } of configuration) {
        expect(offset, name).toBeGreaterThanOrEqual(end);
        expect(offset % Math.min(width, 4), name).toBe(0);
        end = offset + width;
      }
    },
  );
});

describe('a block request', () => {
  const { describe: tell } = describers.block;
  /** The fields as `name: value`. */
  const fields = (chain: DescriptorChain) =>
    tell(chain).fields.map(({ name, value }) => `${name}: ${value}`);

  test('is read from its parts, however they are cut', () => {
    const whole = header(0, 2 ** 33 + 7);
    const chain = chainOf([whole.slice(0, 5), whole.slice(5)], room(1025, 1));
    expect(tell(chain).title).toBe(`Read 2 sectors from sector ${2 ** 33 + 7}`);
    expect(tell(chain).fields).toMatchObject([
      { name: 'type', value: 'VIRTIO_BLK_T_IN (0)', part: 'readable', offset: 0, length: 4 },
      { name: 'reserved', part: 'readable', offset: 4 },
      { name: 'sector', value: `${2 ** 33 + 7}`, part: 'readable', offset: 8, length: 8 },
      { name: 'data', value: '1024 bytes', part: 'writable', offset: 0, length: 1024 },
      { name: 'status', value: 'VIRTIO_BLK_S_IOERR (1)', part: 'writable', offset: 1024 },
    ]);
  });

  test('of each type has a title', () => {
    const title = (type: number, data: Uint8Array[] = []) =>
      tell(chainOf([header(type, 3), ...data], room(1))).title;
    expect(title(1, [room(512)])).toBe('Write 1 sector to sector 3');
    expect(title(1, [room(5)])).toBe('Write 5 bytes, which are no whole sectors, to sector 3');
    expect(title(4)).toBe('Flush');
    expect(title(8)).toBe('Tell the serial number');
    expect(title(11, [clearSegment(1, 2)])).toBe('Discard 1 segment');
    expect(title(13, [clearSegment(1, 2), clearSegment(5, 8, 1)])).toBe('Zero 2 segments');
    expect(title(99)).toBe('A request of the unknown type 99');
  });

  test('with segments has them one by one', () => {
    const chain = chainOf([header(13, 0), clearSegment(1, 2), clearSegment(64, 8, 1)], room(1));
    expect(fields(chain)).toContain('segments[0]: 2 sectors from 1');
    expect(fields(chain)).toContain('segments[1]: 8 sectors from 64, unmap');
  });

  test('that lacks a part is told all the same', () => {
    expect(tell(chainOf([header(0, 0).slice(0, 9)], room(1))).title).toBe(
      'A request with 9 bytes of a header of 16',
    );
    expect(fields(chainOf([header(0, 0)], null))).not.toContain('status');
    expect(tell(chainOf([], room(1))).fields.map(({ name }) => name)).toEqual(['status']);
  });
});

describe('a buffer of the console', () => {
  const { describe: tell, queueName } = describers.console;

  test('is text to a port or from it', () => {
    expect(tell(chainOf([bytes('hel'), bytes('lo')], null), 1)).toMatchObject({
      title: '5 bytes from port 0',
      text: 'hello',
    });
    expect(tell(chainOf([], bytes('ls\n')), 4)).toMatchObject({
      title: 'Room for 3 bytes to port 1',
      text: 'ls\n',
    });
    expect(tell(chainOf([room(1000, 65)], null), 1).text).toHaveLength(256);
  });

  test('of the control queue is a message', () => {
    const message = new Uint8Array([1, 0, 0, 0, 3, 0, 1, 0]);
    const { title, fields } = tell(chainOf([message], null), 3);
    expect(title).toBe('VIRTIO_CONSOLE_PORT_READY of port 1: 1');
    expect(fields.map(({ value }) => value)).toEqual(['1', 'VIRTIO_CONSOLE_PORT_READY (3)', '1']);
    expect(tell(chainOf([message.slice(1)], null), 3).title).toContain('no control message');
    expect(tell(chainOf([], room(64)), 2).title).toBe('Room for a control message: 64 bytes');
  });

  test('comes from a queue with a name', () => {
    expect([0, 1, 2, 3, 4, 5].map((queue) => queueName(queue))).toEqual([
      'receiveq(port0)',
      'transmitq(port0)',
      'control receiveq',
      'control transmitq',
      'receiveq(port1)',
      'transmitq(port1)',
    ]);
  });
});

test('a buffer for random bytes', () => {
  const { describe: tell } = describers.rng;
  expect(tell(chainOf([], room(64))).title).toBe('Fill 64 bytes with random ones');
});
