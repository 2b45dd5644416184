import type { Inspector } from '../../machine/index.ts';

/** A queue of a device. */
export interface QueuePlace {
  place: number;
  queue: number;
}

/** One of the inspector's views, of which one is seen at a time. */
export interface View {
  readonly element: HTMLElement;
  /** It has something to show without a machine. */
  readonly worksAlone?: boolean;
  /** What it looks at; null when there is no machine. It costs nothing until `frame`. */
  connect(inspector: Inspector | null): void;
  /** Another queue is to be looked at. @param byHand somebody has asked for it: it is not merely the first that there is */
  choose?(queue: QueuePlace, byHand: boolean): void;
  /** It is seen from now on, or not any more. */
  shown?(): void;
  hidden?(): void;
  /** The panel is closed. */
  closed?(): void;
  /** Draws, again and again while it is seen. @param time of `performance.now()` */
  frame(time: number): void;
}
