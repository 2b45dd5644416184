import { MachineError } from '../machine/errors.ts';
import type { Machine } from '../machine/index.ts';
import type { MachineOptions, Software } from '../machine/options.ts';
import { type Connection, connect } from './connection.ts';
import type { Host } from './host.ts';
import {
  commandPorts,
  type Ending,
  type Failure,
  type Order,
  type Plan,
  paths,
} from './protocol.ts';
import { saveChanges } from './save-changes.ts';

type CreateMachine = (options: MachineOptions) => Promise<Machine>;

/** Makes the machine that the command line has planned, runs it to its end, and reports that. */
export async function runPlan(host: Host, create: CreateMachine): Promise<void> {
  let connection: Connection | undefined;
  let ending: Ending;
  try {
    const plan = await host.plan();
    const machine = await create(await machineOptions(host, plan));
    connection = connect(host, machine, plan);
    const end = untilEnd(host, machine, connection);
    machine.start();
    await host.started();
    ending = await finish(host, machine, plan, connection, await end);
  } catch (error) {
    ending = failure(error);
  }
  await host.finish({ ending, lastLine: connection?.tail.lastLine ?? '' });
}

async function machineOptions(host: Host, plan: Plan): Promise<MachineOptions> {
  return {
    ...(await readSoftware(host, plan.software)),
    ...(plan.memory !== undefined && { memory: plan.memory }),
    disks: plan.disks.map(({ name, size, readOnly }, index) => ({
      image: host.stream(paths.disk(index)),
      name,
      size,
      readOnly,
    })),
    ...(plan.command !== undefined && { ports: Object.values(commandPorts) }),
    onReboot: 'stop',
  };
}

async function readSoftware(host: Host, plan: Plan['software']): Promise<Software> {
  if ('firmwareName' in plan)
    return { firmware: await host.file(paths.firmware, plan.firmwareName) };
  const { kernelName, initrdName, commandLine } = plan;
  return {
    kernel: await host.file(paths.kernel, kernelName),
    ...(initrdName !== undefined && { initrd: await host.file(paths.initrd, initrdName) }),
    commandLine,
  };
}

/** Resolves when the machine ends by itself, or has to by an order or because something broke. */
function untilEnd(host: Host, machine: Machine, connection: Connection): Promise<Ending> {
  return new Promise((resolve) => {
    const endWith = (error: unknown) => resolve(failure(error));
    machine.on('off', () => resolve({ kind: 'off' }));
    machine.on('reboot', () => resolve({ kind: 'reboot' }));
    machine.on('panic', (text) => resolve({ kind: 'panic', text }));
    // Some failures a machine survives; a command that is run to be relied on does not.
    machine.on('error', endWith);
    connection.broken.catch(endWith);
    const obey = (order: Order) => {
      if (order.kind === 'stop') resolve({ kind: 'stopped' });
      else machine.console.resize(order.columns, order.rows);
    };
    obeyOrders(host, obey).catch(endWith);
  });
}

async function obeyOrders(host: Host, obey: (order: Order) => void): Promise<void> {
  for await (const order of host.orders()) obey(order);
}

/**
 * Brings home what the machine leaves. The disks come first: whoever reads the output may take
 * his time, or have gone.
 */
async function finish(
  host: Host,
  machine: Machine,
  plan: Plan,
  connection: Connection,
  ending: Ending,
): Promise<Ending> {
  if (ending.kind === 'failed') await host.broken(ending);
  if (machine.state === 'running') await machine.pause();
  for (const [index, disk] of plan.disks.entries()) {
    if (disk.save) await saveChanges(host, paths.changes(index), machine.disks[index].changes());
  }
  await host.saved();
  await connection.drain();
  const status = connection.status;
  return ending.kind === 'off' && status !== undefined ? { kind: 'status', status } : ending;
}

function failure(error: unknown): Failure {
  if (error instanceof MachineError) {
    return { kind: 'failed', code: error.code, message: error.message, remedy: error.remedy };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', code: 'internal', message, remedy: '' };
}
