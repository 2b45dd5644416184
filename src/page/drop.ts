import { byId } from './elements.ts';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Files may be dropped anywhere on the page; `take` gets them. */
export function acceptDrops(take: (files: File[]) => void): void {
  const overlay = byId('drop', HTMLElement);
  const show = (visible: boolean) => {
    overlay.hidden = !visible;
  };

  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  addEventListener('dragleave', (event) => {
    // Leaving one element for another has a related target; leaving the window has none.
    if (event.relatedTarget === null) show(false);
  });
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(false);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
