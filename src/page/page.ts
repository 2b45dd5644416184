import type { Terminal } from '@xterm/xterm';
import type { MachineState } from '../machine/events.ts';
import type { Machine } from '../machine/index.ts';
import { MEMORY_LIMITS } from '../machine/options.ts';
import { checkEnvironment } from '../machine/prerequisites.ts';
import { acceptDrops } from './drop.ts';
import { byId } from './elements.ts';
import { describeFailure, failureCode } from './failure.ts';
import { FreshDialog } from './fresh-dialog.ts';
import { KeptLine } from './kept-line.ts';
import type { LoadedMachine } from './load.ts';
import { LoadingView } from './loading-view.ts';
import { monitor } from './monitor.ts';
import { type NoticeAction, NoticeView } from './notice.ts';
import {
  failedStartNotice,
  failureNotice,
  keptDiskNotice,
  offNotice,
  panicNotice,
  type WaysOn,
  waysAfterFailedStart,
} from './notices.ts';
import { type PageState, pageState } from './page-state.ts';
import { DEFAULT_PLAN, type MachinePlan, sourceName } from './plan.ts';
import { type Keeping, tidyImages } from './root-disk.ts';
import { type CreateMachine, Session } from './session.ts';
import { Sheet } from './sheet.ts';
import { StatusLine } from './status-line.ts';
import { openTerminal } from './terminal.ts';
import { Toolbar } from './toolbar.ts';
import { parsePlan } from './url-parameters.ts';

declare global {
  interface Window {
    /** A handle for the end-to-end tests and for the curious; nothing of the page reads it. */
    ringbox: { readonly machine: Machine | null; readonly terminal: Terminal };
  }
}

const TAKES_INPUT: readonly PageState[] = ['ready', 'running', 'halted', 'paused'];

/** The parts of the page and what they have to do with each other. */
class Page {
  readonly #terminal = openTerminal(byId('terminal', HTMLElement), () => this.#toolbar.focus());
  readonly #statusLine = new StatusLine();
  readonly #loading = new LoadingView();
  readonly #notice = new NoticeView(() => this.#terminal.focus());
  readonly #sheet = new Sheet((plan) => this.start(plan));
  readonly #freshDialog = new FreshDialog(() => this.#session.startFresh());
  readonly #keptLine = new KeptLine(() => this.#ways.fresh());
  readonly #session: Session;
  #stopMonitor = () => {};

