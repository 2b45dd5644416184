import { preloadMachine } from '../machine/preload.ts';
import { panelsOf, parseArrival } from './arrival.ts';
import { watchForDefects } from './defects.ts';
import { byId } from './elements.ts';
import { describeFailure } from './failure.ts';
import { NoticeView } from './notice.ts';
import { defectNotice, unopenedNotice } from './notices.ts';
import { showPageState } from './page-state.ts';
import { PANELS } from './panels/catalogue.ts';
import { Panels } from './panels/panels.ts';
import { Settings } from './settings.ts';
import { followVisibleArea } from './visible-area.ts';

/** Of the machine that nearly every visitor starts: its console, its root disk, its random numbers. */
const DEVICES = 3;

const notice = new NoticeView();
watchForDefects((reason) => notice.openOver(defectNotice(describeFailure(reason))));
byId('loading-late', HTMLElement).remove();

// All of the page is on its way while what comes now decides how much room there is for what: it is small, and
// nothing is painted before it has run (index.html says blocking="render"), so that nothing moves afterwards.
const page = import('./page.ts');
const settings = new Settings();
settings.follow(({ keys }) => {
  document.documentElement.dataset.keys = keys;
});
followVisibleArea();
const panels = new Panels(PANELS);
for (const id of panelsOf(parseArrival(new URL(location.href)))) panels.show(id);
// Without isolation the page comes again, or says why it cannot.
if (crossOriginIsolated) preloadMachine(DEVICES);

page
  .then(({ openPage }) => openPage(panels, settings, notice))
  .catch((reason: unknown) => {
    console.error(reason);
    byId('loading', HTMLElement).hidden = true;
    showPageState('error');
    notice.open(unopenedNotice(describeFailure(reason)));
  });
