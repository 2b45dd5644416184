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

/** Files may be dropped anywhere on the page: the innermost zone that has the place gets them. */
export class Drops {
  readonly #zones: DropZone[] = [];

  constructor() {
    addEventListener('dragover', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.#show(this.#zoneOf(event));
    });
    addEventListener('dragleave', (event) => {
      // Leaving one element for another has a related target; leaving the window has none.
      if (event.relatedTarget === null) this.#show(undefined);
    });
    addEventListener('drop', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.#show(undefined);
      this.#zoneOf(event)?.take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** Later ones go first. */
  accept(zone: DropZone): void {
    this.#zones.unshift(zone);
  }

  #zoneOf({ target }: Event): DropZone | undefined {
    return this.#zones.find(({ within }) => {
      return within === null || (target instanceof Node && within.contains(target));
    });
  }

  #show(zone: DropZone | undefined): void {
    for (const { overlay } of this.#zones) {
      byId(overlay, HTMLElement).hidden = overlay !== zone?.overlay;
    }
  }
}
