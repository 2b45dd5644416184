import { nextTask } from '../link/next-task.ts';
import { BothConsoles } from '../machine/both-consoles.ts';
import type { Machine } from '../machine/index.ts';
import { ConsoleTail } from './console-tail.ts';
import type { Host } from './host.ts';
import { OutputPump } from './output-pump.ts';
import { commandPorts, type Plan, paths } from './protocol.ts';
import { forEachChunk } from './streams.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The ways between a machine and the command line's standard streams. */
export interface Connection {
  /** The end of what the console has said. */
  readonly tail: ConsoleTail;
  /** The exit status that the guest has told, if it has. */
  readonly status: number | undefined;
  /** Rejects when a way breaks; never resolves. */
  readonly broken: Promise<never>;
  /** Resolves when all that the guest has put out has arrived. */
  drain(): Promise<void>;
}

/** Connects the streams that the plan is about, and empties those that nobody reads. */
export function connect(host: Host, machine: Machine, plan: Plan): Connection {
  return plan.command === undefined
    ? connectConsole(host, machine, plan)
    : connectCommand(host, machine, plan.command);
}

function connectConsole(host: Host, machine: Machine, plan: Plan): Connection {
  const tail = new ConsoleTail();
  const { port, other } = consolesOf(machine, plan);
  const pump = outputPump(host, paths.output, port.output, tail);
  const input = forEachChunk(host.stream(paths.input), (bytes) => port.write(bytes));
  const discarded = other && forEachChunk(other.output, () => undefined);
  return {
    tail,
    status: undefined,
    broken: firstFailure([input, pump.finished, ...(discarded ? [discarded] : [])]),
    drain: () => drain([{ port, pump }]),
  };
}

/** The console of the plan, and the one that nobody reads. */
function consolesOf(machine: Machine, plan: Plan) {
  const { console, serial } = machine;
  if (plan.console === 'hvc0') return { port: console, other: serial };
  if (plan.console === 'ttyS0') return { port: serial, other: console };
  return { port: new BothConsoles(machine, plan.keyboard ? 'latest' : 'console') };
}

function connectCommand(host: Host, machine: Machine, command: string): Connection {
  const tail = new ConsoleTail();
  const port = (name: string) => machine.ports.get(name)!;
  const answer = new OutputText(port(commandPorts.command).output);
  const output = outputPump(host, paths.output, port(commandPorts.output).output);
  const errors = outputPump(host, paths.errors, port(commandPorts.errors).output);
  const consoles = [machine.console, machine.serial].map(({ output }) =>
    forEachChunk(output, (bytes) => tail.add(bytes)),
  );
  return {
    tail,
    get status() {
      return parseStatus(answer.text);
    },
    broken: firstFailure([
      // Ended by a NUL, not by hanging up: the guest could not answer on a port that nobody holds.
      port(commandPorts.command).write(`${command}\0`),
      sendInput(host, port(commandPorts.input)),
      answer.pump.finished,
      output.finished,
      errors.finished,
      ...consoles,
    ]),
    drain: () =>
      drain([
        { port: port(commandPorts.command), pump: answer.pump },
        { port: port(commandPorts.output), pump: output },
        { port: port(commandPorts.errors), pump: errors },
      ]),
  };
}

interface InputPort {
  write(data: string | Bytes): Promise<void>;
  close(): Promise<void>;
}

async function sendInput(host: Host, port: InputPort): Promise<void> {
  await forEachChunk(host.stream(paths.input), (bytes) => port.write(bytes));
  await port.close();
}

function outputPump(
  host: Host,
  path: string,
  stream: ReadableStream<Bytes>,
  tail?: ConsoleTail,
): OutputPump {
  return new OutputPump(stream, (parcel) => {
    for (const bytes of parcel) tail?.add(bytes);
    return host.send(path, parcel);
  });
}

interface OutputWay {
  port: { drained(): Promise<void>; outputBytes: number };
  pump: OutputPump;
}

/** Resolves when all that a machine that has ended had to say has arrived. */
async function drain(ways: OutputWay[]): Promise<void> {
  for (const { port, pump } of ways) {
    await port.drained();
    // What has left the port is on its way through the stream.
    while (pump.bytes < port.outputBytes) await nextTask();
    await pump.idle();
  }
}

/** Collects a stream as text. */
class OutputText {
  text = '';
  readonly pump: OutputPump;

  constructor(stream: ReadableStream<Bytes>) {
    const decoder = new TextDecoder();
    this.pump = new OutputPump(stream, async (parcel) => {
      for (const bytes of parcel) this.text += decoder.decode(bytes, { stream: true });
    });
  }
}

/** The decimal number before the first newline; undefined as long as there is none. */
function parseStatus(text: string): number | undefined {
  const digits = /^(\d{1,3})\n/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Rejects with the first failure among `works`; their success is none of its business. */
function firstFailure(works: Promise<unknown>[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const work of works) work.catch(reject);
  });
}
