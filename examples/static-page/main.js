import { defaultGuest, Machine } from './node_modules/ringbox/dist/library/index.js';

const screen = document.querySelector('pre');
const machine = await Machine.create(await defaultGuest());
machine.start();
await machine.files.write('greeting', 'Hello from the page.\n');
await machine.console.waitFor('# ');
await machine.console.write('cat greeting\n');
await machine.console.waitFor('Hello from the page.');
screen.textContent = machine.console.text;
