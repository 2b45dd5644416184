import { byId } from './elements.ts';

/** A part of the page that files can be dropped onto. */
export interface DropZone {
  /** Null for all of the page that is no other zone's. */
  within: Element | null;
  /** Id of what is shown while files are over the zone. */
  overlay: string;
  take(files: File[]): void;
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Files may be dropped anywhere on the page: the first zone that has the place gets them. */
export function acceptDrops(zones: readonly DropZone[]): void {
  const overlays = zones.map(({ overlay }) => byId(overlay, HTMLElement));
  const zoneOf = ({ target }: Event) =>
    zones.find(({ within }) => {
      return within === null || (target instanceof Node && within.contains(target));
    });
  const show = (zone: DropZone | undefined) => {
    for (const overlay of overlays) overlay.hidden = overlay.id !== zone?.overlay;
  };

  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(zoneOf(event));
  });
  addEventListener('dragleave', (event) => {
    // Leaving one element for another has a related target; leaving the window has none.
    if (event.relatedTarget === null) show(undefined);
  });
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(undefined);
    zoneOf(event)?.take([...(event.dataTransfer?.files ?? [])]);
  });
}
