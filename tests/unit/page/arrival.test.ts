import { describe, expect, it } from 'vitest';
import { addressOf, panelsOf, parseArrival, withoutArrival } from '../../../src/page/arrival.ts';

const parse = (query: string) => parseArrival(new URL(`https://host.example/ringbox/${query}`));
const NOTHING = { lesson: null, inspect: null, hold: [], run: [] };

describe('parseArrival', () => {
  it.each(['', '?keep=no', '?lesson=', '?inspect=&run=%20'])('finds nothing in %j', (query) => {
    expect(parse(query)).toEqual(NOTHING);
    expect(panelsOf(parse(query))).toEqual([]);
  });

  it('reads what is to be open, and how the machine is to be found', () => {
    const query = '?lesson=one-sector.take&inspect=vda.0.device&hold=vda&hold=rng&run=ls&run=df+-h';
    expect(parse(query)).toEqual({
      lesson: { lesson: 'one-sector', step: 'take' },
      inspect: { device: 'vda', queue: 0, view: 'device' },
      hold: ['vda', 'rng'],
      run: ['ls', 'df -h'],
    });
    expect(panelsOf(parse(query))).toEqual(['inspector', 'lessons']);
  });

  it('leaves out what may be left out', () => {
    expect(parse('?lesson=batches').lesson).toEqual({ lesson: 'batches', step: undefined });
    expect(parse('?inspect=console').inspect).toEqual({
      device: 'console',
      queue: 0,
      view: undefined,
    });
    expect(parse('?inspect=console.none').inspect?.queue).toBe(0);
  });

  it('takes one line of text as a command, and no keys', () => {
    expect(parse('?run=ls%0Arm%20x%03%1b[A').run).toEqual(['ls rm x [A']);
  });
});

describe('addressOf', () => {
  const page = new URL('https://host.example/ringbox/?keep=no&memory=64&lesson=old&hold=rng#top');

  it('is read back as it was written, beside what the address says of the machine', () => {
    const arrival = {
      lesson: { lesson: 'one-sector', step: 'take' },
      inspect: { device: 'vda', queue: 0, view: 'queue' },
      hold: ['console'],
      run: ['echo "a&b"'],
    };
    const address = addressOf(page, arrival);
    expect(parseArrival(address)).toEqual(arrival);
    expect(address.href).toContain('?keep=no&memory=64&lesson=one-sector.take&inspect=vda.0.queue');
  });

  it('without anything is the page with its machine', () => {
    expect(addressOf(page, NOTHING).href).toBe(withoutArrival(page).href);
    expect(withoutArrival(page).href).toBe('https://host.example/ringbox/?keep=no&memory=64');
  });
});
