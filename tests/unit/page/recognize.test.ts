import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isCompressed, isKernelFile, recognizeFile } from '../../../src/page/recognize.ts';

function fileWith(bytes: ArrayLike<number>, offset = 0, size = 4096): Blob {
  const content = new Uint8Array(size);
  content.set(bytes, offset);
  return new Blob([content]);
}

const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));
const gzipped = (file: Uint8Array) => new Blob([new Uint8Array(gzipSync(file))]);

/** An empty ext4 image's mark: 0xef53 at 0x438. */
const ext4 = fileWith([0x53, 0xef], 0x438);

describe('recognizeFile', () => {
  it('knows a bzImage by HdrS at 0x202', async () => {
    const kernel = fileWith(ascii('HdrS'), 0x202);
    expect(await recognizeFile(kernel)).toBe('kernel');
    expect(await isKernelFile(kernel)).toBe(true);
  });

  it('knows a vmlinux for i386 by what an ELF file says of itself', async () => {
    const header = [0x7f, ...ascii('ELF'), 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0];
    expect(await recognizeFile(fileWith(header))).toBe('kernel');
    expect(await isKernelFile(fileWith(header))).toBe(true);
    const for64Bits = header.with(4, 2).with(18, 0x3e);
    expect(await recognizeFile(fileWith(for64Bits))).toBe('disk');
  });

  it('takes HdrS anywhere else for nothing', async () => {
    expect(await recognizeFile(fileWith(ascii('HdrS'), 0x200))).toBe('disk');
    expect(await isKernelFile(new Blob(['HdrS']))).toBe(false);
  });

  it.each([
    ['cpio newc', ascii('070701')],
    ['cpio crc', ascii('070702')],
    ['xz', [0xfd, ...ascii('7zXZ'), 0]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['lz4', [0x02, 0x21, 0x4c, 0x18]],
    ['bzip2', ascii('BZh9')],
    ['lzma', [0x5d, 0, 0, 0x80]],
    ['lzo', [0x89, ...ascii('LZO'), 0]],
  ])('knows an initramfs in %s', async (_name, magic) => {
    expect(await recognizeFile(fileWith(magic))).toBe('initrd');
  });

  it('looks into gzip: cpio there is an initramfs, anything else a compressed disk', async () => {
    const cpio = await fileWith(ascii('070701')).bytes();
    const initrd = gzipped(cpio);
    const disk = gzipped(await ext4.bytes());
    expect(await recognizeFile(initrd)).toBe('initrd');
    expect(await recognizeFile(disk)).toBe('disk');
    expect(await isCompressed(disk)).toBe(true);
    expect(await isCompressed(ext4)).toBe(false);
  });

  it('survives damaged gzip, short files and none', async () => {
    expect(await recognizeFile(new Blob([new Uint8Array([0x1f, 0x8b, 1, 2])]))).toBe('disk');
    expect(await recognizeFile(new Blob(['x']))).toBe('disk');
    expect(await recognizeFile(new Blob([]))).toBe('disk');
  });

  it('takes every other image for a disk', async () => {
    expect(await recognizeFile(ext4)).toBe('disk');
    expect(await recognizeFile(fileWith([0x55, 0xaa], 510))).toBe('disk');
  });
});
