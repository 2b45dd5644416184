import {
  type DeviceDescription,
  type DeviceQueue,
  serveDevice,
  VirtioDevice,
} from 'ringbox/device';

/** Where the device configuration space has how many pages the guest is to give (VIRTIO 1.4, 5.5.4). */
const NUM_PAGES = 0;

/** A memory balloon (VIRTIO 1.4, 5.5): the guest puts pages of 4 KiB into it, and does without them. */
class Balloon extends VirtioDevice {
  readonly description: DeviceDescription = {
    type: 5,
    classCode: 0xff0000, // fits no class that PCI defines
    features: [],
    queueSizes: [128, 128], // inflateq, deflateq
    configurationLength: 8,
  };
  /** Pages that are in the balloon. */
  pages = 0;

  override run(): void {
    const [inflate, deflate] = this.runtime.queues;
    this.pages += takePages(inflate);
    this.pages -= takePages(deflate);
  }

  override reset(): void {
    this.pages = 0;
  }

  /** The guest is to have so many pages in the balloon; it is told, and takes its time. */
  ask(pages: number): void {
    this.runtime.changeConfiguration(({ buffer, byteOffset }) => {
      new DataView(buffer, byteOffset).setUint32(NUM_PAGES, pages, true);
    });
  }
}

/** Each buffer is a list of page numbers, 4 bytes each. */
function takePages(queue: DeviceQueue): number {
  let pages = 0;
  for (let chain = queue.take(); chain !== null; chain = queue.take()) {
    pages += chain.readableLength / 4;
    queue.complete(chain, 0);
  }
  return pages;
}

serveDevice(() => {
  const device = new Balloon();
  return {
    device,
    commands: { ask: (pages: number) => device.ask(pages), pages: () => device.pages },
  };
});
