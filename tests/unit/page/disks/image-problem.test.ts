import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { imageProblem } from '../../../../src/page/disks/image-problem.ts';

const file = (bytes: Uint8Array<ArrayBuffer> | string, name = 'a.img') => new File([bytes], name);

it.each([
  ['whole sectors', new Uint8Array(1024)],
  ['gzip of any length', new Uint8Array(gzipSync('something'))],
  ['zstd of any length', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3)],
])('finds nothing wrong with %s', async (_, bytes) => {
  expect(await imageProblem(file(bytes))).toBeUndefined();
});

it.each([
  ['', 'a.img is empty'],
  ['no whole sector', 'a.img has 15 bytes'],
  ['BZh of some length', 'a.img is in bzip2'],
  ['QFI\xfb', 'a.img is in qcow2'],
])('names the file and what is wrong with %j', async (content, problem) => {
  const bytes = Uint8Array.from(content, (character) => character.charCodeAt(0));
  expect(await imageProblem(file(bytes))).toContain(problem);
});

it('tells of a file that is gone', async () => {
  const gone = file('x');
  gone.slice = () => {
    return { arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')) } as never;
  };
  expect(await imageProblem(gone)).toContain('a.img cannot be read');
});
