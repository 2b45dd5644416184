/** Less than this part of the page is seen while there is a keyboard on the screen. */
const WITH_KEYBOARD = 0.8;
/** Beyond it the visitor has magnified the page and looks at a part of it, of which the page must know nothing. */
const MAGNIFIED = 1.05;

/** What is known of the part of the page that is seen, in CSS pixels: see window.visualViewport. */
export interface VisibleArea {
  readonly height: number;
  readonly offsetTop: number;
  readonly scale: number;
}

/** How high the page is, and where it begins, so that a keyboard on the screen covers nothing of it. */
export interface PageArea {
  readonly height: number;
  readonly top: number;
  readonly keyboard: boolean;
}

/**
 * @param height of the whole page
 * @returns null where the page is as high as it was made
 */
export function pageArea(visible: VisibleArea, height: number): PageArea | null {
  if (visible.scale > MAGNIFIED || visible.height >= height) return null;
  const keyboard = visible.height < height * WITH_KEYBOARD;
  return { height: visible.height, top: visible.offsetTop, keyboard };
}

/** Keeps the page as high as what is seen of it: a keyboard on the screen would cover the prompt. */
export function followVisibleArea(): void {
  const { visualViewport } = window;
  if (visualViewport === null) return;
  const { dataset, style } = document.documentElement;
  const follow = () => {
    const area = pageArea(visualViewport, document.documentElement.clientHeight);
    if (area === null) {
      style.removeProperty('--page-height');
      style.removeProperty('--page-top');
    } else {
      style.setProperty('--page-height', `${area.height}px`);
      style.setProperty('--page-top', `${area.top}px`);
    }
    dataset.keyboard = `${area?.keyboard ?? false}`;
  };
  visualViewport.addEventListener('resize', follow);
  visualViewport.addEventListener('scroll', follow);
  follow();
}
