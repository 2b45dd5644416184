import { expect, test } from 'vitest';
import { Deferred } from '../../../src/machine/deferred.ts';
import { Rest } from '../../../src/machine/rest.ts';

/** Work that ends when it is told. */
function openWork() {
  const work = new Deferred<string>();
  const fail = () => work.reject(new Error('failed'));
  return { work: () => work.promise, end: () => work.resolve('done'), fail };
}

test('the machine goes on when the last of several has read', async () => {
  const rest = new Rest();
  const events: string[] = [];
  const begin = async () => {
    events.push('hold');
    rest.afterwards(() => events.push('go on'));
  };
  const [first, second] = [openWork(), openWork()];
  const reading = [rest.during(begin, first.work), rest.during(begin, second.work)];
  expect(rest.active).toBe(true);
  first.end();
  expect(await reading[0]).toBe('done');
  expect(events).toEqual(['hold']);
  let over = false;
  void rest.over.then(() => {
    over = true;
  });
  second.fail();
  await expect(reading[1]).rejects.toThrow('failed');
  expect(events).toEqual(['hold', 'go on']);
  await rest.over;
  expect([over, rest.active]).toEqual([true, false]);
});

test('what is asked for meanwhile comes after, the last of it', async () => {
  const rest = new Rest();
  const events: string[] = [];
  const { work, end } = openWork();
  const reading = rest.during(async () => rest.afterwards(() => events.push('go on')), work);
  rest.afterwards(null);
  rest.afterwards(() => events.push('start'));
  end();
  await reading;
  expect(events).toEqual(['start']);
});

test('no work begins before the machine stands still, or when it cannot', async () => {
  const rest = new Rest();
  const held = new Deferred<void>();
  let begun = false;
  const reading = rest.during(
    () => held.promise,
    async () => {
      begun = true;
    },
  );
  await Promise.resolve();
  expect(begun).toBe(false);
  held.reject(new Error('the device died'));
  await expect(reading).rejects.toThrow('the device died');
  expect([begun, rest.active]).toEqual([false, false]);
});
