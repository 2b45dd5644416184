#!/usr/bin/env node
// The one entry of Ringbox's commands, in plain JavaScript without any dependency: a fresh clone
// has no node_modules yet. It checks Node, brings the dependencies, and hands over to TypeScript,
// which Vite loads, so that no other TypeScript runner is needed.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { nodeVersionProblem } from './node-version.mjs';
import { loadTypeScript } from './typescript.mjs';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

const USAGE = `Usage: ringbox COMMAND [options]

  ringbox start [--port N] [--host NAME]   serve the page on localhost (default port 5173)
  ringbox build                            build the page into dist/, for any static host
  ringbox pack                             make the npm package in package/
  ringbox run [options] [-- COMMAND...]    boot a machine in headless Chromium; see run --help
  ringbox disk COMMAND ...                 make, convert, inspect disk images; see disk --help
  ringbox test [--unit | --e2e [options]]  check, then run the tests
`;

/** Which file and which exported function each command is. */
const COMMANDS = {
  start: ['bin/start.ts', 'start'],
  build: ['bin/build.ts', 'build'],
  pack: ['bin/pack.ts', 'pack'],
  test: ['bin/test.ts', 'test'],
  run: ['src/cli/run.ts', 'run'],
  disk: ['src/cli/disk/disk.ts', 'disk'],
};

/** Answers the exit code. */
async function main([name, ...parameters]) {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem) return complain(problem, 2);
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (!command) return complain(name ? `unknown command '${name}'\n\n${USAGE}` : USAGE, 2);
  ensureDependencies(project);
  const [file, entry] = command;
  const module = await loadTypeScript(file);
  return module[entry](parameters);
}

function complain(message, code) {
  process.stderr.write(`ringbox: ${message.trimEnd()}\n`);
  return code;
}

/** A SetupError is for the person at the keyboard; anything else is our mistake: show the place. */
function report(error) {
  return complain(error?.name === 'SetupError' ? error.message : (error?.stack ?? `${error}`), 1);
}

// Ends here whatever timers and watchers are left; first lets the streams drain.
const code = await main(process.argv.slice(2)).catch(report);
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
