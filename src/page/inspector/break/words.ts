import type { Violation, ViolationAnswer, ViolationOutcome } from '../../../machine/index.ts';
import { counted, formatHex } from '../format.ts';

export const GROUP_NAMES: Readonly<Record<Violation['group'], string>> = {
  chains: 'Chains',
  queues: 'Queues',
  requests: 'Requests',
};

const OUTCOMES: Readonly<Record<ViolationOutcome, string>> = {
  served: 'It is served: the device does what was asked.',
  ignored: 'It is ignored: nothing is done, and the device serves on.',
  IOERR: 'The request fails with VIRTIO_BLK_S_IOERR; the next one is served.',
  UNSUPP: 'The request fails with VIRTIO_BLK_S_UNSUPP; the next one is served.',
  DEVICE_NEEDS_RESET:
    'The device sets DEVICE_NEEDS_RESET, and does nothing more until it is reset.',
};

/** What the device makes of a mistake, in a sentence. */
export function outcomeWords(outcome: ViolationOutcome): string {
  return OUTCOMES[outcome];
}

/** Whether the answer is the one that was promised. */
export function promiseWords({ outcome, violation }: ViolationAnswer): string {
  return outcome === violation.expected
    ? 'As SPECIFICATION.md promises.'
    : `SPECIFICATION.md promises another answer: ${violation.expected}. This is a defect in Ringbox.`;
}

/** What the driver finds afterwards, name by name. */
export function findings(answer: ViolationAnswer): [name: string, value: string][] {
  const { fault, status, statusBits, used, requestStatus, isr, servesAgain } = answer;
  const bits = statusBits.map(({ name }) => name).join(' ');
  const elements = used.map(({ id, len }) => `id ${id}, len ${len}`).join('; ');
  return [
    ...(fault === null ? [] : [['its own words', fault] satisfies [string, string]]),
    ['device status', `${formatHex(status, 1)} ${bits}`],
    ['ISR status', isrWords(isr)],
    ['used ring', used.length === 0 ? 'nothing came back' : elements],
    ...(requestStatus === null
      ? []
      : [['request status', `${requestStatus}`] satisfies [string, string]]),
    ['after a reset', servesAgain ? 'an honest request is served' : 'it does not serve any more'],
  ];
}

function isrWords(isr: number): string {
  const names = [...(isr & 1 ? ['queue'] : []), ...(isr & 2 ? ['configuration'] : [])];
  return names.length === 0 ? `${isr}` : `${isr}: ${names.join(' and ')}`;
}

/** For those who use a screen reader: the answer in short. */
export function answerAnnouncement({ outcome, fault }: ViolationAnswer): string {
  return `${outcomeWords(outcome)}${fault === null ? '' : ` Its words: ${fault}.`}`;
}

/** How many mistakes there are to choose from. */
export function choiceWords(count: number): string {
  return `${counted(count, 'mistake')} that a driver can make with this kind of device.`;
}
