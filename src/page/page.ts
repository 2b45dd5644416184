import type { Terminal } from '@xterm/xterm';
import type { MachineState } from '../machine/events.ts';
import { copyKeptDisk, keptDisks, Machine } from '../machine/index.ts';
import { MEMORY_LIMITS } from '../machine/options.ts';
import { checkEnvironment } from '../machine/prerequisites.ts';
import { mayGoOn, parseArrival } from './arrival.ts';
import { arrive } from './arrive.ts';
import { copySelection } from './clipboard.ts';
import { freeName } from './disks/names.ts';
import { freshQuestion } from './disks/words.ts';
import { Drops, type DropZone } from './drop.ts';
import { byId } from './elements.ts';
import { describeFailure, type Failure, failureCode } from './failure.ts';
import { isolate, keepForOffline } from './isolation.ts';
import { KeptLine } from './kept-line.ts';
import { KeyRow } from './keys/key-row.ts';
import { guardLeaving } from './leave-guard.ts';
import type { LoadedMachine } from './load.ts';
import { LoadingView } from './loading-view.ts';
import { monitor } from './monitor.ts';
import type { Notice, NoticeAction, NoticeView } from './notice.ts';
import {
  arrivalNotice,
  diskFullNotice,
  failedStartNotice,
  failureNotice,
  keptDiskNotice,
  notCopiedNotice,
  offNotice,
  panicNotice,
  RELOAD,
  type WaysOn,
  waysAfterFailedStart,
  wentOnNotice,
} from './notices.ts';
import type { PageServices } from './page-services.ts';
import { type PageState, pageState } from './page-state.ts';
import type { PanelTarget } from './panels/panel.ts';
import type { Panels } from './panels/panels.ts';
import { DEFAULT_PLAN, type MachinePlan, ROOT_DISK, sourceName } from './plan.ts';
import { untilPrompt } from './prompt.ts';
import { type Question, QuestionDialog } from './question.ts';
import { type Keeping, progressOf, tidyImages } from './root-disk.ts';
import { goOn, isRoundsKey } from './rounds.ts';
import { MachineSaver } from './saved/machine-saver.ts';
import { type SavedMachine, timeOfSaved } from './saved/saved-machine.ts';
import { type CreateMachine, Session, type SessionEvents, type StartOptions } from './session.ts';
import type { Settings } from './settings.ts';
import { Sheet } from './sheet.ts';
import { StatusLine } from './status-line.ts';
import { openTerminal } from './terminal.ts';
import { Toolbar } from './toolbar.ts';
import { addressWithRoot, parsePlan } from './url-parameters.ts';

declare global {
  interface Window {
    /** A handle for the end-to-end tests and for the curious; nothing of the page reads it. */
    ringbox: { readonly machine: Machine | null; readonly terminal: Terminal };
  }
}

const READER_ON =
  'What the machine prints is read aloud from now on. Control Shift L leaves the terminal.';
const READER_OFF = 'What the machine prints is not read aloud any more.';

/** Panels in which devices are watched, which are to be moved by nothing but the guest. */
const WATCHING = ['inspector', 'lessons'];

const TAKES_INPUT: readonly PageState[] = ['ready', 'running', 'halted', 'paused'];

/** The parts of the page and what they have to do with each other. */
class Page implements PageServices {
  readonly settings: Settings;
  readonly #panels: Panels;
  readonly #terminal: Terminal;
  readonly #statusLine = new StatusLine();
  readonly #loading = new LoadingView(() => this.#session.startAgain());
  readonly #notice: NoticeView;
  readonly #sheet = new Sheet((plan) => this.start(plan));
  readonly #question = new QuestionDialog();
  readonly #keptLine = new KeptLine(() => this.#ways.fresh());
  readonly #drops = new Drops();
  readonly #session: Session;
  readonly #machineListeners: ((machine: Machine | null) => void)[] = [];
  readonly #work: (() => boolean)[] = [];
  #stopMonitor = () => {};
  /** Saves the machine that is there for the next visit; null where that makes no sense. */
  #saver: MachineSaver | null = null;
  /** Of the machine that is there. */
  #machineEnd = new AbortController();
  #hasArrived = false;
  #starting: MachinePlan | null = DEFAULT_PLAN;

