import { defaultGuest, Machine } from 'ringbox';

const screen = document.querySelector('pre')!;
const input = document.querySelector('input')!;

const machine = await Machine.create(await defaultGuest());
machine.on('error', ({ message, remedy }) => screen.append(`${message} ${remedy}\n`));
machine.start();
screen.append((await machine.exec('uname -a')).output);

input.onchange = async () => {
  const { output, errors, status } = await machine.exec(input.value);
  screen.append(`$ ${input.value}\n${output}${errors}[exit status ${status}]\n`);
};
