import type { DeviceSnapshot, StepResult } from '../../../machine/index.ts';

/** What a step has done. @param step null when there was nothing to do */
export function stepWords(what: 'take' | 'publish', step: StepResult | null): string {
  if (step === null) {
    return what === 'take'
      ? 'There is nothing to take: no doorbell has told of a chain.'
      : 'There is nothing to publish: no element waits in the used ring.';
  }
  const { head, index, queue } = step;
  return what === 'take'
    ? `Chain ${head} was taken from the available ring of queue ${queue}, index ${index}, and served.`
    : `The used ring of queue ${queue} shows chain ${head}: used idx is ${(index + 1) & 0xffff}.`;
}

/** How the device stands. */
export function controlWords(device: DeviceSnapshot, slow: boolean): string {
  const parts: string[] = [];
  if (device.paused) parts.push('The machine is paused: resume it to take steps.');
  else if (slow) parts.push('In slow motion: a step at a time.');
  else if (device.held) parts.push('Held: the guest goes on, and waits for what it has asked.');
  else parts.push('At full speed.');
  if (device.interruptsWithheld) parts.push(withheldWords(device.withheldIsr));
  return parts.join(' ');
}

function withheldWords(isr: number): string {
  return isr === 0 ? 'Interrupts are withheld.' : 'An interrupt is withheld.';
}
