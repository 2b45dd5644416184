import type { InFlight, QueueSnapshot } from '../../../machine/index.ts';
import { type Look, notYet, type Verdict } from '../lesson.ts';
import type { World } from '../world.ts';

/** The disk that lessons are about, and its queue that Linux uses. */
export const DISK = 'vda';
export const DISK_QUEUE = 0;

export const AT_DISK: Look = { device: DISK, queue: DISK_QUEUE, view: 'queue' };

export function diskQueue(world: World): QueueSnapshot {
  return world.queue(DISK, DISK_QUEUE);
}

/** A chain on its way, with what it asks for. */
export interface Flying extends InFlight {
  title: string;
}

/** All chains on their way, as the disk reads them. */
export function requestsInFlight(world: World): Flying[] {
  return diskQueue(world).inFlight.map((chain) => {
    const title = world.request(DISK, DISK_QUEUE, chain.head)?.title ?? 'a chain with a fault';
    return { ...chain, title };
  });
}

/** How far the one is that is looked for, where it is not so far yet. */
export function waitingWords(world: World, wanted: string): Verdict {
  const { held } = world.device(DISK);
  if (!held) return notYet('The disk is not held: a request would come back at once.');
  const chains = requestsInFlight(world);
  if (chains.length === 0) return notYet('Nothing is in flight in the queue of the disk.');
  const mine = chains.find(({ title }) => title === wanted);
  if (mine === undefined) {
    return notYet(
      `In flight: ${titles(chains)}. That is Linux’s own: take and publish it, and yours will come.`,
    );
  }
  if (mine.state === 'available' || mine.state === 'notified') {
    const before = chains.filter((chain) => chain !== mine && chain.state === mine.state);
    if (before.length > 0)
      return notYet(`In flight: ${titles(chains)}. They are taken in their order.`);
    return notYet(`Chain ${mine.head} waits: “${wanted}”.`);
  }
  return notYet(
    mine.state === 'served'
      ? `Chain ${mine.head} is done and not visible.`
      : `The device works on chain ${mine.head}.`,
  );
}

/** Milliseconds between two looks whether a request has come, and looks at most. */
const LOOK_PACE = 300;
const LOOKS = 20;

/**
 * Lets Linux's own requests through, one by one, until the one that was asked for is there: a direct read waits for what is
 * being written to its place, and that would wait for ever for a disk that is held.
 */
export async function letOthersThrough(world: World, wanted: string): Promise<void> {
  const control = world.control(DISK);
  for (let look = 0; look < LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_PACE));
    const chains = requestsInFlight(world);
    if (!control.held || chains.some(({ title }) => title === wanted)) return;
    if (chains.some(({ state }) => state === 'notified')) await control.take();
    if (chains.length > 0) await control.publish();
  }
}

/** Of each chain what it asks for; of many the first. */
export function titles(chains: readonly Flying[]): string {
  const shown = chains.slice(0, 3).map(({ title }) => `“${title}”`);
  const more = chains.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
