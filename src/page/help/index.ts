import { byId, fill } from '../elements.ts';
import type { PageServices } from '../page-services.ts';
import type { PanelContent, PanelFrame } from '../panels/panel.ts';
import type { PageSettings } from '../settings.ts';
import markup from './panel.html?raw';

/** The panel "Help": the keys that are the page's own, and its settings. */
export function fillPanel({ content }: PanelFrame, { settings }: PageServices): PanelContent {
  fill(content, markup);
  const reader = byId('setting-reader', HTMLInputElement);
  reader.addEventListener('change', () => settings.change({ screenReader: reader.checked }));
  const keys = [...byId('setting-keys', HTMLElement).querySelectorAll('input')];
  for (const choice of keys) {
    const value = choice.value as PageSettings['keys'];
    choice.addEventListener('change', () => settings.change({ keys: value }));
  }
  settings.follow((now) => {
    reader.checked = now.screenReader;
    for (const choice of keys) choice.checked = choice.value === now.keys;
  });
  return {};
}
