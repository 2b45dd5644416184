import { beforeEach, expect, test } from 'vitest';
import { Events } from '../../../src/machine/events.ts';

interface Catalogue {
  count: number;
  done: undefined;
}

let events: Events<Catalogue>;
let heard: string[];

beforeEach(() => {
  events = new Events();
  heard = [];
});

test('each listener hears each event of its name, in order', () => {
  events.on('count', (value) => heard.push(`first ${value}`));
  events.on('count', (value) => heard.push(`second ${value}`));
  events.on('done', () => heard.push('done'));
  events.emit('count', 1);
  events.emit('count', 2);
  events.emit('done', undefined);
  expect(heard).toEqual(['first 1', 'second 1', 'first 2', 'second 2', 'done']);
});

test('an event that nobody hears is no mistake', () => {
  events.emit('count', 1);
});

test('a listener that has ended hears no more, and the others do', () => {
  const end = events.on('count', () => heard.push('ended'));
  events.on('count', () => heard.push('other'));
  end();
  end();
  events.emit('count', 1);
  expect(heard).toEqual(['other']);
});

test('a listener may end itself, and another, while it hears', () => {
  const endFirst = events.on('count', () => {
    heard.push('first');
    endFirst();
    endSecond();
  });
  const endSecond = events.on('count', () => heard.push('second'));
  events.on('count', () => heard.push('third'));
  events.emit('count', 1);
  events.emit('count', 2);
  expect(heard).toEqual(['first', 'third', 'third']);
});

test('one function that listens twice to one name is one listener', () => {
  const listener = () => heard.push('heard');
  events.on('count', listener);
  events.on('count', listener);
  events.emit('count', 1);
  expect(heard).toEqual(['heard']);
});
