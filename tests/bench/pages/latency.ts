import { Structure } from '../../../src/transport/capabilities.ts';
import { VirtioPciDevice } from '../../../src/transport/virtio-pci.ts';
import './ringbox.ts';

// The page of ringbox.ts, with a clock around the transport of the work disk: the product has none.

/** Place of the work disk among the devices: the console and the root disk are before it. */
const PLACE = 2;

let latencies: number[] = [];
/** When the first doorbell came that no interrupt has followed yet, by `performance.now`. */
let doorbell: number | null = null;

const { write, serviceAtSyncPoint } = VirtioPciDevice.prototype;

VirtioPciDevice.prototype.write = function (offset, width, value) {
  const rings = offset === Structure.notify.offset && this.link.index === PLACE;
  if (rings) doorbell ??= performance.now();
  write.call(this, offset, width, value);
};

// The one place where a line is raised that was low, also when a doorbell has waited for the worker.
VirtioPciDevice.prototype.serviceAtSyncPoint = function () {
  const raised = this.function.interruptAsserted;
  serviceAtSyncPoint.call(this);
  if (this.link.index !== PLACE || raised || !this.function.interruptAsserted) return;
  if (doorbell !== null) latencies.push(1000 * (performance.now() - doorbell));
  doorbell = null;
};

declare global {
  /** Hands out, in microseconds, and forgets how long each interrupt of the work disk has taken. */
  var takeLatencies: () => number[];
}

globalThis.takeLatencies = () => {
  const taken = latencies;
  latencies = [];
  return taken;
};
