import type { PanelDescription } from './panel.ts';

/**
 * The panels of the page. A new one is a folder beside this one whose index.ts exports `fillPanel` (see panel.ts), a
 * button in the bar of index.html with `data-panel`, whose label is the panel's title, and a line here.
 */
export const PANELS: readonly PanelDescription[] = [
  {
    id: 'lessons',
    places: ['start'],
    width: 20,
    height: 28,
    load: () => import('../lessons/index.ts'),
  },
  {
    id: 'inspector',
    places: ['end', 'below'],
    width: 36,
    height: 26,
    load: () => import('../inspector/index.ts'),
  },
  {
    id: 'disks',
    places: ['end', 'below'],
    width: 25,
    height: 22,
    load: () => import('../disks/index.ts'),
  },
  {
    id: 'help',
    places: ['end', 'below'],
    width: 22,
    height: 20,
    load: () => import('../help/index.ts'),
  },
];
