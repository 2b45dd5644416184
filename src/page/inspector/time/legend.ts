import { create, createButton } from '../../elements.ts';
import { explain } from '../explanation.ts';
import { makeRoving, setStop } from '../roving.ts';
import type { EventFilter } from './filter.ts';
import { GROUPS, type Group, KIND_STYLES } from './kinds.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** What the shapes mean; each can be hidden. */
export function createLegend(filter: EventFilter, onChange: () => void): HTMLElement {
  const legend = create('div', 'legend');
  legend.setAttribute('role', 'toolbar');
  legend.ariaLabel = 'Kinds of events';
  for (const { group, label, kind, term } of GROUPS) {
    const button = createButton('', 'legend-entry', () => {
      filter.toggle(group);
      mark(button, filter, group);
      onChange();
    });
    const { path, doer, filled } = KIND_STYLES[kind];
    button.append(createShape(path, doer, filled), label);
    explain(button, term);
    mark(button, filter, group);
    legend.append(button);
  }
  makeRoving(legend);
  setStop(legend, null);
  return legend;
}

function mark(button: HTMLElement, filter: EventFilter, group: Group): void {
  button.ariaPressed = `${filter.isShown(group)}`;
}

function createShape(path: string, doer: string, filled: boolean): SVGElement {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('class', 'glyph');
  picture.setAttribute('viewBox', '-7 -7 14 14');
  picture.setAttribute('aria-hidden', 'true');
  picture.dataset.side = doer;
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  shape.setAttribute('class', filled ? 'glyph-filled' : 'glyph-hollow');
  picture.append(shape);
  return picture;
}
