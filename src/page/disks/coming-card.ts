import { ROOT_DISK } from '../plan.ts';
import { Card } from './card.ts';
import type { ComingDisk } from './model.ts';
import { NOTHING } from './words.ts';

/** The room of a disk whose machine is on its way: as large as its card will be, and not to be seen. */
export function createComingCard({ root, readOnly }: ComingDisk): HTMLElement {
  const card = new Card(NOTHING, NOTHING);
  card.showTitle(NOTHING, NOTHING);
  for (const fact of ['Size', 'Changed', 'Stored', 'Reads', 'Writes']) card.addFact(fact)(NOTHING);
  const isRootDisk = root?.kind === 'kept' && root.name === ROOT_DISK;
  const actions = ['Export', ...(readOnly ? [] : ['Grow'])];
  if (root === null) actions.push('Detach');
  else if (isRootDisk) actions.push('Fresh disk');
  for (const action of actions) card.addAction(action, () => {});
  return card.element;
}
