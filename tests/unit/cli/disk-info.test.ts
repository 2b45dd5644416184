import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DescriptorFile } from '../../../src/cli/disk/descriptor-file.ts';
import { describeDisk, inspectDisk } from '../../../src/cli/disk/info.ts';
import { Store } from '../../../src/devices/block/store/store.ts';
import { refusal } from './usage.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringbox-info-test-'));
  file = join(folder, 'disk');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** The header of a qcow2 image of version 3. */
function qcow2(features: number, base: string): Buffer {
  const header = Buffer.alloc(512);
  header.set([0x51, 0x46, 0x49, 0xfb]);
  header.writeUInt32BE(3, 4);
  header.writeBigUInt64BE(base ? 200n : 0n, 8);
  header.writeUInt32BE(base.length, 16);
  header.writeBigUInt64BE(8n * 2n ** 30n, 24);
  header.writeBigUInt64BE(BigInt(features), 72);
  header.write(base, 200);
  return header;
}

describe('info', () => {
  it('tells of a raw image how much of it there is', async () => {
    writeFileSync(file, Buffer.alloc(8192, 1));
    truncateSync(file, 2 ** 30);
    const info = await inspectDisk(file);
    expect(info).toMatchObject({ file, format: 'raw', size: 2 ** 30, stored: 8192, clean: true });
    expect(info).toMatchObject({ version: null, base: null, fileSize: 2 ** 30 });
    const lines = describeDisk(info).split('\n');
    expect(lines).toContain('size:   1073741824 bytes (1.1 GB)');
    expect(lines).toContain('clean:  yes');
  });

  it('tells of changes of an interrupted run that are to come', async () => {
    writeFileSync(file, Buffer.alloc(8192, 1));
    writeFileSync(`${file}.ringbox-journal`, '');
    const info = await inspectDisk(file);
    expect(info.clean).toBe(false);
    expect(describeDisk(info)).toContain('clean:  no, an interrupted run has half written');
  });

  it('tells of a store its base, and whether it has a log', async () => {
    const handle = new DescriptorFile(file, 'wx+');
    const store = Store.create(handle, 2 ** 30, 'debian.img');
    store.write(5, 2);
    store.flush();
    const before = readFileSync(file);
    const info = await inspectDisk(file);
    expect(info).toMatchObject({ format: 'store', version: 1, size: 2 ** 30, stored: 8192 });
    expect(info).toMatchObject({ base: 'debian.img', clean: false, logPages: 1 });
    expect(describeDisk(info)).toContain('format: store, version 1\n');
    expect(describeDisk(info)).toContain('base:   debian.img\n');
    expect(describeDisk(info)).toMatch(/clean: {2}no, its log of 1 page is replayed/);
    expect(readFileSync(file).equals(before)).toBe(true);
    Store.open(handle).close();
    expect(await inspectDisk(file)).toMatchObject({ stored: 8192, clean: true, logPages: 0 });
  });

  it('tells the size of what is compressed, which it reads for that', async () => {
    const packed = gzipSync(Buffer.concat([Buffer.alloc(8192), Buffer.alloc(4096, 1)]));
    writeFileSync(file, packed);
    const info = await inspectDisk(file);
    expect(info).toMatchObject({ format: 'gzip', size: 12288, stored: 4096, clean: null });
    expect(info.fileSize).toBe(packed.length);
    expect(describeDisk(info)).not.toContain('clean');
    writeFileSync(file, packed.subarray(0, 20));
    expect(await refusal(() => inspectDisk(file))).toContain('damaged or cut off');
  });

  it.each([
    [0, '', true],
    [0, '/some/base', true],
    [1, '', false],
    [2, '', false],
    [4, '', true],
  ])('reads the header of qcow2 with features %i and base %j', async (features, base, clean) => {
    writeFileSync(file, qcow2(features, base));
    const info = await inspectDisk(file);
    expect(info).toMatchObject({ format: 'qcow2', version: 3, size: 2 ** 33, base, clean });
    expect(describeDisk(info)).toContain(`base:   ${base || 'none'}\n`);
  });

  it('refuses qcow2 of another version, or with half a header', async () => {
    const header = qcow2(0, '');
    writeFileSync(file, header.subarray(0, 80));
    expect(await refusal(() => inspectDisk(file))).toContain('its header is cut off');
    header.writeUInt32BE(4, 4);
    writeFileSync(file, header);
    expect(await refusal(() => inspectDisk(file))).toContain('qcow2 of version 4; 2 and 3');
  });

  it('refuses what is not there', async () => {
    expect(await refusal(() => inspectDisk(file))).toContain('no such file');
    expect(await refusal(() => inspectDisk(folder))).toContain('not a regular file');
  });
});
