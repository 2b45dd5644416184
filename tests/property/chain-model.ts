/** A buffer of a chain. */
export interface ModelSegment {
  address: number;
  length: number;
  writable: boolean;
}

interface Row {
  address: bigint;
  length: number;
  flags: number;
  next: number;
}

/**
 * The chain at `head`, read as plainly as the specification puts it (VIRTIO 1.4, 2.7.5), for
 * comparison with the real thing: 64-bit addresses as they are, and no care for speed.
 * @returns its segments, or null when the driver made a mistake
 */
export function modelChain(
  ram: Uint8Array,
  table: number,
  entries: number,
  head: number,
  indirectAllowed: boolean,
): ModelSegment[] | null {
  const view = new DataView(ram.buffer, ram.byteOffset, ram.length);
  const row = (at: number): Row => ({
    address: view.getBigUint64(at, true),
    length: view.getUint32(at + 8, true),
    flags: view.getUint16(at + 12, true),
    next: view.getUint16(at + 14, true),
  });
  const inRam = ({ address, length }: Row) => address + BigInt(length) <= BigInt(ram.length);

  /** The rows of the list that begins at `first`, or null when it leaves its table or loops. */
  const list = (base: number, size: number, first: number): Row[] | null => {
    const rows: Row[] = [];
    const seen = new Set<number>();
    for (let index = first; ; ) {
      if (index >= size || seen.has(index)) return null;
      seen.add(index);
      const here = row(base + 16 * index);
      rows.push(here);
      if (!inRam(here)) return null;
      const indirect = (here.flags & 4) !== 0;
      const next = (here.flags & 1) !== 0;
      if (indirect && next) return null;
      if (!next) return rows;
      index = here.next;
    }
  };

  let rows = list(table, entries, head);
  if (rows === null) return null;
  const last = rows[rows.length - 1];
  if ((last.flags & 4) !== 0) {
    if (!indirectAllowed || last.length === 0 || last.length % 16 !== 0) return null;
    const inner = list(Number(last.address), last.length / 16, 0);
    if (inner === null || inner.some(({ flags }) => (flags & 4) !== 0)) return null;
    rows = [...rows.slice(0, -1), ...inner];
  }
  const segments = rows.map(({ address, length, flags }) => ({
    address: Number(address),
    length,
    writable: (flags & 2) !== 0,
  }));
  const firstWritable = segments.findIndex(({ writable }) => writable);
  const mixed = firstWritable >= 0 && segments.slice(firstWritable).some((s) => !s.writable);
  return mixed ? null : segments;
}
