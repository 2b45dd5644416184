import type { Machine } from '../machine/index.ts';
import type { DropZone } from './drop.ts';
import type { Failure } from './failure.ts';
import type { NoticeAction } from './notice.ts';
import type { PanelTarget } from './panels/panel.ts';
import type { MachinePlan } from './plan.ts';
import type { Question } from './question.ts';
import type { Settings } from './settings.ts';

/** What the page lends to its panels. */
export interface PageServices {
  /** The machine that is there; null between two, and after a failed start. */
  readonly machine: Machine | null;
  /** What was started last. */
  readonly plan: MachinePlan | null;
  /** What is on its way to be the machine, from the beginning on; null when that is there, or could not be made. */
  readonly starting: MachinePlan | null;
  readonly settings: Settings;
  /** Calls back when the machine is another one, or is gone. */
  onMachine(listener: (machine: Machine | null) => void): void;
  /** Starts a machine at once; the one that is there ends. */
  start(plan: MachinePlan): void;
  /** Resets the machine that is there: it boots again. What goes wrong the page tells. */
  reset(): Promise<void>;
  /** Shows a plan to the visitor, who may change it and start it. */
  propose(plan: MachinePlan): void;
  /** Starts again without the changes that are kept, after a question. */
  startFresh(): void;
  /** Puts text into the terminal as if it were typed, and brings the keyboard there. */
  type(text: string): void;
  /** Waits until a shell waits for a command. @returns false when the machine has gone meanwhile */
  untilPrompt(): Promise<boolean>;
  /** Opens another panel, and brings the keyboard there. @param target what is to be seen in it */
  openPanel(id: string, target?: PanelTarget): void;
  /** Something is to be seen in a panel, unless that was never opened. */
  aimPanel(id: string, target: PanelTarget): void;
  /** Tells of what the address asks for and the panel does not have. @param wayOn what the visitor can do instead */
  tellMissed(failure: Failure, wayOn: NoticeAction): void;
  /** Asks before something is done that cannot be undone. */
  confirm(question: Question): Promise<boolean>;
  /** Says something to those who use a screen reader, once they have heard the rest. */
  announce(sentence: string): void;
  /** Files that are dropped there are the panel's. */
  acceptDrops(zone: DropZone): void;
  /** As long as `isWorking` says so, the browser asks before the page is left. */
  guardLeaving(isWorking: () => boolean): void;
}
