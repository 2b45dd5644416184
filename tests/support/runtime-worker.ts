/** A device worker for the two-thread test of DeviceRuntime: an EchoDevice that serves. */
import { parentPort, workerData } from 'node:worker_threads';
import { DeviceRuntime } from '../../src/devices/runtime.ts';
import { Attention, ControlBlock, Word } from '../../src/link/control-block.ts';
import { GuestMemory } from '../../src/ring/guest-memory.ts';
import { EchoDevice } from './echo-device.ts';

const { ram, control, attention, queues } = workerData as {
  ram: SharedArrayBuffer;
  control: SharedArrayBuffer;
  attention: SharedArrayBuffer;
  queues: number;
};

const block = new ControlBlock(control, queues);
const device = new EchoDevice(new Array(queues).fill(256));
const runtime = new DeviceRuntime(device, {
  memory: new GuestMemory(ram, 0, ram.byteLength),
  control: block,
  attention: new Attention(attention),
  index: 3,
});

parentPort?.on('message', (message) => {
  runtime.mailHeard();
  if (message === 'close') {
    block.store(Word.end, 1);
    block.signal();
    return;
  }
  parentPort?.postMessage({ answer: message, taken: device.taken });
});

block.store(Word.busy, 1);
await runtime.serve();
parentPort?.postMessage('closed');