  readonly #ways: WaysOn = {
    goOn: () => this.#notice.dismiss(),
    reset: () => this.#reset(),
    again: () => this.#session.startAgain(),
    another: () => this.#sheet.open(),
    look: () => this.#session.startAgain({ root: { kind: 'look', name: this.#rootDisk } }),
    copy: () => this.#startCopy(this.#rootDisk),
    ownDisk: () => this.#session.startAgain({ root: DEFAULT_PLAN.root }),
    withoutKeeping: () => this.#session.startAgain({ root: { kind: 'fresh' } }),
    fresh: () => this.startFresh(),
    disks: () => {
      this.#notice.close();
      this.#panels.open('disks');
    },
  };

  readonly #toolbar = new Toolbar({
    onPause: () => this.#session.machine?.pause(),
    onResume: () => this.#resume(),
    onReset: this.#ways.reset,
    onAnother: this.#ways.another,
  });

  constructor(
    createMachine: CreateMachine,
    panels: Panels,
    settings: Settings,
    notice: NoticeView,
  ) {
    this.#panels = panels;
    this.settings = settings;
    this.#notice = notice;
    const place = byId('terminal', HTMLElement);
    this.#terminal = openTerminal(place, settings, () => this.#copy());
    notice.returnFocus = () => this.#terminal.focus();
    const keyRow = new KeyRow(this.#terminal);
    const events: SessionEvents = {
      loading: (plan, goesOn) => this.#onLoading(plan, goesOn),
      onTransfer: (name, total) => this.#loading.addTransfer(name, total),
      made: (machine, loaded) => this.#onMade(machine, loaded),
      wentOn: (saved) => this.#onWentOn(saved),
      state: (state) => this.#onState(state),
      panic: (text) => this.#notice.open(panicNotice(text, this.#ways)),
      error: (reason, machine) => this.#onError(reason, machine),
      ended: () => this.#onEnded(),
    };
    const modify = (typed: string) => keyRow.modify(typed);
    this.#session = new Session(createMachine, this.#terminal, events, modify);
    this.#listen();
    this.#drops.accept({
      within: null,
      overlay: 'drop',
      take: (files) => {
        this.#sheet.open();
        this.#sheet.addFiles(files);
      },
    });
    guardLeaving(this.#terminal, this.#session, () => this.#work.some((isWorking) => isWorking()));
    window.ringbox = pageHandle(this.#terminal, this.#session);
    panels.connect(this);
  }

  get machine(): Machine | null {
    return this.#session.machine;
  }

  get plan(): MachinePlan | null {
    return this.#session.plan;
  }

  get starting(): MachinePlan | null {
    return this.#starting;
  }

  onMachine(listener: (machine: Machine | null) => void): void {
    this.#machineListeners.push(listener);
  }

  start(plan: MachinePlan): void {
    this.#start(plan);
  }

  /** Starts what the address asks for, or goes on with it. */
  visit(address: URL): void {
    this.#start(parsePlan(address), { goesOn: mayGoOn(address) });
  }

  #start(plan: MachinePlan, options?: StartOptions): void {
    this.#sheet.show(plan);
    void this.#session.start(plan, options);
  }

  async reset(): Promise<void> {
    this.#notice.close();
    await this.#session.reset();
  }

  propose(plan: MachinePlan): void {
    this.#sheet.show(plan);
    this.#sheet.open();
  }

  async startFresh(): Promise<void> {
    const confirmed = await this.confirm(freshQuestion(this.#keptLine.amount));
    if (confirmed) await this.#session.startFresh();
  }

  type(text: string): void {
    this.#panels.uncoverTerminal();
    this.#terminal.paste(text);
    this.#terminal.focus();
  }

  async untilPrompt(): Promise<boolean> {
    if (this.machine === null) return false;
    const { signal } = this.#machineEnd;
    return untilPrompt(this.#terminal, signal).then(
      () => true,
      () => false,
    );
  }

  openPanel(id: string, target?: PanelTarget): void {
    this.#panels.open(id, target);
  }

  aimPanel(id: string, target: PanelTarget): void {
    this.#panels.aim(id, target);
  }

  tellMissed(failure: Failure, { label, run }: NoticeAction): void {
    const wayOn = () => {
      this.#notice.dismiss();
      run();
    };
    this.#notice.openOver(arrivalNotice(failure, [{ label, run: wayOn }]));
  }

  confirm(question: Question): Promise<boolean> {
    return this.#question.ask(question);
  }

  announce(sentence: string): void {
    byId('panel-announcement', HTMLElement).textContent = sentence;
  }

  acceptDrops(zone: DropZone): void {
    this.#drops.accept(zone);
  }

  guardLeaving(isWorking: () => boolean): void {
    this.#work.push(isWorking);
  }

  /** @param actions where those after a failed start would not help */
  showFailedStart(reason: unknown, actions?: readonly NoticeAction[]): void {
    this.#loading.close();
    this.#starting = null;
    this.#tellMachine(null);
    this.#showState('error');
    const failure = describeFailure(reason);
    const notice =
      this.#rootDiskNotice(reason, failure) ??
      failedStartNotice(failure, actions ?? waysAfterFailedStart(this.#ways));
    this.#notice.open(notice);
  }

  /** Of a root disk that cannot be had, if the failure can only be of that. */
  #rootDiskNotice(reason: unknown, failure: Failure): Notice | undefined {
    const { plan } = this.#session;
    const others = plan?.kernel !== null || plan.disks.some(({ source }) => 'kept' in source);
    if (others) return undefined;
    return keptDiskNotice(failureCode(reason), failure, this.#rootDisk === ROOT_DISK, this.#ways);
  }

  /** The name that the root disk is kept under. */
  get #rootDisk(): string {
    const root = this.#session.plan?.root;
    return root === undefined || root.kind === 'fresh' ? ROOT_DISK : root.name;
  }

  /** Copies a kept root disk and starts on the copy. */
  async #startCopy(from: string): Promise<void> {
    const disks = await keptDisks().catch(() => []);
    const name = freeName(
      `${from} (copy)`,
      disks.map((disk) => disk.name),
    );
    const root = { kind: 'kept', name } as const;
    await this.#session.startAgain({ root }, async ({ signal, onTransfer }) => {
      const onProgress = progressOf(`A copy of “${from}”`, { onTransfer });
      await copyKeptDisk(from, name, { signal, onProgress });
    });
  }

  #listen(): void {
    addEventListener('keydown', (event) => {
      if (!isRoundsKey(event)) return;
      event.preventDefault();
      // A dialog keeps the keyboard until it is closed.
      if (document.querySelector('dialog[open]') === null) this.#goOn();
    });
    byId('to-terminal', HTMLButtonElement).addEventListener('click', () => {
      this.#panels.uncoverTerminal();
      this.#terminal.focus();
    });
    this.#followReader();
  }

  /** Brings the keyboard to the next part of the page. */
  #goOn(): void {
    const terminal = { element: this.#terminal.element!, focus: () => this.#terminal.focus() };
    goOn([
      ...(this.#panels.coversTerminal ? [] : [terminal]),
      ...(this.#notice.isOpen ? [this.#notice] : []),
      ...this.#panels.regions,
      this.#toolbar,
    ]);
  }

  #followReader(): void {
    const button = byId('read-aloud', HTMLButtonElement);
    button.addEventListener('click', () => {
      const screenReader = !this.settings.now.screenReader;
      this.settings.change({ screenReader });
      this.announce(screenReader ? READER_ON : READER_OFF);
    });
    this.settings.follow(({ screenReader }) => {
      button.ariaPressed = `${screenReader}`;
    });
  }

  #copy(): void {
    copySelection(this.#terminal).catch((reason) => {
      console.info('Nothing was copied.', reason);
      const again = () => {
        this.#notice.dismiss();
        this.#copy();
      };
      this.#notice.openOver(notCopiedNotice(again));
    });
  }

  #onLoading(plan: MachinePlan, goesOn: boolean): void {
    history.replaceState(null, '', addressWithRoot(new URL(location.href), plan));
    this.#starting = plan;
    this.#notice.close();
    this.#keptLine.hide();
    const saved = goesOn ? timeOfSaved(plan) : null;
    this.#loading.open(saved === null ? null : inWords(saved));
    this.#showState('loading');
    this.#statusLine.showMemory(plan.memory);
    byId('guest-name', HTMLElement).textContent = startedName(plan);
  }

  #onMade(machine: Machine, { options, keeping, identity }: LoadedMachine): void {
    this.#loading.close();
    this.#starting = null;
    this.#statusLine.showMemory(options.memory ?? MEMORY_LIMITS.standard);
    this.#onState(machine.state);
    this.#stopMonitor = monitor(() => machine.statistics(), this.#statusLine, keepForOffline);
    if (keeping !== null) this.#showKeeping(keeping, machine);
    if (identity !== null) {
      this.#saver = new MachineSaver(machine, identity, {
        terminal: this.#terminal,
        isWatched: () => WATCHING.some((panel) => this.#panels.isShown(panel)),
        saved: () => this.#onSaved(machine),
      });
    }
    this.#machineEnd = new AbortController();
    this.#tellMachine(machine);
    this.#terminal.focus();
    this.#arrive(machine);
  }

  #onWentOn({ snapshot }: SavedMachine): void {
    const notice = wentOnNotice(inWords(snapshot.info.created), this.#ways);
    this.#notice.open(notice);
    // It lies over what the terminal shows: who goes on has read it.
    const typed = this.#terminal.onKey(() => {
      typed.dispose();
      this.#notice.close(notice);
    });
  }

  /** It has stood still meanwhile, of which nothing was told. */
  #onSaved({ state }: Machine): void {
    if (state !== 'running') this.#onState(state);
  }

  /** The first machine is brought to what the address asks for. */
  #arrive(machine: Machine): void {
    if (this.#hasArrived) return;
    this.#hasArrived = true;
    arrive(parseArrival(new URL(location.href)), this, machine).catch((reason) => {
      this.#notice.open(arrivalNotice(describeFailure(reason)));
    });
  }

  #onEnded(): void {
    this.#stopMonitor();
    this.#saver?.stop();
    this.#saver = null;
    this.#machineEnd.abort();
    this.#tellMachine(null);
  }

  #tellMachine(machine: Machine | null): void {
    for (const listener of this.#machineListeners) listener(machine);
  }

  #showKeeping(keeping: Keeping, machine: Machine): void {
    this.#keptLine.show(keeping, machine.disks[0]);
    // Only the root disk itself: see tidyImages.
    if (keeping !== 'kept' && keeping !== 'kept-on-earlier') return;
    tidyImages().catch((reason) => {
      console.warn('Images that are not needed any more could not be deleted.', reason);
    });
  }

  #onState(state: MachineState): void {
    if (this.#saver?.isHolding) return;
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
    const failure = describeFailure(reason);
    const full = failureCode(reason) === 'disk-full';
    const notice = full
      ? diskFullNotice(failure, this.#ways)
      : failureNotice(failure, survives, this.#ways);
    this.#notice.open(notice);
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
    void this.reset();
    this.#terminal.focus();
  }
}

/** A time for a person, as their browser writes it. @param time milliseconds since 1970 */
function inWords(time: number): string {
  return new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
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

/** Builds the page and starts the machine that its address asks for. */
export async function openPage(
  panels: Panels,
  settings: Settings,
  notice: NoticeView,
): Promise<void> {
  const page = new Page((options) => Machine.create(options), panels, settings, notice);
  try {
    // Before anything is downloaded: without shared memory the files would be of no use.
    if (!(await isolate())) return;
    checkEnvironment();
  } catch (reason) {
    page.showFailedStart(reason, [waysOnWithoutIsolation()]);
    return;
  }
  try {
    page.visit(new URL(location.href));
  } catch (reason) {
    const start = () => page.start(DEFAULT_PLAN);
    page.showFailedStart(reason, [{ label: 'Start Ringbox’s own machine', run: start }]);
  }
}

function waysOnWithoutIsolation(): NoticeAction {
  if (window.top === window) return RELOAD;
  return { label: 'Open in a tab', run: () => void open(location.href, '_blank', 'noopener') };
}
