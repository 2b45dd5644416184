import { create, createButton } from './elements.ts';
import { type DiskPlan, type RootPlan, rootName, sourceName } from './plan.ts';

export interface DiskRowEvents {
  onReadOnly(readOnly: boolean): void;
  onRemove(): void;
}

function createControls(name: string, disk: DiskPlan, events: DiskRowEvents): HTMLElement[] {
  const box = create('input', 'check-box');
  box.type = 'checkbox';
  box.checked = disk.readOnly;
  box.addEventListener('change', () => events.onReadOnly(box.checked));
  const label = create('label', 'check', box, 'read-only');
  const remove = createButton('Remove', 'button button-plain', events.onRemove);
  remove.setAttribute('aria-label', `Remove ${name}`);
  return [label, remove];
}

/** A line of the list of disks; a plan that is a root disk's, Ringbox's own, stays. */
export function createDiskRow(
  name: string,
  disk: DiskPlan | RootPlan,
  events: DiskRowEvents | null,
): HTMLLIElement {
  const isRoot = 'kind' in disk;
  const title = isRoot ? rootName(disk) : sourceName(disk.source);
  return create(
    'li',
    'disk',
    create('code', 'disk-name', name),
    create('span', 'disk-file', title),
    ...(isRoot || events === null ? [] : createControls(name, disk, events)),
  );
}
