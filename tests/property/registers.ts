import assert from 'node:assert/strict';
import fc from 'fast-check';
import { QueueWord, Word } from '../../src/link/control-block.ts';
import type { DescriptorChain } from '../../src/ring/chain.ts';
import { usedRingLength } from '../../src/ring/layout.ts';
import { Feature, Status } from '../../src/transport/features.ts';
import type { Driver, Segment } from '../support/driver.ts';
import { Noise } from '../support/noise.ts';
import { BAR_LENGTH, Common, ISR, NOTIFY, READY } from '../support/pci-guest.ts';
import { Rig } from '../unit/transport/rig.ts';
import { type Property, Reused } from './property.ts';
import { Snapshot } from './snapshot.ts';

const MEMORY_SIZE = 32 * 1024;
const QUEUES = 2;
const STARTED_FEATURES = [Feature.version1, Feature.eventIndex, Feature.ringReset];

/** One access of the guest to registers or memory, or a moment of the other threads. */
export interface Access {
  kind:
    | 'read'
    | 'write'
    | 'configuration'
    | 'notify'
    | 'scribble'
    | 'submit'
    | 'setUp'
    | 'poll'
    | 'sync';
  offset: number;
  width: number;
  value: number;
}

interface RegistersCase {
  /** The device begins with a driver that has set it up. */
  started: boolean;
  /** The worker works whenever the CPU thread looks at a shared word. */
  meanwhile: boolean;
  /** Of what is in memory; 0 for zeros. */
  seed: number;
  accesses: Access[];
}

const hot = fc.constantFrom(...Object.values(Common), 0x24, 0x2c, 0x34, NOTIFY, ISR, 0x100, 0x1fc);

/** Any access to the registers of a device. */
export const access: fc.Arbitrary<Access> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant('write' as const) },
    {
      weight: 5,
      arbitrary: fc.constantFrom<Access['kind'][]>(
        'read',
        'configuration',
        'poll',
        'sync',
        'scribble',
        'notify',
        'submit',
        'setUp',
      ),
    },
  ),
  offset: fc.oneof({ weight: 3, arbitrary: hot }, fc.nat(BAR_LENGTH - 1)),
  width: fc.constantFrom(1, 2, 4),
  value: fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 8, 0xb, 0xf, 64, 0x80, 0xffff, 0xffffffff),
    fc.nat(0xffffffff),
    fc.nat(MEMORY_SIZE / 16).map((index) => 16 * index),
  ),
});

/** Makes an access of the guest. @throws Error when a read gives what does not fit its width */
export function perform(rig: Rig, { kind, offset, width, value }: Access): void {
  const fitting = value % 2 ** (8 * width);
  if (kind === 'poll') rig.poll();
  else if (kind === 'sync') rig.syncPoint();
  else if (kind === 'notify') rig.ports.write(rig.base + NOTIFY, 2, value % (QUEUES + 1));
  else if (kind === 'submit') rig.ports.write(rig.base + NOTIFY, 2, 0);
  else if (kind === 'setUp') setUp(rig, offset, value);
  else if (kind === 'configuration') rig.writeConfig((offset % 256) & -width, width, fitting);
  else if (kind === 'write') rig.ports.write(rig.base + offset, width, fitting);
  else if (kind === 'read') {
    const read = rig.ports.read(rig.base + offset, width) ?? 0;
    if (!(read >= 0 && read < 2 ** (8 * width))) throw new Error(`${read} in ${width} bytes`);
    rig.readConfig((offset % 256) & -width, width);
  }
}

/** What a driver does from reset to DRIVER_OK, with a queue that lies anywhere. */
function setUp(rig: Rig, offset: number, value: number): void {
  const write = (register: number, width: number, content: number) => {
    rig.ports.write(rig.base + register, width, content);
  };
  write(Common.deviceStatus, 1, 0);
  rig.poll();
  write(Common.deviceStatus, 1, Status.acknowledge | Status.driver);
  write(Common.driverFeatureSelect, 4, 1);
  write(Common.driverFeature, 4, 1);
  write(Common.deviceStatus, 1, READY);
  write(Common.queueSelect, 2, value % QUEUES);
  write(Common.queueSize, 2, 2 ** (offset % 5));
  write(Common.queueDescriptorTable, 4, value);
  write(Common.queueDriver, 4, offset % 4 === 1 ? value : 16 * offset);
  write(Common.queueDevice, 4, offset % 4 === 2 ? value : 4 * offset);
  write(Common.queueEnable, 2, 1);
  write(Common.deviceStatus, 1, READY | Status.driverOk);
}

/** Makes a chain available that is sound as long as nobody scribbles over it. */
function submit(driver: Driver, { offset, width, value }: Access): void {
  if (driver.freeDescriptors < 2) return;
  const address = value % (MEMORY_SIZE - 2 * BAR_LENGTH);
  driver.add([{ address, length: offset }], [{ address: address + offset, length: 64 * width }]);
}

