import { describe, expect, it } from 'vitest';
import { parseDiskArguments } from '../../../src/cli/disk/arguments.ts';
import { refusal } from './usage.ts';

const GIB = 2 ** 30;

describe('ringbox disk', () => {
  it('reads create', () => {
    const defaults = { command: 'create', file: 'a.img', format: undefined, force: false };
    const words = ['create', 'a.img', '--size', '8G'];
    expect(parseDiskArguments(words)).toEqual({ ...defaults, size: 8 * GIB });
    const more = ['create', '--force', '--format=store', '--size=512', '--', '-a'];
    const expected = { command: 'create', file: '-a', size: 512, format: 'store', force: true };
    expect(parseDiskArguments(more)).toEqual(expected);
  });

  it('reads convert', () => {
    const defaults = { format: undefined, base: undefined, force: false };
    const files = { command: 'convert', input: 'a', output: 'b.gz' };
    expect(parseDiskArguments(['convert', 'a', 'b.gz'])).toEqual({ ...files, ...defaults });
    const words = ['convert', '--base', 'c', 'a', '--format', 'qcow2', 'b.gz', '--force'];
    expect(parseDiskArguments(words)).toEqual({
      ...files,
      base: 'c',
      format: 'qcow2',
      force: true,
    });
  });

  it('reads info', () => {
    expect(parseDiskArguments(['info', 'a'])).toEqual({ command: 'info', file: 'a', json: false });
    expect(parseDiskArguments(['info', '--json', 'a'])).toMatchObject({ json: true });
  });

  it('reads commit and rebase', () => {
    const words = ['a', '--base', 'b'];
    const defaults = { store: 'a', base: 'b', name: undefined, force: false };
    expect(parseDiskArguments(['commit', ...words])).toEqual({ command: 'commit', ...defaults });
    const rebase = { command: 'rebase', ...defaults, onto: undefined };
    expect(parseDiskArguments(['rebase', ...words])).toEqual(rebase);
    expect(parseDiskArguments(['rebase', 'a'])).toEqual({ ...rebase, base: undefined });
    const more = { name: 'c', force: true };
    const moreWords = [...words, '--name=c', '--force'];
    expect(parseDiskArguments(['commit', ...moreWords])).toMatchObject(more);
    const all = parseDiskArguments(['rebase', ...moreWords, '--onto', 'd']);
    expect(all).toMatchObject({ ...more, onto: 'd' });
  });

  it.each([
    [['--help']],
    [['-h']],
    [['create', '--help']],
    [['convert', 'a', '-h']],
    [['info', '--help']],
  ])('helps with %j', (words) => {
    expect(parseDiskArguments(words)).toBe('help');
  });

  it.each([
    ['512', 512],
    ['512k', 2 ** 19],
    ['3M', 3 * 2 ** 20],
    ['2T', 2 ** 41],
  ])('takes the size %s', (text, size) => {
    expect(parseDiskArguments(['create', 'a', '--size', text])).toMatchObject({ size });
  });

  it.each([
    [[], 'disk needs a command: create, convert, info, commit or rebase'],
    [['make'], "unknown command 'disk make'"],
    [['create', 'a'], 'create needs --size'],
    [['create', '--size', '1G'], 'FILE is missing'],
    [['create', 'a', 'b', '--size', '1G'], "unexpected 'b'"],
    [['create', 'a', '--size'], '--size needs a value'],
    [['create', 'a', '--size', '1G', '--size', '2G'], '--size is given twice'],
    [['create', 'a', '--size', '8GB'], "such as 8G, not '8GB'"],
    [['create', 'a', '--size', '-1'], "such as 8G, not '-1'"],
    [['create', 'a', '--size', '1.5G'], "such as 8G, not '1.5G'"],
    [['create', 'a', '--size', '0'], '0 bytes are no disk'],
    [['create', 'a', '--size', '1000'], '1000 bytes are no multiple of 512'],
    [['create', 'a', '--size', '3T'], 'too large'],
    [['create', 'a', '--size', '99999999999999999999T'], 'too large'],
    [['create', 'a', '--size', '1G', '--base', 'b'], "unknown option '--base'"],
    [['convert', 'a'], 'OUT is missing'],
    [['convert', 'a', 'b', '--format', 'vmdk'], "raw, gzip, zstd, store, qcow2, not 'vmdk'"],
    [['convert', 'a', 'b', '-f'], "unknown option '-f'"],
    [['info', 'a', '--size', '1G'], "unknown option '--size'"],
    [['commit', 'a'], 'commit needs --base'],
    [['commit', '--base', 'b'], 'STORE is missing'],
    [['commit', 'a', '--base', 'b', '--name', ''], '--name takes a name'],
    [['rebase', 'a', '--base', 'b', '--name', 'c'], 'the new base, which --onto would give'],
    [['rebase'], 'STORE is missing'],
  ])('refuses %j', async (words, part) => {
    expect(await refusal(() => parseDiskArguments(words))).toContain(part);
  });
});
