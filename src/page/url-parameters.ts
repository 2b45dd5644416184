import { MEMORY_LIMITS } from '../machine/options.ts';
import { pageError } from './failure.ts';
import { checkMemory, type DiskPlan, type MachinePlan, ROOT_DISK, type RootPlan } from './plan.ts';

const READ_ONLY_SUFFIX = ',ro';

/** An address relative to the page; only the page's own host can be read (connect-src 'self'). */
function parseAddress(parameter: string, given: string, page: URL): URL {
  const address = given !== '' && URL.canParse(given, page) ? new URL(given, page) : null;
  if (address === null) {
    throw pageError(
      'guest-file-missing',
      `The address has ${parameter}=${given}, which is no URL.`,
      'Give the path of a file beside the page, or drop the file onto the page.',
    );
  }
  if (address.origin === page.origin) return address;
  throw pageError(
    'guest-file-missing',
    `${address.href} is on another host, and this page may only read from ${page.host} (its Content-Security-Policy says connect-src 'self').`,
    'Put the file beside the page, or download it and drop it onto the page.',
  );
}

function parseDisk(given: string, page: URL): DiskPlan {
  const readOnly = given.endsWith(READ_ONLY_SUFFIX);
  const address = readOnly ? given.slice(0, -READ_ONLY_SUFFIX.length) : given;
  return { source: parseAddress('disk', address, page), readOnly };
}

function parseMemory(given: string | null): number {
  if (given === null) return MEMORY_LIMITS.standard;
  const memory = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  checkMemory(memory, given);
  return memory;
}

function parseRoot(parameters: URLSearchParams): RootPlan {
  if (parameters.get('keep') === 'no') return { kind: 'fresh' };
  return { kind: 'kept', name: parameters.get('root') || ROOT_DISK };
}

/**
 * The page's address with what brings a plan's root disk back after a reload: a copy goes by its
 * name, and every other is what the address asks for without it.
 */
export function addressWithRoot(page: URL, { kernel, root }: MachinePlan): URL {
  const address = new URL(page);
  const isCopy = kernel === null && root.kind === 'kept' && root.name !== ROOT_DISK;
  if (isCopy) address.searchParams.set('root', root.name);
  else address.searchParams.delete('root');
  return address;
}

function firmwareAlone(parameters: URLSearchParams): 'firmware' {
  const other = ['kernel', 'initrd', 'append'].find((name) => parameters.has(name));
  if (other === undefined) return 'firmware';
  throw pageError(
    'contradictory-address',
    `The address has ${other}, and bios, which starts what is on the first disk.`,
    `Leave ${other} or bios out.`,
  );
}

/**
 * The plan that the page's address asks for:
 * `?kernel=URL&initrd=URL&disk=URL&disk=URL,ro&append=WORDS&memory=MIB`, or `?bios&disk=URL`;
 * `keep=no` is for Ringbox's own root disk, whose changes are kept without it, and `root=NAME` for a copy of it
 * that is kept under another name.
 * @throws MachineError that names the parameter
 */
export function parsePlan(page: URL): MachinePlan {
  const parameters = page.searchParams;
  const optionalAddress = (name: string) => {
    const given = parameters.get(name);
    return given === null ? null : parseAddress(name, given, page);
  };
  return {
    kernel: parameters.has('bios') ? firmwareAlone(parameters) : optionalAddress('kernel'),
    initrd: optionalAddress('initrd'),
    disks: parameters.getAll('disk').map((given) => parseDisk(given, page)),
    commandLine: parameters.get('append'),
    memory: parseMemory(parameters.get('memory')),
    root: parseRoot(parameters),
  };
}
