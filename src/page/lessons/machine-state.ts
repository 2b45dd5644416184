import type { MachineState } from './lesson.ts';
import type { MachineWorld } from './world.ts';

/** What it takes to bring a machine to where a step begins. */
export interface Stage {
  world: MachineWorld;
  /** See PageServices. */
  untilPrompt(): Promise<boolean>;
}

/**
 * Brings a machine to a state: what was held goes on first, and the shell comes to its prompt.
 * @returns false when the machine has gone meanwhile
 */
export async function bringTo(
  state: MachineState,
  { world, untilPrompt }: Stage,
): Promise<boolean> {
  world.release();
  world.clearLine();
  if (!(await untilPrompt())) return false;
  const { hold, withhold, run, finish } = state;
  if (hold !== undefined) await world.control(hold).hold();
  if (withhold !== undefined) world.control(withhold).withholdInterrupts = true;
  if (run !== undefined) world.run(run);
  await finish?.(world);
  return true;
}