const seen = { running: 0, chains: 0, needsReset: 0 };
const stage = new Reused(() => new RegistersStage());

/** Registers behind BAR 0 and in the configuration space, and what follows from them. */
export const registers: Property<RegistersCase> = {
  name: 'registers',
  claim: 'no accesses make a device throw, write astray, or serve no more after a reset',
  cases: 20_000,
  arbitrary: fc.record({
    started: fc.boolean(),
    meanwhile: fc.boolean(),
    seed: fc.nat(0xffff),
    accesses: fc.array(access, { minLength: 1, maxLength: 40 }),
  }),
  seen,
  check: (example) => stage.play((reused) => reused.play(example)),
};

/**
 * Plays accesses against the whole of a device: ports, PCI, transport, link, runtime and an echo
 * device. No byte of RAM may change but in buffers of chains and in the used rings of queues that
 * are enabled while the driver is ready.
 */
class RegistersStage {
  readonly #rig = new Rig({
    queueSizes: new Array(QUEUES).fill(16),
    memorySize: MEMORY_SIZE,
    patience: 0,
  });
  readonly #snapshot = new Snapshot(this.#rig.ram.bytes);
  readonly #permitted: Segment[] = [];
  #honest = false;

  constructor() {
    this.#rig.device.onTake = (chain) => this.#permitBuffersOf(chain);
  }

  play({ started, meanwhile, seed, accesses }: RegistersCase): boolean {
    const rig = this.#rig;
    this.#powerOn();
    this.#fill(seed);
    const driver = started ? rig.start(STARTED_FEATURES, 16) : null;
    if (meanwhile) rig.meanwhile();
    this.#permitUsedRings();
    for (const one of accesses) {
      if (one.kind === 'submit' && driver !== null) submit(driver, one);
      if (one.kind === 'scribble') rig.memory.write32(one.value % (MEMORY_SIZE - 3), one.offset);
      this.#snapshot.take();
      perform(rig, one);
      if (rig.control.words[Word.driverOk] === 1) seen.running++;
      if (rig.control.words[Word.needsReset] === 1) seen.needsReset++;
      this.#checkWrites();
    }
    rig.meanwhile(() => {});
    this.#snapshot.take();
    rig.pump();
    this.#checkWrites();
    this.#honest = true;
    this.#serveHonestly();
    this.#honest = false;
    rig.ram.checkCanaries();
    return true;
  }

  /** As the machine does when it is reset. */
  #powerOn(): void {
    const rig = this.#rig;
    rig.pci.reset();
    rig.poll();
    rig.attention.takeAll();
    rig.bus.reset();
    rig.bus.assignResources(() => {});
    rig.freeAll();
  }

  /** A reset by the driver, wherever it has moved the ports to; then an honest one. */
  #serveHonestly(): void {
    const rig = this.#rig;
    rig.bus.assignResources(() => {});
    rig.status = 0;
    rig.poll();
    assert.equal(rig.status, 0);
    rig.freeAll();
    const driver = rig.start([Feature.version1]);
    const answer = rig.space(5);
    driver.add([rig.buffer('hello')], [answer]);
    rig.notify(0);
    rig.pump();
    assert.equal(driver.collectUsed()[0]?.len, 5);
    assert.equal(rig.text(answer), 'hello');
    assert.equal(rig.interrupted, true);
    assert.equal(rig.readIsr(), 1);
    assert.equal(rig.interrupted, false);
  }

  #permitBuffersOf(chain: DescriptorChain): void {
    if (this.#honest) return;
    seen.chains++;
    for (let segment = chain.readableSegments; segment < chain.segments; segment++) {
      this.#permitted.push({ address: chain.address(segment), length: chain.length(segment) });
    }
  }

  /** The CPU thread and the worker write there: flags, elements, index, `avail_event`. */
  #permitUsedRings(): void {
    const { control, memory } = this.#rig;
    for (let queue = 0; queue < QUEUES; queue++) {
      const word = (offset: number) => control.words[control.queueBase(queue) + offset] >>> 0;
      if (word(QueueWord.enabled) === 0) continue;
      const address = word(QueueWord.usedRing);
      const length = usedRingLength(word(QueueWord.queueSize));
      if (memory.contains(address, length)) this.#permitted.push({ address, length });
    }
  }

  /** Used rings are permitted as they were before and as they are after an access. */
  #checkWrites(): void {
    this.#permitUsedRings();
    for (const segment of this.#permitted) this.#snapshot.permit(segment);
    this.#snapshot.check();
    this.#permitted.length = 0;
    this.#permitUsedRings();
  }

  #fill(seed: number): void {
    const { bytes } = this.#rig.ram;
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const noise = new Noise(seed);
    // Small numbers make indices, flags, lengths and addresses that often mean something.
    for (let index = 0; index < words.length; index++) {
      words[index] = seed === 0 ? 0 : noise.next() & 0x000307ff;
    }
  }
}
