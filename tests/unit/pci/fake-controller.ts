import type { InterruptController } from '../../../src/pci/interrupt-lines.ts';

/** An interrupt controller that notes its inputs, and refuses a change that is none. */
export class FakeController implements InterruptController {
  /** A bit for each line that is high. */
  levels = 0;
  readonly calls: string[] = [];

  raiseInterrupt(line: number): void {
    if (this.isHigh(line)) throw new Error(`line ${line} was high already`);
    this.levels |= 1 << line;
    this.calls.push(`raise ${line}`);
  }

  lowerInterrupt(line: number): void {
    if (!this.isHigh(line)) throw new Error(`line ${line} was low already`);
    this.levels &= ~(1 << line);
    this.calls.push(`lower ${line}`);
  }

  isHigh(line: number): boolean {
    return ((this.levels >>> line) & 1) === 1;
  }
}
