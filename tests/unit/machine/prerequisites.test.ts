import { afterEach, describe, expect, test, vi } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import type { FeatureName } from '../../../src/machine/offer.ts';
import { type HardwareOptions, MEMORY_LIMITS } from '../../../src/machine/options.ts';
import { checkEnvironment, checkOptions } from '../../../src/machine/prerequisites.ts';

const kernel = new Blob([]);

function machineError(action: () => void): MachineError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(MachineError);
    return error as MachineError;
  }
  throw new Error('nothing was thrown');
}

/** The error for these options. */
const refusal = (options: HardwareOptions) =>
  machineError(() => checkOptions({ kernel, commandLine: '', ...options }));

const accepted = (options: HardwareOptions) =>
  checkOptions({ kernel, commandLine: '', ...options });

describe('memory', () => {
  test('may be anything within the limits, and has a standard', () => {
    accepted({});
    for (const memory of [MEMORY_LIMITS.least, 33, MEMORY_LIMITS.standard, MEMORY_LIMITS.most]) {
      accepted({ memory });
    }
  });

  test.each([0, -1, 31, 2049, 64.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'is refused: %d MiB',
    (memory) => {
      const error = refusal({ memory });
      expect(error.code).toBe('memory-out-of-range');
      expect(error.message).toContain(`${memory} MiB`);
      expect(error.remedy).toContain(`${MEMORY_LIMITS.least} to ${MEMORY_LIMITS.most}`);
    },
  );
});

describe('the offer', () => {
  test('may withhold any feature but VERSION_1, by its name', () => {
    accepted({ offer: {} });
    accepted({ offer: { withheldFeatures: ['VIRTIO_F_EVENT_IDX', 'VIRTIO_BLK_F_MQ'] } });
  });

  test.each(['VIRTIO_F_VERSION_1', 'EVENT_IDX', 'toString', ''])('is refused: no %s', (name) => {
    const error = refusal({ offer: { withheldFeatures: [name as FeatureName] } });
    expect(error.code).toBe('unknown-feature');
    expect(error.message).toContain(`a feature ${name} `);
  });

  test('may have any size that queues have', () => {
    for (const queueSize of [2, 4, 256, 32768]) accepted({ offer: { queueSize } });
  });

  test.each([0, 1, 3, 100, 65536, -2, 2.5, Number.NaN])('is refused: queues of %d', (queueSize) => {
    const error = refusal({ offer: { queueSize } });
    expect(error.code).toBe('queue-size');
    expect(error.message).toContain(`${queueSize} entries`);
    expect(error.remedy).toContain('from 2 to 32768');
  });

  test('may have one request queue or several', () => {
    for (const requestQueues of [1, 2, 5, 64]) accepted({ offer: { requestQueues } });
  });

  test.each([0, -1, 65, 1.5, Number.NaN])('is refused: %d request queues', (requestQueues) => {
    const error = refusal({ offer: { requestQueues } });
    expect(error.code).toBe('request-queues');
    expect(error.message).toContain(`${requestQueues} request queues`);
    expect(error.remedy).toContain('from 1 to 64');
  });
});

describe('disks', () => {
  const image = (bytes: number) => new Blob([new Uint8Array(bytes)]);
  const stream = () => new ReadableStream<Uint8Array<ArrayBuffer>>();

  test('are whole sectors', () => {
    accepted({ disks: [] });
    accepted({ disks: [{ image: image(512) }, { image: image(1024) }] });
    accepted({
      disks: [
        { image: image(100), size: 512 },
        { image: stream(), size: 2 ** 40 },
      ],
    });
    // What a stream holds only its device finds out.
    accepted({ disks: [{ image: stream() }] });
  });

  test.each([1, 511, 513, 1000])('of %d bytes are refused, by name, with what to do', (bytes) => {
    const error = refusal({
      disks: [{ image: image(512) }, { image: image(bytes), name: 'root.img' }],
    });
    expect(error.code).toBe('disk-size');
    expect(error.message).toContain('root.img');
    expect(error.message).toContain(`${bytes} bytes`);
    expect(error.remedy).toContain('truncate -s %512');
  });

  test('of no bytes are refused', () => {
    expect(refusal({ disks: [{ image: image(0) }] }).code).toBe('disk-size');
  });

  test.each([0, -512, 100, 512.5, Number.NaN, 2 ** 60])(
    'that are to have %d bytes are refused',
    (size) => {
      expect(refusal({ disks: [{ image: image(512), size }] }).code).toBe('disk-size');
      expect(refusal({ disks: [{ image: stream(), size }] }).code).toBe('disk-size');
    },
  );
});

describe('the environment', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('is fine when the page is isolated', () => {
    vi.stubGlobal('crossOriginIsolated', true);
    checkEnvironment();
  });

  test('is refused when the page is not isolated, with the headers that it needs', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    const error = machineError(checkEnvironment);
    expect(error.code).toBe('not-isolated');
    expect(error.remedy).toContain('Cross-Origin-Opener-Policy: same-origin');
    expect(error.remedy).toContain('Cross-Origin-Embedder-Policy: require-corp');
    expect(error.remedy).toContain('npm start');
  });

  test('that is not isolated is named before the missing memory, which is its consequence', () => {
    vi.stubGlobal('crossOriginIsolated', false);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    expect(machineError(checkEnvironment).code).toBe('not-isolated');
  });

  test('without any shared memory is refused', () => {
    vi.stubGlobal('crossOriginIsolated', undefined);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const error = machineError(checkEnvironment);
    expect(error.code).toBe('no-shared-memory');
    expect(error.remedy).toContain('Use a current version');
  });
});

test('a MachineError keeps its cause', () => {
  const cause = new Error('why');
  const error = new MachineError('disk-unreadable', 'what', 'how', cause);
  expect([error.name, error.message, error.remedy, error.cause]).toEqual([
    'MachineError',
    'what',
    'how',
    cause,
  ]);
});

test('firmware needs a disk to start', () => {
  const firmware = new Blob([]);
  expect(machineError(() => checkOptions({ firmware })).code).toBe('no-boot-disk');
  expect(machineError(() => checkOptions({ firmware, disks: [] })).code).toBe('no-boot-disk');
  checkOptions({ firmware, disks: [{ image: new Blob([new Uint8Array(512)]) }] });
});
