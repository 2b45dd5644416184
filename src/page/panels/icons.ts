const SVG = 'http://www.w3.org/2000/svg';

/** Lines on a square of 16. */
const ICONS = {
  close: 'M4 4l8 8M12 4l-8 8',
  'place-start': 'M2.5 3.5h11v9h-11zM6.5 3.5v9',
  'place-end': 'M2.5 3.5h11v9h-11zM9.5 3.5v9',
  'place-below': 'M2.5 3.5h11v9h-11zM2.5 9h11',
} as const;

/** An icon of the head of a panel; what it means has to be said in words beside it. */
export function createIcon(name: keyof typeof ICONS): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('class', 'icon');
  icon.setAttribute('viewBox', '0 0 16 16');
  icon.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  icon.append(path);
  return icon;
}
