import { afterEach, describe, expect, it, vi } from 'vitest';
import { MachineError } from '../../../src/machine/errors.ts';
import { describeFailure, downloadFailed, fileMissing } from '../../../src/page/failure.ts';

afterEach(() => vi.unstubAllGlobals());

const readAt = (hostname: string) => vi.stubGlobal('location', { hostname });

describe('the remedy', () => {
  it.each(['localhost', '127.0.0.1', '[::1]'])(
    'names a command to whoever serves it: %s',
    (host) => {
      readAt(host);
      expect(fileMissing('rootfs', 'it is not there', true).remedy).toContain('`npm start`');
      expect(downloadFailed('rootfs', 'it broke').remedy).toContain('`npm start`');
    },
  );

  it.each(['ringbox.example', 'a.localhost', '127.0.0.1.example', '192.168.1.7'])(
    'names none to a visitor of %s',
    (host) => {
      readAt(host);
      expect(fileMissing('rootfs', 'it is not there', true).remedy).not.toContain('npm');
      expect(downloadFailed('rootfs', 'it broke').remedy).toBe(
        'Check the connection, then try again.',
      );
    },
  );
});

describe('describeFailure', () => {
  it('keeps what an error says to do, also of one that has lost its class', () => {
    const error = new MachineError('disk-full', 'There is no room.', 'Free some.');
    const told = { message: 'There is no room.', remedy: 'Free some.' };
    expect(describeFailure(error)).toEqual(told);
    expect(describeFailure(structuredClone({ ...told, code: 'disk-full' }))).toEqual(told);
  });

  it.each([
    'Failed to fetch dynamically imported module: https://host.example/assets/page-1.js',
    'error loading dynamically imported module: https://host.example/assets/page-1.js',
    'Importing a module script failed.',
  ])('knows a part of the page that has not come: %s', (message) => {
    const failure = describeFailure(new TypeError(message));
    expect(failure.message).toBe('A part of the page could not be loaded.');
    expect(failure.remedy).toBe('Check the connection, then reload the page.');
    expect(failure.details).toBe(message);
  });

  it('takes anything else for a defect, with what those want who mend it', () => {
    const failure = describeFailure(new RangeError('so much'));
    expect(failure.message).toBe('so much');
    expect(failure.remedy).toContain('defect');
    expect(failure.details).toMatch(/RangeError: so much\n.*failure\.test/s);
    expect(describeFailure('a word')).not.toHaveProperty('details');
    expect(describeFailure(undefined).message).toBe('undefined');
    expect(describeFailure(new Error()).message).toBe('Something failed and did not say why.');
  });
});