  readonly #ways: WaysOn = {
    reset: () => this.#reset(),
    again: () => this.#session.startAgain(),
    another: () => this.#sheet.open(),
    withoutKeeping: () => this.#session.startAgain({ keep: false }),
    fresh: () => this.#freshDialog.open(this.#keptLine.amount),
  };

  readonly #toolbar = new Toolbar({
    onPause: () => this.#session.machine?.pause(),
    onResume: () => this.#resume(),
    onReset: this.#ways.reset,
    onAnother: this.#ways.another,
  });

  constructor(createMachine: CreateMachine) {
    this.#session = new Session(createMachine, this.#terminal, {
      loading: (plan) => this.#onLoading(plan),
      onTransfer: (name, total) => this.#loading.addTransfer(name, total),
      made: (machine, loaded) => this.#onMade(machine, loaded),
      state: (state) => this.#onState(state),
      panic: (text) => this.#notice.open(panicNotice(text, this.#ways)),
      error: (reason, machine) => this.#onError(reason, machine),
      ended: () => this.#stopMonitor(),
    });
    acceptDrops((files) => {
      this.#sheet.open();
      this.#sheet.addFiles(files);
    });
    guardWork(this.#terminal, this.#session);
    window.ringbox = pageHandle(this.#terminal, this.#session);
  }

  start(plan: MachinePlan): void {
    this.#sheet.show(plan);
    this.#session.start(plan);
  }

  /** @param actions where those after a failed start would not help */
  showFailedStart(reason: unknown, actions?: readonly NoticeAction[]): void {
    this.#loading.close();
    this.#showState('error');
    const failure = describeFailure(reason);
    const notice =
      keptDiskNotice(failureCode(reason), failure, this.#ways) ??
      failedStartNotice(failure, actions ?? waysAfterFailedStart(this.#ways));
    this.#notice.open(notice);
  }

  #onLoading(plan: MachinePlan): void {
    this.#notice.close();
    this.#keptLine.hide();
    this.#loading.open();
    this.#showState('loading');
    this.#statusLine.showMemory(plan.memory);
    byId('guest-name', HTMLElement).textContent = startedName(plan);
  }

  #onMade(machine: Machine, { options, keeping }: LoadedMachine): void {
    this.#loading.close();
    this.#statusLine.showMemory(options.memory ?? MEMORY_LIMITS.standard);
    this.#onState(machine.state);
    this.#stopMonitor = monitor(() => machine.statistics(), this.#statusLine);
    if (keeping !== null) this.#showKeeping(keeping, machine);
    this.#terminal.focus();
  }

  #showKeeping(keeping: Keeping, machine: Machine): void {
    this.#keptLine.show(keeping, machine.disks[0]);
    if (keeping === 'not-kept' || keeping === 'cannot-keep') return;
    tidyImages().catch((reason) => {
      console.warn('Images that are not needed any more could not be deleted.', reason);
    });
  }

  #onState(state: MachineState): void {
    if (state === 'running') this.#notice.close();
    if (state === 'off') this.#notice.open(offNotice(this.#ways));
    this.#showState(pageState(state));
  }

  #onError(reason: unknown, machine: Machine | null): void {
    if (machine === null) {
      this.showFailedStart(reason);
      return;
    }
    const survives = pageState(machine.state) !== 'error';
    if (!survives) this.#showState('error');
    this.#notice.open(failureNotice(describeFailure(reason), survives, this.#ways));
  }

  #showState(state: PageState): void {
    this.#statusLine.showState(state);
    this.#toolbar.showState(state);
    this.#terminal.options.disableStdin = !TAKES_INPUT.includes(state);
  }

  #resume(): void {
    this.#session.machine?.resume();
    this.#terminal.focus();
  }

  #reset(): void {
    this.#notice.close();
    this.#session.reset();
    this.#terminal.focus();
  }
}

/** The file that is started: a kernel, or the first disk. */
function startedName({ kernel, disks }: MachinePlan): string {
  if (kernel === null) return 'Linux';
  if (kernel !== 'firmware') return sourceName(kernel);
  return disks.length > 0 ? sourceName(disks[0].source) : 'Firmware';
}

function pageHandle(terminal: Terminal, session: Session): Window['ringbox'] {
  return {
    terminal,
    get machine() {
      return session.machine;
    },
  };
}

/**
 * Asks before the tab closes once something was typed: Ctrl-W, which deletes a word in a shell, is
 * the browser's own key and ends the machine.
 */
function guardWork(terminal: Terminal, session: Session): void {
  let typed = false;
  terminal.onKey(() => {
    typed = true;
  });
  addEventListener('beforeunload', (event) => {
    const state = session.machine?.state;
    if (typed && (state === 'running' || state === 'paused')) event.preventDefault();
  });
}

/** Builds the page and starts the machine that its address asks for. */
export function openPage(createMachine: CreateMachine): void {
  const page = new Page(createMachine);
  try {
    // Before anything is downloaded: without shared memory the files would be of no use.
    checkEnvironment();
  } catch (reason) {
    page.showFailedStart(reason, [{ label: 'Reload', run: () => location.reload() }]);
    return;
  }
  try {
    page.start(parsePlan(new URL(location.href)));
  } catch (reason) {
    const start = () => page.start(DEFAULT_PLAN);
    page.showFailedStart(reason, [{ label: 'Start Ringbox’s own machine', run: start }]);
  }
}
