/** The least piece of time that is shown, in milliseconds: 20 microseconds. */
const LEAST_SPAN = 0.02;
const MOST_SPAN = 600_000;

interface Unit {
  name: string;
  /** Milliseconds. */
  size: number;
  /** It is for times below that. */
  most: number;
}
const SECONDS: Unit = { name: 's', size: 1000, most: Number.POSITIVE_INFINITY };
const UNITS: readonly Unit[] = [
  { name: 'µs', size: 0.001, most: 2 },
  { name: 'ms', size: 1, most: 10_000 },
  SECONDS,
];

export interface Tick {
  time: number;
  label: string;
}

/** Which piece of time is shown, on how many pixels. Times in milliseconds. */
export class TimeScale {
  from = 0;
  to = 200;
  width = 1;

  get span(): number {
    return this.to - this.from;
  }

  /** Pixels from the left. */
  position(time: number): number {
    return ((time - this.from) / this.span) * this.width;
  }

  /** What is at so many pixels from the left. */
  time(position: number): number {
    return this.from + (position / this.width) * this.span;
  }

  show(from: number, to: number): void {
    const span = Math.min(MOST_SPAN, Math.max(LEAST_SPAN, to - from));
    this.from = from;
    this.to = from + span;
  }

  /** Moves the end to `time`; as much is shown as before. */
  follow(time: number): void {
    this.show(time - this.span, time);
  }

  /** @param factor less than 1 to see less time, in more detail @param around a time that stays where it is */
  zoom(factor: number, around = (this.from + this.to) / 2): void {
    const span = Math.min(MOST_SPAN, Math.max(LEAST_SPAN, this.span * factor));
    const part = (around - this.from) / this.span;
    this.show(around - part * span, around + (1 - part) * span);
  }

  /** @param part of what is shown; negative to the left */
  pan(part: number): void {
    const by = part * this.span;
    this.show(this.from + by, this.to + by);
  }

  /**
   * Round times, some `gap` pixels apart.
   * @param origin the time that is called 0
   */
  ticks(gap: number, origin: number): Tick[] {
    const step = roundStep((gap / this.width) * this.span);
    const largest = Math.max(Math.abs(this.from - origin), Math.abs(this.to - origin));
    const unit = UNITS.find(({ most }) => largest < most) ?? SECONDS;
    const ticks: Tick[] = [];
    const first = Math.ceil((this.from - origin) / step);
    const last = Math.floor((this.to - origin) / step);
    for (let number = first; number <= last; number++) {
      ticks.push({ time: origin + number * step, label: timeLabel(number * step, step, unit) });
    }
    return ticks;
  }
}

/** The least of 1, 2, 5, 10, 20 ... that is not less. */
function roundStep(least: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((round) => round * magnitude >= least * (1 - 1e-9)) ?? 10;
  return factor * magnitude;
}

/** A time with as many digits as its step asks for: `350 µs`, `12.5 ms`, `3.2 s`. */
function timeLabel(time: number, step: number, { name, size }: Unit): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step / size) + 1e-9));
  return `${(time / size).toFixed(digits)} ${name}`;
}
