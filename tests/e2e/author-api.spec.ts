import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '../support/machines.ts';

test.describe('whoever writes a page or a test', () => {
  test('runs commands, moves files, waits for words, and is told of what goes wrong', async ({
    guest,
  }) => {
    const noise = randomBytes(1_000_000);
    const url = await guest.serve('noise', noise);
    const digest = createHash('sha256').update(noise).digest('hex');
    const seen = await guest.page.evaluate(async (noiseUrl) => {
      const told = (work: Promise<unknown>) =>
        work.then(
          () => 'nothing is wrong',
          ({ code, message, remedy }) => ({ code, message, remedy }),
        );
      // With the serial port there is a console for the first process in any case, and not only now and then.
      const options = await TestMachine.options({ agent: true, append: 'console=ttyS0' });
      const machine = await Machine.create(options);
      globalThis.testMachine = { machine } as typeof globalThis.testMachine;
      const { console, files } = machine;
      const early = await told(machine.exec('true'));
      machine.start();
      // At once: it waits for the guest.
      const hello = await machine.exec('echo "hello from $(uname)"; pwd; echo oh >&2; exit 3');
      // A console would become its controlling terminal, and then not the shell's.
      const { output: input } = await machine.exec('readlink /proc/$(pidof ringbox-agent)/fd/0');
      await console.waitFor('# ', { timeout: 60_000 });
      await console.write('echo $((6 * 7))\n');
      const match = await console.waitFor(/\n(\d+)\r\n/);

      const noise = new Uint8Array(await (await fetch(noiseUrl)).arrayBuffer());
      await files.write('some where/noise', noise);
      // What is not on the disk yet goes with the reset.
      const sum = await machine.exec("sha256sum 'some where/noise' && sync");
      const back = await files.read('/root/some where/noise');
      const same = back.length === noise.length && back.every((byte, at) => byte === noise[at]);

      const unprinted = await told(console.waitFor(/login:/, { timeout: 50 }));
      // Long enough for its first word, whatever else keeps the machine's cores busy.
      const slow = await told(machine.exec('echo begun; sleep 1000', { timeout: 10_000 }));
      const missing = await told(files.read('/missing'));

      const waiting = [told(console.waitFor('nothing like it')), told(machine.exec('sleep 1000'))];
      await machine.reset();
      const afterReset = await machine.exec('cat "some where/noise" | wc -c; ls /proc/self/fd');
      void console.write('poweroff\n');
      const [words, command] = await Promise.all(waiting);
      const late = [await told(machine.exec('true')), await told(console.waitFor('nothing'))];
      return {
        ...{ early, hello, input, answer: match[1], sum: sum.output, same, unprinted, slow },
        ...{ missing, afterReset, words, command, late, ports: [...machine.ports.keys()] },
      };
    }, url);
    expect(seen).toMatchObject({
      early: { code: 'wrong-state', remedy: 'Use `start` first.' },
      hello: { output: 'hello from Linux\n/root\n', errors: 'oh\n', status: 3 },
      input: '/dev/null\n',
      answer: '42',
      sum: `${digest}  some where/noise\n`,
      same: true,
      unprinted: { code: 'timeout', message: expect.stringContaining('The last it printed:\n') },
      slow: { code: 'timeout', message: expect.stringContaining('and was killed. The last') },
      missing: { code: 'guest-file', message: expect.stringContaining('no such file') },
      afterReset: { output: expect.stringMatching(/^1000000\n0\n1\n2\n3\n$/), status: 0 },
      words: { code: 'guest-ended', message: expect.stringContaining('The guest is off') },
      command: { code: 'guest-ended', message: expect.stringContaining('was started anew') },
      late: [{ code: 'wrong-state' }, { code: 'guest-ended' }],
      ports: [],
    });
  });

  test('has several machines in a page, each its own, and leaves none behind', async ({
    guest,
  }) => {
    const seen = await guest.page.evaluate(async () => {
      const states: string[] = [];
      const names: string[] = [];
      const options = [1, 2].map(() => TestMachine.options({ agent: true }));
      const machines = await Promise.all(options.map(async (each) => Machine.create(await each)));
      for (const machine of machines) {
        machine.on('state', (state) => states.push(state));
        machine.start();
      }
      const [first, second] = machines;
      await Promise.all([first.exec('hostname first'), second.exec('hostname second')]);
      for (const machine of machines) names.push((await machine.exec('hostname')).output);
      // What the end of a block does to a machine that was declared by `await using`.
      for (const machine of machines) await machine[Symbol.asyncDispose]();
      const plain = await Machine.create(await TestMachine.options());
      const refusal = await plain.exec('true').catch(({ code }) => code);
      await plain.dispose();
      return { names, states, refusal };
    });
    expect(seen).toEqual({
      names: ['first\n', 'second\n'],
      states: ['running', 'running', 'disposed', 'disposed'],
      refusal: 'no-agent',
    });
  });
});
