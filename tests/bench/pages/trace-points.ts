import { Rig } from '../../unit/transport/rig.ts';

// The whole way of a request, from the driver's notification over the worker's part to the interrupt, in one thread: so
// nothing waits for anything, and what is left is what the code itself takes.

const rig = new Rig({ patience: 0 });
const driver = rig.start();
const question = [rig.buffer('what')];
const answer = [rig.space(4)];

function request(): void {
  driver.add(question, answer);
  rig.notify(0);
  rig.poll();
  rig.syncPoint();
  rig.poll();
  rig.syncPoint();
  rig.readIsr();
  driver.collectUsed();
}

declare global {
  /** Makes `count` requests. @returns nanoseconds of each, on average */
  var timeRequests: (count: number) => number;
}

globalThis.timeRequests = (count) => {
  const begin = performance.now();
  for (let made = 0; made < count; made++) request();
  return (1e6 * (performance.now() - begin)) / count;
};
