import * as Comlink from 'comlink';
import type { FaultMessage, TroubleMessage } from './errors.ts';
import type { DeviceFactory } from './factory.ts';
import { DeviceService } from './service.ts';

/** Makes this worker a device, as soon as its page says of which kind. @param load finds the kind */
export function serve(load: (kind: string) => Promise<DeviceFactory>): void {
  const service = new DeviceService(load, {
    onTrouble: ({ code, message }) => {
      postMessage({ trouble: { code, message } } satisfies TroubleMessage);
    },
    onFault: (fault) => postMessage({ fault } satisfies FaultMessage),
  });
  Comlink.expose(service);
}
