import type { PageServices } from '../page-services.ts';
import type { PanelShape } from './arrangement.ts';

/** A panel, before anybody has opened it: a line of catalogue.ts, and a button in index.html. */
export interface PanelDescription extends PanelShape {
  /** Loads what is in it, when it is seen for the first time. */
  load(): Promise<PanelModule>;
}

/** What a panel's folder exports. */
export interface PanelModule {
  /** Fills the panel. It is called once; `shown` follows. */
  fillPanel(panel: PanelFrame, page: PageServices): PanelContent;
}

/** The frame of a panel, as its content sees it. */
export interface PanelFrame {
  /** The whole of it, a landmark whose name is its title. */
  readonly element: HTMLElement;
  /** What is below its head: empty, for the content to fill. A `.panel-body` in it scrolls. */
  readonly content: HTMLElement;
  /** Marks the panel's button in the bar, for what goes on while the panel is closed; with words, or none again for ''. */
  mark(words: string): void;
}

/**
 * What is to be seen in a panel that another one opens. Of the inspector: one of its views ('queue', 'device', 'time',
 * 'break'), a device by its place, and a queue of it, 0 unless told. What a panel does not have it leaves as it is.
 */
export interface PanelTarget {
  view?: string;
  device?: number;
  queue?: number;
}

/** What is in a panel. */
export interface PanelContent {
  /** Something of it is to be seen. */
  aim?(target: PanelTarget): void;
  /** It is seen from now on. */
  shown?(): void;
  /** It is not seen any more: what only a visitor needs can rest. */
  hidden?(): void;
}
