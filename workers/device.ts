/** The entry of every device worker: it becomes whichever device the page asks it to be. */
import * as Comlink from 'comlink';
import type { FaultMessage, TroubleMessage } from '../src/devices/errors.ts';
import { DeviceService } from '../src/devices/service.ts';

const service = new DeviceService({
  onTrouble: ({ code, message }) => {
    postMessage({ trouble: { code, message } } satisfies TroubleMessage);
  },
  onFault: (fault) => postMessage({ fault } satisfies FaultMessage),
});
Comlink.expose(service);
