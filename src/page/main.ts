import { preloadMachine } from '../machine/preload.ts';
import { PANELS } from './panels/catalogue.ts';
import { Panels } from './panels/panels.ts';
import { Settings } from './settings.ts';
import { followVisibleArea } from './visible-area.ts';

/** Of the machine that nearly every visitor starts: its console, its root disk, its random numbers. */
const DEVICES = 3;

// All of the page is on its way while what comes now decides how much room there is for what: it is small, and
// nothing is painted before it has run (index.html says blocking="render"), so that nothing moves afterwards.
const page = import('./page.ts');
const settings = new Settings();
settings.follow(({ keys }) => {
  document.documentElement.dataset.keys = keys;
});
followVisibleArea();
const panels = new Panels(PANELS);
// Without isolation the page comes again, or says why it cannot.
if (crossOriginIsolated) preloadMachine(DEVICES);

const { openPage } = await page;
openPage(panels, settings);
