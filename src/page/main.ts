import { PANELS } from './panels/catalogue.ts';
import { Panels } from './panels/panels.ts';

// First what decides how much room there is for what, and soon: it is small, and nothing moves afterwards.
const panels = new Panels(PANELS);
const { openPage } = await import('./page.ts');
openPage(panels);
