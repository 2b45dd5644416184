/** A step of a lesson; without its id, where the visitor is in that lesson. */
export interface LessonPlace {
  lesson: string;
  step: string | undefined;
}

/** A part of the machine in the inspector. The device goes by its name: see device-names.ts. */
export interface InspectedPlace {
  device: string;
  queue: number;
  view: string | undefined;
}

/** What an address asks for beside a machine: what is open, and how the machine is to be found. */
export interface Arrival {
  lesson: LessonPlace | null;
  inspect: InspectedPlace | null;
  /** Devices that are held once there is a prompt, by their names. */
  hold: readonly string[];
  /** Commands that are typed then. */
  run: readonly string[];
}

/** The names of its parameters. */
const PARAMETERS = ['lesson', 'inspect', 'hold', 'run'] as const;

/** Whether a machine that was saved may go on. With `resume=no` it boots, and for who wants it in a certain state. */
export function mayGoOn(page: URL): boolean {
  const { hold, run } = parseArrival(page);
  return page.searchParams.get('resume') !== 'no' && hold.length === 0 && run.length === 0;
}

/**
 * Reads `?lesson=ID.STEP&inspect=DEVICE.QUEUE.VIEW&hold=DEVICE&run=COMMAND`. Of `lesson` and `inspect` what comes after the
 * first part can be left out; `hold` and `run` can be there several times.
 */
export function parseArrival({ searchParams }: URL): Arrival {
  const [lesson, step] = partsOf(searchParams.get('lesson'));
  const [device, queue, view] = partsOf(searchParams.get('inspect'));
  return {
    lesson: lesson ? { lesson, step } : null,
    inspect: device ? { device, queue: Number(queue) || 0, view } : null,
    hold: searchParams.getAll('hold'),
    run: searchParams
      .getAll('run')
      .map(typable)
      .filter((command) => command !== ''),
  };
}

/** The page's address for what is asked for; what it says of the machine that is started stays. */
export function addressOf(page: URL, { lesson, inspect, hold, run }: Arrival): URL {
  const address = withoutArrival(page);
  const { searchParams } = address;
  if (lesson !== null) searchParams.set('lesson', joined(lesson.lesson, lesson.step));
  if (inspect !== null) {
    searchParams.set('inspect', joined(inspect.device, `${inspect.queue}`, inspect.view));
  }
  for (const device of hold) searchParams.append('hold', device);
  for (const command of run) searchParams.append('run', command);
  return address;
}

/** The address without any of it. */
export function withoutArrival(page: URL): URL {
  const address = new URL(page);
  for (const name of PARAMETERS) address.searchParams.delete(name);
  address.hash = '';
  return address;
}

/** The panels that are open then; in a narrow page only the last has room. */
export function panelsOf({ lesson, inspect }: Arrival): string[] {
  return [...(inspect === null ? [] : ['inspector']), ...(lesson === null ? [] : ['lessons'])];
}

function partsOf(given: string | null): (string | undefined)[] {
  return given === null ? [] : given.split('.');
}

function joined(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('.');
}

/** One line, without characters that are keys rather than text. */
function typable(command: string): string {
  return command.replace(/\p{Cc}+/gu, ' ').trim();
}
