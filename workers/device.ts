/** The entry of every device worker: it becomes whichever device the page asks it to be. */
import * as Comlink from 'comlink';
import { DeviceService } from '../src/devices/service.ts';

Comlink.expose(new DeviceService());
