/** The entry of every device worker: it becomes whichever device the page asks it to be. */
import { loadDevice } from '../src/devices/catalogue.ts';
import { serve } from '../src/devices/serve.ts';

serve(loadDevice);
