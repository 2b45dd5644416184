import type { Inspector } from '../../machine/index.ts';

/** A queue of a device. */
export interface QueuePlace {
  place: number;
  queue: number;
}

/** One of the inspector's views, of which one is seen at a time. */
export interface View {
  readonly element: HTMLElement;
  /** What it looks at; null when there is no machine. It costs nothing until `frame`. */
  connect(inspector: Inspector | null): void;
  /** Another queue is to be looked at. */
  choose?(queue: QueuePlace): void;
  /** It is seen from now on, or not any more. */
  shown?(): void;
  hidden?(): void;
  /** The panel is closed. */
  closed?(): void;
  /** Draws, once in each frame while it is seen. @param time of `performance.now()` */
  frame(time: number): void;
}
