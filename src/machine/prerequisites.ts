import { isQueueSize } from '../ring/layout.ts';
import { MachineError } from './errors.ts';
import { FEATURE_NAMES } from './offer.ts';
import {
  type DiskOptions,
  type MachineOptions,
  MEMORY_LIMITS,
  type OfferOptions,
  QUEUE_LIMITS,
} from './options.ts';

const SECTOR = 512;

/** @throws MachineError when the page cannot share memory between threads */
export function checkEnvironment(): void {
  if (typeof SharedArrayBuffer === 'undefined' && globalThis.crossOriginIsolated === undefined) {
    throw new MachineError(
      'no-shared-memory',
      'This browser has no SharedArrayBuffer.',
      'Use a current version of Chromium, Firefox or Safari.',
    );
  }
  if (globalThis.crossOriginIsolated === false) {
    throw new MachineError(
      'not-isolated',
      'This page is not cross-origin isolated, so its threads may not share memory.',
      'Serve it with the headers "Cross-Origin-Opener-Policy: same-origin" and ' +
        '"Cross-Origin-Embedder-Policy: require-corp", from localhost or over HTTPS; ' +
        '`npm start` does.',
    );
  }
}

/** @throws MachineError for options that no machine can have */
export function checkOptions(options: MachineOptions): void {
  const memory = options.memory ?? MEMORY_LIMITS.standard;
  const { least, most } = MEMORY_LIMITS;
  if (!Number.isInteger(memory) || memory < least || memory > most) {
    throw new MachineError(
      'memory-out-of-range',
      `A machine cannot have ${memory} MiB of memory.`,
      `Choose a whole number of MiB from ${least} to ${most}.`,
    );
  }
  if ('firmware' in options && (options.disks ?? []).length === 0) {
    throw new MachineError(
      'no-boot-disk',
      'There is no disk for the firmware to start.',
      'Attach a disk that a PC starts from by itself.',
    );
  }
  for (const disk of options.disks ?? []) checkDisk(disk);
  checkOffer(options.offer ?? {});
}

function checkOffer({ withheldFeatures = [], queueSize, requestQueues }: OfferOptions): void {
  for (const name of withheldFeatures) {
    if (FEATURE_NAMES.includes(name)) continue;
    throw new MachineError(
      'unknown-feature',
      `No device offers a feature ${name} that it could do without.`,
      'Use a name of the specification, for example VIRTIO_F_EVENT_IDX.',
    );
  }
  const { leastSize, mostSize, mostRequestQueues } = QUEUE_LIMITS;
  if (queueSize !== undefined && !(isQueueSize(queueSize) && queueSize >= leastSize)) {
    throw new MachineError(
      'queue-size',
      `A queue cannot have ${queueSize} entries.`,
      `Choose a power of two from ${leastSize} to ${mostSize}.`,
    );
  }
  if (requestQueues === undefined) return;
  if (
    !(Number.isInteger(requestQueues) && requestQueues >= 1 && requestQueues <= mostRequestQueues)
  ) {
    throw new MachineError(
      'request-queues',
      `A disk cannot have ${requestQueues} request queues.`,
      `Choose a whole number from 1 to ${mostRequestQueues}.`,
    );
  }
}

/** @throws MachineError for options that no disk can have */
export function checkDisk({ name = 'a disk', image, size: wanted }: DiskOptions): void {
  const size = wanted ?? (image instanceof Blob ? image.size : SECTOR);
  if (size > 0 && size % SECTOR === 0 && Number.isSafeInteger(size)) return;
  throw new MachineError(
    'disk-size',
    `The size of ${name}, ${size} bytes, is no multiple of ${SECTOR}.`,
    `Disks consist of sectors of ${SECTOR} bytes: pad the image, for example with ` +
      '`truncate -s %512 FILE`.',
  );
}
