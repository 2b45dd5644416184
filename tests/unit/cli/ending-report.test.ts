import { describe, expect, it } from 'vitest';
import { exitCodeOf, type Stop } from '../../../src/cli/ending-report.ts';
import { RunError } from '../../../src/cli/run-error.ts';
import type { Ending } from '../../../src/headless/protocol.ts';

/** Exit status and line of a run's end. */
function report(ending: Ending, parts: { stop?: Stop; isCommand?: boolean; lastLine?: string }) {
  try {
    const result = { ending, lastLine: parts.lastLine ?? '' };
    return { code: exitCodeOf(result, parts.stop, parts.isCommand ?? false), line: '' };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { code: error.exitCode, line: error.message };
  }
}

describe('exitCodeOf', () => {
  it('calls it a success when the guest has powered off or rebooted', () => {
    expect(report({ kind: 'off' }, {})).toEqual({ code: 0, line: '' });
    expect(report({ kind: 'reboot' }, {})).toEqual({ code: 0, line: '' });
  });

  it("has the command's own status", () => {
    const parts = { isCommand: true };
    expect(report({ kind: 'status', status: 0 }, parts)).toEqual({ code: 0, line: '' });
    expect(report({ kind: 'status', status: 124 }, parts)).toEqual({ code: 124, line: '' });
  });

  it('says it when a command has told no status', () => {
    const end = report({ kind: 'off' }, { isCommand: true, lastLine: 'init: oh' });
    expect(end.code).toBe(1);
    expect(end.line).toBe(
      'the guest powered off before the command had told its exit status; ' +
        'the last line on its console: init: oh',
    );
  });

  it('tells of a panic', () => {
    const panic = { kind: 'panic', text: 'Attempted to kill init!' } as const;
    const line = "the guest's kernel panicked: Attempted to kill init!";
    expect(report(panic, { isCommand: true, lastLine: 'x' })).toEqual({ code: 3, line });
    const hint = '; --console ttyS0 shows more of what it said';
    expect(report(panic, {})).toEqual({ code: 3, line: `${line}${hint}` });
  });

  it('tells of a timeout, with what the guest has said last', () => {
    const stop = { kind: 'timeout', seconds: 5 } as const;
    expect(report({ kind: 'stopped' }, { stop, lastLine: 'login:' })).toEqual({
      code: 124,
      line:
        'timeout: the guest had not ended after 5 s (--timeout); ' +
        'the last line on its console: login:',
    });
  });

  it('does not call an end that came by itself a timeout', () => {
    const stop = { kind: 'timeout', seconds: 5 } as const;
    expect(report({ kind: 'off' }, { stop }).code).toBe(0);
  });

  it('is silent about a signal and about the key to leave', () => {
    const interrupted = { kind: 'signal', signal: 'SIGINT' } as const;
    expect(report({ kind: 'stopped' }, { stop: interrupted })).toEqual({ code: 130, line: '' });
    expect(report({ kind: 'stopped' }, { stop: { kind: 'left' } })).toEqual({ code: 0, line: '' });
  });

  it.each([
    ['not-a-kernel', 2],
    ['memory-out-of-range', 2],
    ['memory-too-small', 2],
    ['too-many-devices', 2],
    ['memory-unavailable', 1],
    ['device-died', 1],
  ] as const)('tells what to do about %s', (code, exitCode) => {
    const ending = { kind: 'failed', code, message: 'It is so.', remedy: 'Do\nthis.' } as const;
    expect(report(ending, {})).toEqual({ code: exitCode, line: 'It is so. Do this.' });
  });
});
