import { defaultGuest, Machine } from 'ringbox';

const screen = document.querySelector('pre')!;
const input = document.querySelector('input')!;

const balloon = {
  name: 'The balloon',
  worker: () => new Worker(new URL('./balloon.ts', import.meta.url), { type: 'module' }),
};
const machine = await Machine.create({ ...(await defaultGuest()), devices: [balloon] });
machine.start();
screen.append((await machine.exec('free -m')).output);

input.onchange = async () => {
  const device = machine.devices.get(balloon.name)!;
  const wanted = Number(input.value) * 256;
  await device.call('ask', wanted);
  while ((await device.call('pages')) !== wanted) await machine.exec('sleep 0.1');
  screen.append((await machine.exec('free -m')).output);
};
