/** The device service as the entry of a Node thread: what workers/device.ts is in a browser. */
import { parentPort } from 'node:worker_threads';
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { loadDevice } from '../../../src/devices/catalogue.ts';
import { DeviceService } from '../../../src/devices/service.ts';

if (parentPort === null) throw new Error('this is the entry of a worker');
Comlink.expose(new DeviceService(loadDevice), nodeEndpoint(parentPort));
