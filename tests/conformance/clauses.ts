import type { Clause } from './clause.ts';
import { basicClauses } from './clauses/basic.ts';
import { blockClauses } from './clauses/block.ts';
import { consoleClauses } from './clauses/console.ts';
import { entropyClauses } from './clauses/entropy.ts';
import { pciClauses } from './clauses/pci.ts';
import { splitClauses } from './clauses/split.ts';

/**
 * What VIRTIO 1.4 (CS01) asks of devices such as ours: every device-normative MUST and SHOULD on the
 * basic facilities, split virtqueues, virtio over PCI, and the devices that we have.
 */
export const clauses: readonly Clause[] = [
  ...basicClauses,
  ...splitClauses,
  ...pciClauses,
  ...blockClauses,
  ...consoleClauses,
  ...entropyClauses,
];
