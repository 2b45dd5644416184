import type { MachineErrorCode } from '../machine/errors.ts';
import type { Failure } from './failure.ts';
import type { Notice, NoticeAction } from './notice.ts';

/** The ways on that a notice can offer. */
export interface WaysOn {
  /** Leaves all as it is. */
  goOn: () => void;
  /** Power-cycles the machine that is there; its disks keep their content. */
  reset: () => void;
  /** Makes the same machine anew. */
  again: () => void;
  /** Opens the sheet. */
  another: () => void;
  /** Makes the same machine anew, on the root disk as another tab has it now; changes are not kept. */
  look: () => void;
  /** Makes the same machine anew on the root disk itself, not on a copy. */
  ownDisk: () => void;
  /** Copies the root disk that another tab has, and makes the same machine anew on the copy. */
  copy: () => void;
  /** Opens the panel of disks. */
  disks: () => void;
  /** Makes the same machine anew, with a root disk whose changes are not kept. */
  withoutKeeping: () => void;
  /** Asks whether the kept changes to the root disk may be forgotten, and starts without them. */
  fresh: () => void;
}

const another = (ways: WaysOn): NoticeAction => ({
  label: 'Start another machine',
  run: ways.another,
});

/** @param message the kernel's own words, empty if it has none */
export function panicNotice(message: string, ways: WaysOn): Notice {
  return {
    tone: 'alarm',
    title: 'The kernel has panicked',
    message: message || 'It gave no reason.',
    remedy: 'Its output stays in the terminal. A restart keeps what is on the disks.',
    actions: [{ label: 'Restart', run: ways.reset }, another(ways)],
    alone: false,
  };
}

export function offNotice(ways: WaysOn): Notice {
  return {
    tone: 'calm',
    title: 'The guest has powered off',
    message: 'Started again, it finds its disks as it left them.',
    remedy: '',
    actions: [{ label: 'Start again', run: ways.reset }, another(ways)],
    alone: false,
  };
}

export const RELOAD: NoticeAction = { label: 'Reload', run: () => location.reload() };

/** There is no page to speak of: a part of it has not come, or does not work. */
export function unopenedNotice(failure: Failure): Notice {
  return {
    tone: 'alarm',
    title: 'The page could not be opened',
    ...failure,
    actions: [RELOAD],
    alone: true,
  };
}

/** Something has failed that nobody was ready for; the rest goes on as far as it can. */
export function defectNotice(failure: Failure): Notice {
  return {
    tone: 'alarm',
    title: 'Something on this page has failed',
    ...failure,
    actions: [RELOAD],
    alone: false,
  };
}

/** The clipboard has not taken what was to be copied. */
export function notCopiedNotice(again: () => void): Notice {
  return {
    tone: 'calm',
    title: 'Nothing was copied',
    message: 'The browser does not let this page write to the clipboard.',
    remedy:
      'Allow it in the browser’s settings for this page, or copy by the menu of the right mouse button: the text is still selected.',
    actions: [{ label: 'Try again', run: again }],
    alone: false,
  };
}

/** There is no machine: it could not be made, or not even tried. */
export function failedStartNotice(failure: Failure, actions: readonly NoticeAction[]): Notice {
  return { tone: 'alarm', title: 'The machine could not start', ...failure, actions, alone: true };
}

const COPY_LEFT_AS_IT_IS =
  'This copy is left as it is. Use the root disk itself, or a fresh one whose changes are not kept.';

/** Of a root disk that is kept, and cannot be used as it is. */
const LEFT_AS_IT_IS =
  'What is kept is left as it is. Forget it and begin with a fresh disk, or use one for now whose changes are not kept.';

/**
 * That the root disk with its kept changes cannot be had; undefined for any other failure.
 * @param isOwn it is the root disk itself, not a copy of it that has a name of its own
 */
export function keptDiskNotice(
  code: MachineErrorCode | undefined,
  failure: Failure,
  isOwn: boolean,
  ways: WaysOn,
): Notice | undefined {
  const withoutKeeping = { label: 'Use without keeping', run: ways.withoutKeeping };
  const again = { label: 'Try again', run: ways.again };
  const own = { label: 'Use the root disk', run: ways.ownDisk };
  const fresh = { label: 'Fresh disk', run: ways.fresh };
  switch (code) {
    case 'disk-in-use':
      return {
        ...failedStartNotice(failure, [
          { label: 'Look at it', run: ways.look },
          { label: 'Make a copy', run: ways.copy },
          withoutKeeping,
          again,
        ]),
        tone: 'calm',
        title: 'This disk is open in another tab',
        message: 'One tab at a time can have the root disk with the changes that are kept.',
        remedy:
          'Look at it as it is now, and nothing that you change here is kept; or make a copy, which is kept beside it. You can also use a fresh disk, of which nothing is kept, or close the other tab and try again.',
      };
    case 'disk-full':
      return failedStartNotice(failure, [withoutKeeping, again]);
    case 'disk-damaged':
    case 'disk-foreign':
    case 'disk-version':
    case 'base-changed':
      return {
        ...failedStartNotice(failure, isOwn ? [withoutKeeping, fresh] : [own, withoutKeeping]),
        title: 'The root disk with your changes cannot be used',
        remedy: isOwn ? LEFT_AS_IT_IS : COPY_LEFT_AS_IT_IS,
      };
    default:
      return undefined;
  }
}

/** The browser has no more room for what the guest writes. */
export function diskFullNotice(failure: Failure, ways: WaysOn): Notice {
  return {
    tone: 'alarm',
    title: 'The browser’s storage is full',
    message: `${failure.message} What the guest had written out before is safe.`,
    remedy: failure.remedy,
    actions: [{ label: 'Show the disks', run: ways.disks }],
    alone: false,
  };
}

/** The ways on after a failed start, which another try or other files may mend. */
export function waysAfterFailedStart(ways: WaysOn): NoticeAction[] {
  return [{ label: 'Try again', run: ways.again }, another(ways)];
}

/** Of an address that asks for what cannot be had. */
export function arrivalNotice(failure: Failure, actions: readonly NoticeAction[] = []): Notice {
  const title = 'Not all that the address asks for could be done';
  return { tone: 'calm', title, ...failure, actions, alone: false };
}

/** The machine has not booted. @param time when it was saved, in words */
export function wentOnNotice(time: string, ways: WaysOn): Notice {
  return {
    tone: 'calm',
    title: 'Your machine goes on',
    message: `It is as it was on ${time}, when this page saved it: what ran then runs.`,
    remedy: 'Start it anew if you would rather have it boot; its disk stays as it is.',
    actions: [
      { label: 'Go on', run: ways.goOn },
      { label: 'Start anew', run: ways.reset },
    ],
    alone: false,
  };
}

/**
 * Something of the machine has failed. The way on is a new machine: a worker that has died does not
 * come back with a reset. @param survives the rest of the machine still runs
 */
export function failureNotice(failure: Failure, survives: boolean, ways: WaysOn): Notice {
  return {
    tone: 'alarm',
    title: survives ? 'A part of the machine has failed' : 'The machine has failed',
    ...failure,
    actions: [{ label: 'Start again', run: ways.again }, another(ways)],
    alone: false,
  };
}
