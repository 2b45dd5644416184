import { PANELS } from './panels/catalogue.ts';
import { Panels } from './panels/panels.ts';
import { Settings } from './settings.ts';
import { followVisibleArea } from './visible-area.ts';

// First what decides how much room there is for what: it is small, and nothing is painted before it has run
// (index.html says blocking="render"), so that nothing moves afterwards.
const settings = new Settings();
settings.follow(({ keys }) => {
  document.documentElement.dataset.keys = keys;
});
followVisibleArea();
const panels = new Panels(PANELS);

const { openPage } = await import('./page.ts');
openPage(panels, settings);
