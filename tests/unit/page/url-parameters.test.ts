import { describe, expect, it } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { MEMORY_LIMITS } from '../../../src/machine/options.ts';
import { DEFAULT_PLAN } from '../../../src/page/plan.ts';
import { addressWithRoot, parsePlan } from '../../../src/page/url-parameters.ts';

const parse = (query: string) => parsePlan(new URL(`https://host.example/ringbox/${query}`));

function failureOf(query: string): MachineError {
  try {
    parse(query);
  } catch (reason) {
    if (reason instanceof MachineError) return reason;
    throw reason;
  }
  throw new Error(`${query} was taken`);
}

describe('parsePlan', () => {
  it('plans Ringbox’s own machine for an address without parameters', () => {
    expect(parse('')).toEqual(DEFAULT_PLAN);
  });

  it('reads every parameter, with addresses relative to the page', () => {
    const query =
      '?kernel=k/bzImage&initrd=/i.cpio&disk=a.img&disk=b%20c.img,ro&append=quiet%20x%3D1&memory=64&keep=no';
    expect(parse(query)).toEqual({
      kernel: new URL('https://host.example/ringbox/k/bzImage'),
      initrd: new URL('https://host.example/i.cpio'),
      disks: [
        { source: new URL('https://host.example/ringbox/a.img'), readOnly: false },
        { source: new URL('https://host.example/ringbox/b%20c.img'), readOnly: true },
      ],
      commandLine: 'quiet x=1',
      memory: 64,
      root: { kind: 'fresh' },
    });
  });

  it('plans a copy of the root disk by its name', () => {
    expect(parse('?root=root+disk+(copy)').root).toEqual({
      kind: 'kept',
      name: 'root disk (copy)',
    });
    expect(parse('?root=').root).toEqual(DEFAULT_PLAN.root);
  });

  it('plans firmware, which goes with no kernel', () => {
    const source = new URL('https://host.example/ringbox/boot.img');
    const disks = [{ source, readOnly: false }];
    expect(parse('?bios&disk=boot.img')).toEqual({ ...DEFAULT_PLAN, kernel: 'firmware', disks });
    for (const other of ['kernel', 'initrd', 'append']) {
      const failure = failureOf(`?bios&disk=boot.img&${other}=x`);
      expect(failure.code).toBe('contradictory-address');
      expect(failure.message).toContain(other);
    }
  });

  it.each(['?kernel=', '?disk=,ro', '?disk=http://:'])('refuses %s, which is no URL', (query) => {
    expect(failureOf(query).message).toContain('no URL');
  });

  it('refuses another host and says why', () => {
    const failure = failureOf('?disk=https://elsewhere.example/disk.img,ro');
    expect(failure.message).toContain('https://elsewhere.example/disk.img');
    expect(failure.message).toContain("connect-src 'self'");
    expect(failure.remedy).toContain('drop it onto the page');
  });

  it.each(['0', '31', '2049', '64.5', '-64', '1e2', 'much', ''])(
    'refuses %j MiB of memory',
    (memory) => {
      const failure = failureOf(`?memory=${memory}`);
      expect(failure.code).toBe('memory-out-of-range');
      expect(failure.remedy).toContain(`${MEMORY_LIMITS.least}`);
    },
  );
});

describe('addressWithRoot', () => {
  const page = new URL('https://host.example/ringbox/?append=quiet&root=before');
  const copy = { kind: 'kept', name: 'a copy & more' } as const;

  it('brings a copy back', () => {
    const address = addressWithRoot(page, { ...DEFAULT_PLAN, root: copy });
    expect(parsePlan(address)).toMatchObject({ root: copy, commandLine: 'quiet' });
  });

  it.each([
    DEFAULT_PLAN,
    { ...DEFAULT_PLAN, root: { kind: 'fresh' } as const },
    { ...DEFAULT_PLAN, root: { kind: 'look', name: 'x' } as const },
    { ...DEFAULT_PLAN, root: copy, kernel: 'firmware' as const },
  ])('names no other %#', (plan) => {
    expect(addressWithRoot(page, plan).href).toBe('https://host.example/ringbox/?append=quiet');
  });
});
