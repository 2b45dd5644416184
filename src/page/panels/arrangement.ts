/** Where a panel is: beside the terminal, before it or after it in the line of reading, or below it. */
export type Place = 'start' | 'end' | 'below';

/** What of a panel decides where it is. Measures are in rem: who reads larger letters needs more room. */
export interface PanelShape {
  readonly id: string;
  /**
   * Where it may be in a wide page; the first is where it is until somebody moves it. One that may be below the terminal
   * is there instead while another before the terminal would leave that too little width.
   */
  readonly places: readonly [Place, ...Place[]];
  /** Its width beside the terminal until somebody changes it. */
  readonly width: number;
  /** Its height below the terminal until somebody changes it. */
  readonly height: number;
}

/** A panel that is open, as its visitor wants it. */
export interface OpenPanel {
  readonly shape: PanelShape;
  readonly place: Place;
  /** Somebody has put it there. */
  readonly moved: boolean;
  readonly width: number;
  readonly height: number;
}

/** What the terminal and the panels share. */
export interface Room {
  readonly width: number;
  readonly height: number;
  /** What of the height is taken by keys below the terminal. */
  readonly keys: number;
  /** The terminal has the keyboard. */
  readonly typing: boolean;
}

/** A panel that is seen. */
export interface PlacedPanel {
  readonly id: string;
  readonly place: Place;
  /** Its width, or below the terminal its height, and what that can be. */
  readonly size: number;
  readonly least: number;
  readonly most: number;
  /** There is no room for the terminal as well: the panel takes all of it. */
  readonly covers: boolean;
  /** It is where its visitor wants it, not where a narrow page has room. */
  readonly free: boolean;
}

/** From here on there is room for panels on both sides of the terminal. */
const WIDE = 60;
/** From here on there is room for one panel beside it, in a page that is wider than high. */
const HALF_WIDE = 40;
const LEAST_WIDTH = 16;
const LEAST_HEIGHT = 8;
const TERMINAL_WIDTH = 20;
const TERMINAL_HEIGHT = 7;
/** What a terminal is to keep between two panels, and above one: 80 columns, and the lines of a short dialogue. */
const COMFORTABLE_WIDTH = 42;
const COMFORTABLE_HEIGHT = 14;

/**
 * Decides what is seen, where, and how large. In a wide page each place has one panel, the last of those that
 * were opened there. A narrower one shows a single panel, the last of all: beside the terminal
 * where the page is wider than high, else below it. Where even that leaves too little, as above a keyboard on a
 * small screen, the panel covers the terminal, or makes room while somebody types there.
 * @param open in the order in which they were opened
 */
export function arrange(open: readonly OpenPanel[], room: Room): PlacedPanel[] {
  if (room.width >= WIDE) return arrangeWide(open, room);
  const last = open.at(-1);
  if (last === undefined) return [];
  const beside = room.width >= HALF_WIDE && room.width > room.height * 1.2;
  const placed = beside
    ? [besideTerminal({ ...last, place: 'end' }, room.width)]
    : belowTerminal({ ...last, place: 'below' }, room);
  return placed.map((panel) => ({ ...panel, free: false }));
}

function arrangeWide(wanted: readonly OpenPanel[], room: Room): PlacedPanel[] {
  const open = makeRoom(wanted, room);
  const lastAt = (place: Place) => open.findLast((panel) => panel.place === place);
  const sides = open.filter((panel) => panel.place !== 'below' && panel === lastAt(panel.place));
  const below = lastAt('below');
  const placed: PlacedPanel[] = [];
  let width = room.width;
  // The one that was opened last gets what it wants, and leaves the other at least what that needs.
  for (const [index, panel] of sides.reverse().entries()) {
    const others = (sides.length - 1 - index) * LEAST_WIDTH;
    const side = besideTerminal(panel, width - others);
    width -= side.size;
    placed.push(side);
  }
  if (below !== undefined) placed.push(...belowTerminal(below, room));
  return placed;
}

/** Moves panels below the terminal that nobody has put beside it, where it would have too little width between two. */
function makeRoom(open: readonly OpenPanel[], room: Room): OpenPanel[] {
  const before = open.findLast(({ place }) => place === 'start');
  return open.map((panel) => {
    const { shape, place, moved, width, height } = panel;
    const canMove = place === 'end' && !moved && shape.places.includes('below');
    const fits = (before?.width ?? 0) + width + COMFORTABLE_WIDTH <= room.width;
    const high = height + COMFORTABLE_HEIGHT + room.keys <= room.height;
    return before !== undefined && canMove && !fits && high ? { ...panel, place: 'below' } : panel;
  });
}

function besideTerminal({ shape, place, width }: OpenPanel, room: number): PlacedPanel {
  const { id } = shape;
  const most = Math.max(LEAST_WIDTH, room - TERMINAL_WIDTH);
  const size = Math.min(most, Math.max(LEAST_WIDTH, width));
  return { id, place, size, least: LEAST_WIDTH, most, covers: false, free: true };
}

/** @returns none while there is no room for it */
function belowTerminal({ shape, place, height }: OpenPanel, room: Room): PlacedPanel[] {
  const most = room.height - room.keys - TERMINAL_HEIGHT;
  const covers = most < LEAST_HEIGHT;
  if (covers && room.typing) return [];
  const size = covers ? room.height : Math.min(most, Math.max(LEAST_HEIGHT, height));
  return [{ id: shape.id, place, size, least: LEAST_HEIGHT, most, covers, free: true }];
}
